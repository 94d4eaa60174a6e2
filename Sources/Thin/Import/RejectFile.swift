import Foundation
import Glibc

/// The file of rejected lines: CSV of line, column, reason and text. Made when the first is rejected.
final class RejectFile {
    private static let header = "line,column,reason,text\n"

    private let path: String
    private var descriptor: Int32 = -1
    /// Its length, in bytes.
    private(set) var length: Int64

    /// - Parameter length: that an earlier run committed; what lies behind it belongs to points that were not committed.
    init(path: String, length: Int64) throws {
        self.path = path
        self.length = length
        if length > 0 || access(path, F_OK) == 0 { try openFile() }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private func openFile() throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure() }
        var head = [UInt8](repeating: 0, count: Self.header.utf8.count)
        let got = pread(descriptor, &head, head.count, 0)
        guard got == 0 || (got == head.count && head == Array(Self.header.utf8)) else {
            throw ImportError(description: "\(path) is there already and is no file of rejected lines: say --rejects")
        }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw failure() }
        // one that was moved away since is begun again
        length = min(length, Int64(size))
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw failure() }
    }

    /// On disk when it returns.
    func append(_ rejects: [ImportBlock.Reject]) throws {
        if rejects.isEmpty { return }
        if descriptor < 0 { try openFile() }
        var text = length == 0 ? Self.header : ""
        for reject in rejects {
            text += "\(reject.line),\(quoted(reject.column)),\(reject.reason),\(quoted(reject.text))\n"
        }
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(length) + off_t(done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            done += count
        }
        guard fsync(descriptor) == 0 else { throw failure() }
        length += Int64(bytes.count)
    }

    private func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    private func failure() -> ImportError {
        ImportError(description: "\(path): \(String(cString: strerror(errno)))", exitCode: 1)
    }
}
