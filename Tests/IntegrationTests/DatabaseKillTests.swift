import Foundation
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

/// Requests that are in the air when the database is killed.
@Suite(
    "Requests and kill -9 of the database",
    .enabled(if: TestEnvironment.canKillDatabases, "needs make test's servers, mosquitto and PostgreSQL's programs"))
struct DatabaseKillTests {
    private struct Tally {
        var requests = 0
        var failures: [String: Int] = [:]
        var longest = Duration.zero
        var longestName = ""
    }

    private final class Load: Sendable {
        let tally = Mutex(Tally())
        let isDone = Atomic(false)
    }

    /// None may wait for an answer that nobody will give: what is lost is told at once, what finds no connection after the
    /// client's deadline.
    @Test("None waits for an answer that nobody will give")
    func requests() async throws {
        let server = try PostgresServer()
        let client = Client(
            ConnectionConfiguration(url: server.url()), connections: 4,
            logger: Logger(label: "it") { _ in SwiftLogNoOpLogHandler() })
        client.start()
        let load = Load()
        let kills = ProcessInfo.processInfo.environment["MILLWRIGHT_KILLS"].flatMap { Int($0) } ?? 3
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<12 {
                group.addTask {
                    while !load.isDone.load(ordering: .relaxed) {
                        let began = ContinuousClock.now
                        var failure: String?
                        do {
                            try await Self.request(worker, client)
                        } catch let error as DatabaseError {
                            failure = error.sqlState
                        }
                        let took = ContinuousClock.now - began
                        load.tally.withLock {
                            $0.requests += 1
                            if let failure { $0.failures[failure, default: 0] += 1 }
                            if took > $0.longest {
                                ($0.longest, $0.longestName) = (took, "\(worker % 3) \(failure ?? "")")
                            }
                        }
                        if failure != nil { try? await Task.sleep(for: .milliseconds(20)) }
                    }
                }
            }
            for _ in 0..<kills {
                try await Task.sleep(for: .milliseconds(Int.random(in: 200...1500)))
                server.kill()
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...500)))
                try await onThread { try server.start() }
            }
            try await Task.sleep(for: .seconds(1))
            load.isDone.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        await client.stop()
        let found = load.tally.withLock { $0 }
        print("kill -9 of the database: \(found)")
        // the client's answer deadline is 60 s: whoever came near it had been forgotten
        #expect(found.longest < .seconds(40), "\(found)")
        #expect(found.failures["57014"] == nil)
        #expect(found.requests > 100)
    }

    private static func request(_ worker: Int, _ client: Client) async throws {
        switch worker % 3 {
        case 0: _ = try await client.query("SELECT count(*) FROM generate_series(1, 2000)")
        case 1: _ = try await client.query("SELECT pg_sleep(0.02)")
        default:
            try await client.withSession { session in
                _ = try await session.pipeline([Statement("BEGIN"), Statement("SELECT pg_advisory_xact_lock(7)")])
                _ = try await session.query("CREATE TABLE IF NOT EXISTS public.kill_test (n integer)")
                _ = try await session.query("INSERT INTO public.kill_test VALUES (1)")
                _ = try await session.query("COMMIT")
            }
        }
    }
}
