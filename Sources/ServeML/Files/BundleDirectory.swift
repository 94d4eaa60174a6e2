import Crypto
import Foundation
import Hexadecimal

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The files of one bundle. Every file is read once, through here, so that what was hashed is what is used.
struct BundleDirectory {
    let path: String
    /// Plain files, sorted by name. Hidden ones, editors' backups and folders are no part of a bundle.
    let names: [String]

    init(path: String) throws(BundleError) {
        guard let real = realpath(path, nil) else { throw .missingFile((path as NSString).lastPathComponent) }
        self.path = String(cString: real)
        free(real)
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: self.path) else {
            throw .unreadableFile((path as NSString).lastPathComponent, detail: "not a readable directory")
        }
        var names: [String] = []
        for name in entries where !name.hasPrefix(".") && !name.hasSuffix("~") {
            var status = stat()
            guard stat(self.path + "/" + name, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFREG { names.append(name) }
        }
        guard names.count <= BundleLimits.files else {
            throw .tooLarge(file: ".", bytes: names.count, limit: BundleLimits.files)
        }
        self.names = names.sorted()
    }

    func contains(_ name: String) -> Bool { names.contains(name) }

    /// Whether `name` is one path component that cannot climb.
    static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= BundleLimits.nameBytes && !name.hasPrefix(".")
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 < 0x20 || $0 == 0x7F }
    }

    /// The whole file. Refuses links that leave the directory and anything that is not a regular file.
    func read(_ name: String, limit: Int) throws(BundleError) -> [UInt8] {
        guard Self.isPlainName(name) else { throw .unsafePath(name) }
        let full = path + "/" + name
        guard let real = realpath(full, nil) else { throw .missingFile(name) }
        defer { free(real) }
        guard String(cString: real).hasPrefix(path + "/") else { throw .unsafePath(name) }
        // Non-blocking, so that a named pipe cannot hang the scan.
        let descriptor = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadableFile(name, detail: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .unsafePath(name) }
        guard status.st_size <= limit else { throw .tooLarge(file: name, bytes: Int(status.st_size), limit: limit) }
        let size = Int(status.st_size)
        var failure: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Self.readSome(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    failure = got == 0 ? "it shrank while it was read" : String(cString: strerror(errno))
                    return
                }
                count += got
            }
        }
        if let failure { throw .unreadableFile(name, detail: failure) }
        return bytes
    }

    private static func readSome(_ descriptor: Int32, _ target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, target, count)
        #elseif canImport(Musl)
            Musl.read(descriptor, target, count)
        #else
            Darwin.read(descriptor, target, count)
        #endif
    }

    /// Names, sizes and times of the files: when it is unchanged, so is the bundle, as far as a scan cares.
    func signature() -> String {
        var text = ""
        for name in names {
            var status = stat()
            guard stat(path + "/" + name, &status) == 0 else { continue }
            #if canImport(Darwin)
                let time = status.st_mtimespec
            #else
                let time = status.st_mtim
            #endif
            text += "\(name) \(status.st_size) \(status.st_ino) \(time.tv_sec).\(time.tv_nsec)\n"
        }
        return text
    }

    /// Lower-case hexadecimal SHA-256.
    static func sha256(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).hexadecimal
    }
}
