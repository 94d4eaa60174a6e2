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
