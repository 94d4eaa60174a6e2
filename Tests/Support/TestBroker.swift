public import Foundation
import Glibc
import Synchronization

/// A real mosquitto of one test: own port, own folder, killed when the value goes away.
///
public final class TestBroker: Sendable {
    public struct Options: Sendable {
        /// Queues and sessions survive a restart.
        public var persistence = true
        /// How often the database is written, in seconds: the broker forgets at most this much when it is killed.
        public var autosaveSeconds = 1
        /// Requires this user and password.
        public var credentials: (user: String, password: String)?
        /// Listens with TLS, with certificates made for the purpose; see ``TestBroker/caFile``.
        public var usesTLS = false
        /// Rules of an access control file, one a line.
        public var accessRules: [String] = []
        /// A whole mosquitto.conf in place of the usual one. `PORT`, `INNER` and `FOLDER` in it become the broker's own ports and
        /// folder.
        public var configuration: String?
        /// Called with the folder before the broker starts: files that its configuration names.
        public var prepare: (@Sendable (URL) throws -> Void)?
        /// Further lines of mosquitto.conf.
        public var extraLines: [String] = []

        public init() {}
    }

    public enum Failure: Error, CustomStringConvertible {
        case notInstalled
        case didNotStart(log: String)
        case tool(String, status: Int32)

        public var description: String {
            switch self {
            case .notInstalled: "mosquitto is not installed"
            case .didNotStart(let log): "mosquitto did not start: \(log)"
            case .tool(let name, let status): "\(name) ended with \(status)"
            }
        }
    }

    /// Path of the broker's program, if this machine has it.
    public static let executable = TestTool.find("mosquitto")
    public static var isAvailable: Bool { executable != nil }

    public let port: Int
    /// A second port, for configurations with two listeners.
    public let innerPort: Int
    public let folder: URL
    private let options: Options
    private let process = Mutex<ChildProcess?>(nil)

    /// Starts the broker and returns when it accepts connections.
    public init(_ options: Options = Options()) throws {
        guard Self.isAvailable else { throw Failure.notInstalled }
        self.options = options
        port = try Loopback.freePort()
        innerPort = try Loopback.freePort()
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("millwright-broker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try writeConfiguration()
        try start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// URL for clients; with the right credentials when the broker wants some.
    public var url: String {
        url(user: options.credentials?.user, password: options.credentials?.password)
    }

    public func url(user: String?, password: String?, host: String = "127.0.0.1") -> String {
        let login = user.map { "\($0):\(password ?? "")@" } ?? ""
        return "\(options.usesTLS ? "mqtts" : "mqtt")://\(login)\(host):\(port)"
    }

    /// Certificate authority of the broker's certificate (valid for localhost and 127.0.0.1).
    public var caFile: String { folder.appendingPathComponent("ca.pem").path }
    /// Another authority, which did not sign anything here.
    public var strangerCAFile: String { folder.appendingPathComponent("stranger.pem").path }
    public var log: String {
        (try? String(contentsOf: folder.appendingPathComponent("log.txt"), encoding: .utf8)) ?? ""
    }
    public var processIdentifier: Int32? { process.withLock { $0?.processIdentifier } }

    // MARK: Life

    /// Starts again after ``stop()`` or ``kill()``, on the same port and folder.
    public func start() throws {
        try process.withLock { process in
            guard process == nil else { return }
            process = try ChildProcess(
                Self.executable!, ["-c", folder.appendingPathComponent("mosquitto.conf").path])
        }
        let deadline = ContinuousClock.now + .seconds(10)
        while !Loopback.accepts(port) {
            guard ContinuousClock.now < deadline, process.withLock({ $0?.isRunning ?? false }) else {
                throw Failure.didNotStart(log: log)
            }
            usleep(5_000)
        }
    }

    /// SIGTERM: the broker writes its database and ends.
    public func stop() { end(SIGTERM) }

    /// SIGKILL: what was not written is gone.
    public func kill() { end(SIGKILL) }

    private func end(_ signal: Int32) {
        process.withLock { process in
            process?.kill(signal)
            process?.wait()
            process = nil
        }
    }

    /// Makes the broker write its database now (SIGUSR1); returns when the file is there.
    /// - Returns: false when nothing was written within 5 s.
    @discardableResult
    public func saveDatabase() -> Bool {
        let file = folder.appendingPathComponent("mosquitto.db").path
        func stamp() -> (Int, Int, UInt)? {
            var info = stat()
            guard stat(file, &info) == 0 else { return nil }
            return (info.st_mtim.tv_sec, info.st_mtim.tv_nsec, UInt(info.st_ino))
        }
        let before = stamp()
        guard let processIdentifier else { return false }
        Glibc.kill(processIdentifier, SIGUSR1)
        for _ in 0..<1000 {
            if let now = stamp(), before == nil || now != before! { return true }
            usleep(5_000)
        }
        return false
    }

    // MARK: Configuration

    private func writeConfiguration() throws {
        var lines = [
            "listener \(port) 127.0.0.1",
            "log_dest file \(folder.appendingPathComponent("log.txt").path)",
            "max_inflight_messages 0",
            "max_queued_messages 0",
        ]
        // Started by root the broker would become a user who cannot write to the folder.
        if getuid() == 0 { lines.append("user root") }
        if options.persistence {
            lines += [
                "persistence true", "persistence_location \(folder.path)/",
                "autosave_interval \(options.autosaveSeconds)",
            ]
        }
        if let credentials = options.credentials {
            let file = folder.appendingPathComponent("passwords").path
            try TestTool.run("mosquitto_passwd", ["-b", "-c", file, credentials.user, credentials.password])
            lines += ["allow_anonymous false", "password_file \(file)"]
        } else {
            lines.append("allow_anonymous true")
        }
        if !options.accessRules.isEmpty {
            let file = folder.appendingPathComponent("access")
            try options.accessRules.joined(separator: "\n").appending("\n").write(
                to: file, atomically: true, encoding: .utf8)
            lines.append("acl_file \(file.path)")
        }
        if options.usesTLS {
            try TestCertificates.make(in: folder)
            for name in ["cafile ca.pem", "certfile server.pem", "keyfile server.key"] {
                let parts = name.split(separator: " ")
                lines.append("\(parts[0]) \(folder.appendingPathComponent(String(parts[1])).path)")
            }
        }
        lines += options.extraLines
        try options.prepare?(folder)
        if let configuration = options.configuration {
            let text = configuration.replacingOccurrences(of: "PORT", with: String(port))
                .replacingOccurrences(of: "INNER", with: String(innerPort))
            lines = [text.replacingOccurrences(of: "FOLDER", with: folder.path)]
            if getuid() == 0 { lines.append("user root") }
        }
        try lines.joined(separator: "\n").appending("\n").write(
            to: folder.appendingPathComponent("mosquitto.conf"), atomically: true, encoding: .utf8)
    }
}
