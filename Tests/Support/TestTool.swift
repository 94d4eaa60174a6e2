import Foundation
import Glibc

/// Programs that tests start.
public enum TestTool {
    /// Looks through PATH and the folders for administrators' programs, which PATH often lacks.
    public static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin", "/sbin"]
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs a program to its end, silently.
    /// - Throws: ``TestBroker/Failure/tool(_:status:)`` when it is missing or its exit status is not 0.
    public static func run(_ name: String, _ arguments: [String]) throws {
        guard let path = find(name) else { throw TestBroker.Failure.tool(name, status: 127) }
        let status = try ChildProcess(path, arguments, isWatched: false).wait()
        guard status == 0 else { throw TestBroker.Failure.tool(name, status: status) }
    }
}

/// TCP ports on the loopback interface.
public enum FreePort {
    /// A port that nobody listens on now.
    public static func find() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard result else { throw TestBroker.Failure.tool("bind", status: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Whether somebody accepts connections on the port.
    public static func accepts(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
