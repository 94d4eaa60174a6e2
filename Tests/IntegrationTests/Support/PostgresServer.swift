import Foundation
import Glibc
import Postgres
import Synchronization
import TestSupport

/// A PostgreSQL cluster of one test, which may be killed: a migrated database `millwright` in it.
///
/// `@unchecked`: `process` is only touched within `lock`.
final class PostgresServer: @unchecked Sendable {
    let port: Int
    let folder: URL
    private let binaries: String
    private let lock = Mutex(())
    private var process: Process?

    enum Failure: Error { case tool(String, Int32, String), notReady(String) }

    /// - Parameter administrator: a role without superuser rights that makes the product's roles, owns the database and migrates
    ///   it, as where the server is managed by somebody else; nil: the superuser does.
    init(administrator: String? = nil) throws {
        binaries = TestEnvironment.postgresBinaries!
        port = try Loopback.freePort()
        // its own user must be able to enter every folder above it
        folder = URL(fileURLWithPath: "/tmp").appendingPathComponent("millwright-pg-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if getuid() == 0 { try Self.run("/bin/chown", [TestEnvironment.serviceUser ?? "postgres", folder.path]) }
        let data = folder.appendingPathComponent("data").path
        try Self.run(
            "/usr/bin/env",
            stepDown + [
                "\(binaries)/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync",
            ])
        try start()
        let admin = try Session(ConnectionConfiguration(url: url(database: "postgres")))
        if let administrator { try admin.script("CREATE ROLE \(administrator) LOGIN CREATEROLE CREATEDB") }
        let migrator = administrator ?? "postgres"
        try admin.script("CREATE DATABASE millwright OWNER \(migrator)")
        var environment = ["DATABASE_URL": url(database: "millwright", user: migrator), "PATH": "/usr/bin:/bin"]
        environment["MILLWRIGHT_SQL"] = TestEnvironment.sqlFolder
        try Self.run(TestEnvironment.thin!, ["migrate"], environment: environment)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    private var stepDown: [String] {
        guard getuid() == 0 else { return [] }
        let user = TestEnvironment.serviceUser ?? "postgres"
        return ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "env", "HOME=\(folder.path)"]
    }

    func url(database: String = "millwright", user: String = "postgres") -> String {
        "postgresql://\(user)@127.0.0.1:\(port)/\(database)"
    }

    /// Starts, or starts again after ``kill()``, and returns when it answers.
    func start() throws {
        try lock.withLock { _ in
            guard process == nil else { return }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments =
                stepDown + [
                    "\(binaries)/postgres", "-D", folder.appendingPathComponent("data").path, "-p", "\(port)",
                    "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                    "-c", "shared_preload_libraries=timescaledb", "-c", "timescaledb.telemetry_level=off",
                    "-c", "shared_buffers=128MB", "-c", "timezone=UTC",
                ]
            let log = folder.appendingPathComponent("log.txt")
            if !FileManager.default.fileExists(atPath: log.path) {
                _ = FileManager.default.createFile(atPath: log.path, contents: nil)
            }
            let output = try FileHandle(forWritingTo: log)
            output.seekToEndOfFile()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            self.process = process
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while (try? Session(ConnectionConfiguration(url: url(database: "postgres"))).execute("SELECT 1")) == nil {
            guard ContinuousClock.now < deadline else {
                throw Failure.notReady(
                    (try? String(contentsOf: folder.appendingPathComponent("log.txt"), encoding: .utf8)) ?? "")
            }
            usleep(50_000)
        }
    }

    /// SIGKILL to the postmaster and all its children at once, as a power cut would be.
    func kill() {
        lock.withLock { _ in
            guard let process else { return }
            let children =
                (try? String(
                    contentsOfFile: "/proc/\(process.processIdentifier)/task/\(process.processIdentifier)/children",
                    encoding: .utf8)) ?? ""
            Glibc.kill(process.processIdentifier, SIGKILL)
            for child in children.split(separator: " ").compactMap({ Int32($0) }) { Glibc.kill(child, SIGKILL) }
            process.waitUntilExit()
            self.process = nil
        }
        // a new postmaster refuses to start while an old child still holds the shared memory
        usleep(200_000)
    }

    static func run(_ path: String, _ arguments: [String], environment: [String: String]? = nil) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let environment { process.environment = environment }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure.tool(path, process.terminationStatus, String(decoding: output.suffix(4000), as: UTF8.self))
        }
    }
}
