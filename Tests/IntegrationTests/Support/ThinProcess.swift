import Foundation
import Glibc
import Synchronization
import TestSupport

/// A real `thin serve`, with its own ports, that can be killed at any moment.
///
/// `@unchecked`: `process` is only touched within `lock`.
final class ThinProcess: @unchecked Sendable {
    let httpPort: Int
    let metricsPort: Int
    let log: URL
    private let environment: [String: String]
    private let lock = Mutex(())
    private var process: Process?

    init(databaseURL: String, mqttURL: String, instance: String = "it", more: [String: String] = [:]) throws {
        httpPort = try Loopback.freePort()
        metricsPort = try Loopback.freePort()
        log = FileManager.default.temporaryDirectory.appendingPathComponent("millwright-thin-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        var environment = [
            "DATABASE_URL": databaseURL,
            "MQTT_URL": mqttURL,
            "THIN_HTTP": "127.0.0.1:\(httpPort)",
            "THIN_METRICS": "127.0.0.1:\(metricsPort)",
            "THIN_INSTANCE": instance,
            "SECRET_KEY": "integration-tests-only-0123456789abcdef",
            "SERVE_ML_ROOT": FileManager.default.temporaryDirectory.appendingPathComponent("no-bundles").path,
            "LOG_LEVEL": "info",
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
        if let folder = TestEnvironment.sqlFolder { environment["MILLWRIGHT_SQL"] = folder }
        self.environment = environment.merging(more) { $1 }
        try start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: log)
    }

    var url: String { "http://127.0.0.1:\(httpPort)" }

    func start() throws {
        try lock.withLock { _ in
            guard process == nil else { return }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: TestEnvironment.thin!)
            process.arguments = ["serve"]
            process.environment = environment
            let output = try FileHandle(forWritingTo: log)
            output.seekToEndOfFile()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            self.process = process
        }
    }

    var isRunning: Bool { lock.withLock { _ in process?.isRunning ?? false } }

    /// Resident memory, in bytes.
    var residentBytes: Int {
        guard let pid = lock.withLock({ _ in process?.processIdentifier }),
            let status = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)
        else { return 0 }
        return (status.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    /// SIGKILL: in the middle of whatever it does.
    func kill() { end(SIGKILL) }

    /// SIGTERM, and waits for the orderly end.
    func terminate() { end(SIGTERM) }

    private func end(_ signal: Int32) {
        lock.withLock { _ in
            guard let process else { return }
            Glibc.kill(process.processIdentifier, signal)
            process.waitUntilExit()
            self.process = nil
        }
    }

    /// Waits until `/health` answers with this status.
    func waitForHealth(_ status: Int = 200, within time: Duration = .seconds(30)) async -> Bool {
        await eventually(within: time) { (try? HTTPCall.get("\(self.url)/health").status) == status }
    }

    var logText: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
}
