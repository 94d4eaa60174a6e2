import Foundation
public import Glibc
import Synchronization

/// A program that a test starts, signals and waits for. It is killed when the value, or the whole test process, goes away.
///
/// Foundation's Process hands its thread's blocked signals on to the child, and dispatch's threads block SIGTERM: such a
/// child never hears of a stop. Here it starts with a clean signal mask.
public final class ChildProcess: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let program: String
        public let code: Int32
        public var description: String { "\(program) cannot be started: \(String(cString: strerror(code)))" }
    }

    public let processIdentifier: pid_t
    /// `nil` while it runs; then the exit status, or minus the number of the signal that ended it.
    private let status = Mutex<Int32?>(nil)
    private let watchdog: Watchdog?

    /// - Parameters:
    ///   - path: full path of the program.
    ///   - environment: added to this process's environment.
    ///   - output: file for standard output and error, appended to; `nil` throws them away.
    public init(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], output: String? = nil,
        isWatched: Bool = true
    ) throws {
        var variables = ProcessInfo.processInfo.environment
        variables.merge(environment) { $1 }
        processIdentifier = try Self.spawn(
            path, arguments, variables.map { "\($0.key)=\($0.value)" }, input: -1, output: output ?? "/dev/null")
        watchdog = isWatched ? try? Watchdog(processIdentifier) : nil
    }

    deinit {
        if isRunning {
            kill(SIGKILL)
            wait()
        }
    }

    public var isRunning: Bool { reap(WNOHANG) == nil }

    /// Does nothing when the process has ended.
    public func kill(_ signal: Int32) {
        guard isRunning else { return }
        Glibc.kill(processIdentifier, signal)
    }

    /// Waits for the end.
    /// - Returns: the exit status, or minus the number of the signal that ended it.
    @discardableResult
    public func wait() -> Int32 { reap(0)! }

    private func reap(_ options: Int32) -> Int32? {
        status.withLock { status in
            if let status { return status }
            var raw: Int32 = 0
            var result: pid_t
            repeat { result = waitpid(processIdentifier, &raw, options) } while result < 0 && errno == EINTR
            guard result != 0 else { return nil }
            let signal = raw & 0x7f
            status = result < 0 ? -SIGKILL : signal == 0 ? (raw >> 8) & 0xff : -signal
            return status
        }
    }

    fileprivate static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String], input: Int32, output: String
    ) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if input >= 0 {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // libmosquitto opens its sockets without close-on-exec; a child that holds one keeps the connection alive.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var identifier = pid_t()
        let code = posix_spawn(&identifier, path, &actions, &attributes, argv, envp)
        guard code == 0 else { throw Failure(program: path, code: code) }
        return identifier
    }
}

/// A shell that waits for the end of its input and then kills: when this process dies, however, its pipe closes.
private final class Watchdog: Sendable {
    private let writeEnd: Int32
    private let processIdentifier: pid_t

    init(_ watched: pid_t) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ChildProcess.Failure(program: "pipe", code: errno) }
        writeEnd = ends[1]
        processIdentifier = try ChildProcess.spawn(
            "/bin/sh", ["-c", "read line || kill -9 \(watched)"], [], input: ends[0], output: "/dev/null")
        close(ends[0])
    }

    deinit {
        // A line means: all is well, go.
        _ = write(writeEnd, "\n", 1)
        close(writeEnd)
        var raw: Int32 = 0
        waitpid(processIdentifier, &raw, 0)
    }
}
