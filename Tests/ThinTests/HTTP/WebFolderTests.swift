import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Testing
import TestSupport

@testable import Thin

/// The operator's page as it is served; no database is needed for that.
@Suite(.timeLimit(.minutes(3))) struct WebFolderTests {
    /// A folder with a page, and beside it what must never be served.
    private final class Folder {
        let outside = FileManager.default.temporaryDirectory.appendingPathComponent("web-\(UUID().uuidString)")
        var url: URL { outside.appendingPathComponent("web") }

        init(page: Bool = true) throws {
            try FileManager.default.createDirectory(
                at: url.appendingPathComponent("js"), withIntermediateDirectories: true)
            try write("secret.txt", "secret", in: outside)
            guard page else { return }
            try write("index.html", "<!DOCTYPE html><title>page</title>")
            try write("js/main.js", "export {};")
        }

        func write(_ name: String, _ text: String, in folder: URL? = nil) throws {
            try Data(text.utf8).write(to: (folder ?? url).appendingPathComponent(name))
        }

        deinit { try? FileManager.default.removeItem(at: outside) }
    }

    private func files(_ folder: Folder, _ limits: WebFolder.Limits = .init()) -> WebFolder {
        WebFolder(
            folder: folder.url.path, limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func thePageIsServedWithAStrictPolicy() async throws {
        let folder = try Folder()
        let server = await TestServer(web: folder.url.path)
        try await server.application.test(.router) { client in
            try await client.execute(uri: "/", method: .get) { response in
                #expect(response.status == .ok && String(buffer: response.body).contains("<title>page"))
                #expect(response.headers[.contentType] == "text/html; charset=utf-8")
                let policy = response.headers[.contentSecurityPolicy] ?? ""
                for part in [
                    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
                    "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
                ] { #expect(policy.split(separator: "; ").contains(Substring(part)), "\(part) in \(policy)") }
                #expect(!policy.contains("unsafe"))
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
                #expect(response.headers[.referrerPolicy] == "same-origin")
            }
            try await client.execute(uri: "/js/main.js?v=1", method: .get) { response in
                #expect(response.status == .ok)
                #expect(response.headers[.contentType] == "text/javascript; charset=utf-8")
            }
            try await client.execute(uri: "/docs", method: .get) { #expect($0.status == .ok) }
        }
    }

    @Test func unchangedFilesAreNotSentAgain() async throws {
        let folder = try Folder()
        let server = await TestServer(web: folder.url.path)
        try await server.application.test(.router) { client in
            let tag = try await client.execute(uri: "/js/main.js", method: .get) { $0.headers[.eTag] }
            let known = try #require(tag)
            for given in [known, "W/\(known)", "\"other\", \(known)", "*"] {
                try await client.execute(uri: "/js/main.js", method: .get, headers: [.ifNoneMatch: given]) {
                    #expect($0.status == .notModified && $0.body.readableBytes == 0)
                    #expect($0.headers[.eTag] == known && $0.headers[.cacheControl] == "no-cache")
                }
            }
            try await client.execute(uri: "/js/main.js", method: .get, headers: [.ifNoneMatch: "\"other\""]) {
                #expect($0.status == .ok)
            }
            try await client.execute(uri: "/js/main.js", method: .head) {
                #expect($0.status == .ok && $0.headers[.eTag] == known && $0.body.readableBytes == 0)
            }
            for method in [HTTPRequest.Method.post, .put, .delete, .patch] {
                try await client.execute(uri: "/js/main.js", method: method) { #expect($0.status.code == 405) }
            }
        }
    }

    /// What is not a file of the folder is not there, however it is spelt; over a real socket, so that the parser sees it.
    @Test(arguments: [
        "/../secret.txt", "/..%2fsecret.txt", "/..%2Fsecret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt",
        "/js/../../secret.txt", "/js/..%2f..%2fsecret.txt", "/..%5csecret.txt", "/js%2f..%2f..%2fsecret.txt",
        "//secret.txt", "/./secret.txt", "/js/%00main.js", "/js/main.js%00", "/index.html%00.js", "/index.html/",
        "/%c0%ae%c0%ae/secret.txt", "/%252e%252e/secret.txt", "/js", "/js/", "/.hidden.js", "/js/.hidden.js",
        "/INDEX.HTML", "/linked.txt", "/linked/secret.txt", "/file:///etc/passwd", "http://host.example/../secret.txt",
    ])
    func nothingOutsideIsServed(_ target: String) async throws {
        let folder = try Folder()
        try folder.write(".hidden.js", "secret")
        try folder.write("js/.hidden.js", "secret")
        try FileManager.default.createSymbolicLink(
            at: folder.url.appendingPathComponent("linked.txt"),
            withDestinationURL: folder.outside.appendingPathComponent("secret.txt"))
        try FileManager.default.createSymbolicLink(
            at: folder.url.appendingPathComponent("linked"), withDestinationURL: folder.outside)
        let server = await TestServer(web: folder.url.path)
        server.routes.replace(routes: [], errors: SQLStateMap([]))
        let answer = try await server.live { port in
            try await onThread {
                let socket = try RawSocket(port: port)
                try socket.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                try socket.receiveUntilClosed()
                return String(decoding: socket.received, as: UTF8.self)
            }
        }
        #expect(
            answer.hasPrefix("HTTP/1.1 404") || answer.hasPrefix("HTTP/1.1 400"), "\(target): \(answer.prefix(300))")
        #expect(!answer.contains("\r\n\r\nsecret"))
    }

    @Test func aPathOfManyCharactersIsRefused() async throws {
        let folder = try Folder()
        let server = await TestServer(web: folder.url.path)
        server.routes.replace(routes: [], errors: SQLStateMap([]))
        let answers = try await server.live { port in
            try await onThread {
                try [1_000, 100_000].map { length in
                    let socket = try RawSocket(port: port)
                    let path = String(repeating: "a/", count: length / 2)
                    try? socket.send("GET /\(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    try? socket.receiveUntilClosed()
                    return String(decoding: socket.received.prefix(12), as: UTF8.self)
                }
            }
        }
        #expect(answers == ["HTTP/1.1 404", "HTTP/1.1 431"])
    }

    @Test func whatDoesNotFitIsLeftOut() throws {
        let folder = try Folder()
        try folder.write("large.js", String(repeating: "x", count: 1_001))
        try folder.write("fits.js", String(repeating: "x", count: 1_000))
        try folder.write("program.exe", "MZ")
        try folder.write("with space.js", "")
        try folder.write("한글.js", "")
        var limits = WebFolder.Limits()
        limits.fileBytes = 1_000
        #expect(files(folder, limits).paths == ["/", "/fits.js", "/index.html", "/js/main.js"])
        limits.totalBytes = 999
        #expect(files(folder, limits).paths == ["/", "/index.html", "/js/main.js"])
        limits.totalBytes = 10_000
        limits.files = 2
        #expect(files(folder, limits).paths == ["/", "/fits.js", "/index.html"])
    }

    @Test func withoutAPageThereIsTheDocumentation() async throws {
        let folder = try Folder(page: false)
        try folder.write("left.js", "")
        #expect(files(folder).paths.isEmpty)
        let server = await TestServer(web: folder.url.path)
        try await server.application.test(.router) { client in
            try await client.execute(uri: "/", method: .get) {
                #expect($0.status == .temporaryRedirect && $0.headers[.location] == "/docs")
            }
        }
    }

    @Test func theFolderIsFoundBesideTheSQL() throws {
        let folder = try Folder()
        #expect(WebFolder.locate(nil, sqlFolder: folder.outside.path) == folder.url.path)
        #expect(WebFolder.locate("/elsewhere", sqlFolder: folder.outside.path) == "/elsewhere")
    }

    /// Which origins may send what a cookie opens: the one that the request names, with its port and scheme.
    @Test(arguments: [
        ("http://plant:8000", "plant:8000", false, true), ("http://PLANT:8000", "plant:8000", false, true),
        ("http://plant", "plant:80", false, true), ("https://plant", "plant:443", true, true),
        ("https://[::1]:8000", "[::1]:8000", true, true), ("http://plant:8001", "plant:8000", false, false),
        ("http://plant", "plant:8000", false, false), ("https://plant:8000", "plant:8000", false, false),
        ("http://plant:443", "plant", true, false), ("http://plant:8000.evil", "plant:8000", false, false),
        ("null", "plant", false, false), ("http://", "", false, true),
    ])
    func originsAreCompared(_ origin: String, _ host: String, _ isSecure: Bool, _ isOwn: Bool) {
        let own = PublicOrigin(configured: nil, addresses: ClientAddress(trustedProxies: []))
        let refused: Problem?
        do {
            try own.check([.origin: origin], authority: host, isSecure: isSecure)
            refused = nil
        } catch { refused = error }
        #expect((refused == nil) == isOwn && refused?.code ?? "MW470" == "MW470")
    }

    /// The page that comes with the program keeps to its own policy and loads nothing from elsewhere.
    @Test func ourPageIsServedWhole() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../..").standardizedFileURL
        let web = WebFolder(
            folder: root.appendingPathComponent("web").path,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(web.paths.contains("/") && web.paths.contains("/index.html"))
        let page = try String(contentsOf: root.appendingPathComponent("web/index.html"), encoding: .utf8)
        for broken in ["<style", " style=", " onclick=", "<script>", "src=\"http", "href=\"http"] {
            #expect(!page.contains(broken), "\(broken)")
        }
    }
}
