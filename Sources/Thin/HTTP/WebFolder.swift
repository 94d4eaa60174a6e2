import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The operator's page: the files of a folder, read once at the start and answered under `/`.
///
/// A request's path is looked up, never opened: what is not a file of the folder at the start is not there, however it
/// is spelt.
struct WebFolder: Sendable {
    struct Limits: Sendable {
        var files = 1_000
        var fileBytes = 4 << 20
        var totalBytes = 32 << 20
    }

    /// Files of other kinds are not served.
    static let types = [
        "css": "text/css; charset=utf-8", "gif": "image/gif", "html": "text/html; charset=utf-8",
        "ico": "image/vnd.microsoft.icon", "jpg": "image/jpeg", "js": "text/javascript; charset=utf-8",
        "json": "application/json", "map": "application/json", "md": "text/plain; charset=utf-8",
        "mjs": "text/javascript; charset=utf-8", "mp3": "audio/mpeg", "ogg": "audio/ogg", "png": "image/png",
        "svg": "image/svg+xml", "txt": "text/plain; charset=utf-8", "wav": "audio/wav",
        "webmanifest": "application/manifest+json", "webp": "image/webp", "woff2": "font/woff2",
    ]
    static let page = "index.html"

    /// Nothing but our own files and our own API; no style and no script in a page's text.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

    private struct File: Sendable {
        let body: ByteBuffer
        let contentType: String
        let tag: String
    }

    private var files: [String: File] = [:]
    private var totalBytes = 0
    private let limits: Limits

    /// - Parameters:
    ///   - folder: holds `index.html`; nil: there is no page.
    ///   - assets: of others (a library for charts), fetched at set-up, served below `/vendor/`.
    init(folder: String?, assets: String? = nil, limits: Limits = Limits(), logger: Logger) {
        self.limits = limits
        if let folder { read(folder, below: "/", logger) }
        guard let page = files["/" + Self.page] else {
            files = [:]
            return
        }
        files["/"] = page
        if let assets { read(assets, below: "/vendor/", logger) }
    }

    /// `THIN_WEB`, else `web/` beside the SQL folder, the working directory or the executable.
    static func locate(_ explicit: String?, sqlFolder: String?) -> String? {
        if let explicit { return explicit }
        let marker = "web/" + page
        if let sqlFolder, InstalledFolder.holds(URL(fileURLWithPath: sqlFolder), marker) { return sqlFolder + "/web" }
        return InstalledFolder.find(holding: marker)?.appendingPathComponent("web").path
    }

    var paths: [String] { files.keys.sorted() }

    func response(path: String) -> FixedPaths.Answer? {
        guard let file = files[path] else { return nil }
        return { request in
            EntityTag.response(
                body: file.body, contentType: file.contentType, tag: file.tag, request: request,
                // asked again each time, and answered 304: a new version is there at once
                cacheControl: "no-cache", headers: Self.headers)
        }
    }

    private static let headers: HTTPFields = [
        .contentSecurityPolicy: policy,
        // not no-referrer, with which browsers send Origin: null
        .referrerPolicy: "same-origin",
        .crossOriginOpenerPolicy: "same-origin",
        .crossOriginResourcePolicy: "same-origin",
    ]

    private mutating func read(_ folder: String, below prefix: String, _ logger: Logger) {
        let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath()
        let keys: Set<URLResourceKey> = [.isRegularFileKey, .isSymbolicLinkKey]
        let found = FileManager.default.enumerator(
            at: root, includingPropertiesForKeys: Array(keys), options: [.skipsHiddenFiles])
        let all = (found?.compactMap { $0 as? URL } ?? []).sorted { $0.path < $1.path }
        for url in all {
            // a link may lead out of the folder
            guard let facts = try? url.resourceValues(forKeys: keys), facts.isRegularFile == true,
                facts.isSymbolicLink != true
            else { continue }
            let name = String(url.path.dropFirst(root.path.utf8.count + 1))
            if let reason = add(url, prefix + name) {
                logger.warning(
                    "a file of the web folder is not served",
                    metadata: ["file": "\(prefix)\(name)", "reason": "\(reason)"])
            }
        }
    }

    /// - Returns: why it was not added.
    private mutating func add(_ url: URL, _ path: String) -> String? {
        guard path.utf8.allSatisfy(Self.isPlain) else { return "its name needs percent-encoding" }
        guard let type = Self.types[url.pathExtension.lowercased()] else { return "its kind is not known" }
        guard files.count < limits.files else { return "the folder has more than \(limits.files) files" }
        guard let handle = try? FileHandle(forReadingFrom: url),
            let data = try? handle.read(upToCount: limits.fileBytes + 1) ?? Data()
        else { return "it cannot be read" }
        guard data.count <= limits.fileBytes, totalBytes + data.count <= limits.totalBytes else {
            return "it is larger than \(limits.fileBytes) bytes, or all together than \(limits.totalBytes)"
        }
        totalBytes += data.count
        files[path] = File(body: ByteBuffer(bytes: data), contentType: type, tag: EntityTag.make(Array(data)))
        return nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension HTTPField.Name {
    static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let crossOriginResourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")!
}
