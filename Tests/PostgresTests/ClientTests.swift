import Foundation
import Logging
import Pacing
import Testing

@testable import Postgres

@Suite(.enabled(if: TestServer.isAvailable, TestServer.notice)) struct ClientTests {
    @Test func manyCallersGetTheirOwnAnswers() async throws {
        try await TestServer.withClient(TestServer.client(connections: 3)) { (client) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<64 {
                    group.addTask {
                        for index in 0..<50 {
                            let wanted = caller * 1000 + index
                            let result = try await client.query("SELECT $1 AS v", [.int8(Int64(wanted))])
                            #expect(result[0].int("v") == wanted)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(client.isConnected)
        }
    }

    @Test func errorsBelongToTheirRequest() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1)) { (client) async throws in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<300 {
                    group.addTask {
                        if index % 3 == 0 {
                            let error = await databaseError { _ = try await client.query("SELECT 1 / $1", [.int4(0)]) }
                            #expect(error?.sqlState == "22012")
                        } else {
                            let result = try? await client.query("SELECT $1", [.int4(Int32(index))])
                            #expect(result?[0].int(0) == index)
                        }
                    }
                }
            }
        }
    }

    @Test func aFailedTransactionDisturbsNobody() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1)) { (client) async throws in
            let name = TestServer.uniqueName("pg_test")
            _ = try await client.query("CREATE TABLE \(name) (i integer PRIMARY KEY)")
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let isBad = index % 2 == 0
                        do {
                            let results = try await client.pipeline([
                                Statement("BEGIN"), Statement("INSERT INTO \(name) VALUES ($1)", [.int4(Int32(index))]),
                                Statement("SELECT 1 / $1", [.int4(isBad ? 0 : 1)]), Statement("COMMIT"),
                            ])
                            #expect(!isBad && results.count == 4)
                        } catch {
                            #expect(isBad && (error as? DatabaseError)?.sqlState == "22012")
                        }
                    }
                }
            }
            let row = try await client.query("SELECT count(*), count(*) FILTER (WHERE i % 2 = 1) FROM \(name)").one()
            #expect(row.int(0) == 100 && row.int(1) == 100)
            _ = try await client.query("DROP TABLE \(name)")
        }
    }

    @Test func anOpenTransactionIsRolledBackBeforeTheNextRequest() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1)) { (client) async throws in
            let before = try await client.query("SELECT pg_backend_pid()").one().int(0)
            _ = try await client.pipeline([
                Statement("BEGIN"), Statement("CREATE TEMPORARY TABLE left_over (i integer)"),
            ])
            let row = try await client.query("SELECT to_regclass('left_over'), pg_backend_pid()").one()
            #expect(row.isNull(0))
            #expect(row.int(1) == before)
            // A failing one, with requests waiting behind it.
            async let bad = client.pipeline([Statement("BEGIN"), Statement("SELECT 1/0")])
            async let good = client.query("SELECT 5")
            _ = try? await bad
            #expect(try await good[0].int(0) == 5)
        }
    }

    @Test func staleStatementsAreSentAgain() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1)) { (client) async throws in
            let name = TestServer.uniqueName("pg_test")
            _ = try await client.query("CREATE TABLE \(name) (a integer)")
            let select = Statement("SELECT * FROM \(name)")
            #expect(try await client.pipeline([select])[0].columns == ["a"])
            _ = try await client.query("ALTER TABLE \(name) ADD COLUMN b integer")
            #expect(
                try await client.pipeline([Statement("BEGIN"), select, Statement("COMMIT")])[1].columns == ["a", "b"])
            _ = try await client.query("DEALLOCATE ALL")
            let insert = Statement("INSERT INTO \(name) VALUES (1, 2)")
            #expect(try await client.pipeline([insert, select])[1].count == 1)
            _ = try await client.query("DEALLOCATE ALL")
            #expect(try await client.pipeline([insert, select])[1].count == 2)
            _ = try await client.query("DROP TABLE \(name)")
        }
    }

    @Test func statementCacheStaysBounded() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1, statementCacheCapacity: 4)) {
            (client) async throws in
            for index in 0..<40 { _ = try await client.query("SELECT \(index)") }
            try await client.withSession { session in
                for index in 0..<10 { _ = try await session.query("SELECT 's', \(index)") }
            }
            _ = try await client.query("SELECT 'last'")
            let kept = try await client.query("SELECT count(*) FROM pg_prepared_statements").one().int(0)
            // The last eviction reaches the server with the next request.
            #expect((kept ?? 99) <= 5)
        }
    }

    @Test func killedInMidQuery() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1)) { (client) async throws in
            let pid = try #require(try await client.query("SELECT pg_backend_pid()").one().int(0))
            // what was answered is counted out a moment later: else it would be taken for the next one
            try await eventually { client.status.inFlight == 0 }
            let first = Task { try await client.query("SELECT pg_sleep(20)") }
            try await eventually { client.status.inFlight == 1 }
            let second = Task { try await client.query("SELECT 2") }
            try await eventually { client.status.inFlight == 2 }
            _ = try await TestServer.withClient(TestServer.client(connections: 1)) {
                try await $0.query("SELECT pg_terminate_backend($1)", [.int4(Int32(pid))])
            }
            let firstError = await databaseError { _ = try await first.value }
            let secondError = await databaseError { _ = try await second.value }
            #expect(firstError?.isConnectionFailure == true)
            #expect(secondError?.sqlState == "08006")
            // It comes back by itself, on another backend.
            let now = try await client.query("SELECT pg_backend_pid()").one().int(0)
            #expect(now != pid)
            #expect(client.status.connectionFailures == 1)
            #expect(!client.status.lastError.isEmpty)
        }
    }

    @Test func withoutAServerRequestsEndAtTheirDeadline() async throws {
        let client = Client(
            ConnectionConfiguration(url: "postgres://x@127.0.0.1:1/x"), logger: TestServer.quietLogger,
            queueCapacity: 3, queueDeadline: .milliseconds(300))
        try await TestServer.withClient(client) { (client) async throws in
            let start = ContinuousClock.now
            let states = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<10 {
                    group.addTask { await databaseError { _ = try await client.query("SELECT 1") }?.sqlState }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(states.count { $0 == "53300" } == 7)
            #expect(states.count { $0 == "08001" } == 3)
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(!client.isConnected)
            // the client's thread counts them out after it has answered them
            try await eventually { client.status.waiting == 0 }
        }
    }

    @Test func busyConnectionsMakeRequestsWaitAndThenFail() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1, queueDeadline: .milliseconds(200))) {
            (client) async throws in
            let error = try await client.withSession { _ in
                await databaseError { _ = try await client.query("SELECT 1") }
            }
            #expect(error?.sqlState == "53300")
            #expect(try await client.query("SELECT 1").one().int(0) == 1)
        }
    }

    @Test func responseTimeoutReplacesTheConnection() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1, responseTimeout: .milliseconds(200))) {
            (client) async throws in
            let error = await databaseError { _ = try await client.query("SELECT pg_sleep(5)") }
            #expect(error?.sqlState == "57014")
            #expect(try await client.query("SELECT 1").one().int(0) == 1)
        }
    }

    @Test func cancellationKeepsTheOrder() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1)) { (client) async throws in
            for round in 0..<20 {
                let slow = Task { try await client.query("SELECT pg_sleep(0.02), 'slow'") }
                let doomed = (0..<5).map { index in Task { try await client.query("SELECT 'doomed', \(index)") } }
                let kept = (0..<5).map { index in
                    Task { try await client.query("SELECT $1", [.int4(Int32(round * 10 + index))]).one().int(0) }
                }
                for task in doomed { task.cancel() }
                for task in doomed { _ = await task.result }
                for (index, task) in kept.enumerated() { #expect(try await task.value == round * 10 + index) }
                #expect(try await slow.value[0].string(1) == "slow")
            }
            let task = Task { try await client.query("SELECT pg_sleep(10)") }
            try await Task.sleep(for: .milliseconds(50))
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1)) { (client) async throws in
            let name = TestServer.uniqueName("pg_test")
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                _ = try await client.query("CREATE TABLE \(name) ()")
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await client.query("SELECT to_regclass($1)", [.text(name)]).one().isNull(0))
        }
    }

    @Test func sessionsAreExclusiveAndCleanedUp() async throws {
        try await TestServer.withClient(TestServer.client(connections: 2)) { (client) async throws in
            let pids = try await client.withSession { session in
                _ = try await session.query("BEGIN")
                _ = try await session.query("CREATE TEMPORARY TABLE mine (i integer)")
                // Others go on meanwhile, on the other connection.
                let other = try await client.query("SELECT pg_backend_pid(), to_regclass('mine')").one()
                #expect(other.isNull(1))
                #expect(try await !session.query("SELECT to_regclass('mine')").one().isNull(0))
                return [try await session.query("SELECT pg_backend_pid()").one().int(0), other.int(0)]
            }
            #expect(pids[0] != pids[1])
            for _ in 0..<10 { #expect(try await client.query("SELECT to_regclass('mine')").one().isNull(0)) }

            struct Stop: Error {}
            await #expect(throws: Stop.self) {
                try await client.withSession { session in
                    _ = try await session.query("BEGIN")
                    throw Stop()
                }
            }
            let session = try await client.withSession { $0 }
            let late = await databaseError { _ = try await session.query("SELECT 1") }
            #expect(late?.sqlState == "08003")
        }
    }

    @Test func manySessionsTakeTurns() async throws {
        try await TestServer.withClient(TestServer.client(connections: 2)) { (client) async throws in
            let total = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<40 {
                    group.addTask {
                        try await client.withSession { session in
                            _ = try await session.query("BEGIN")
                            let value = try await session.query("SELECT $1", [.int4(Int32(index))]).one().int(0) ?? -1
                            if index % 2 == 0 { _ = try await session.query("COMMIT") }
                            return value
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(total == 40 * 39 / 2)
        }
    }

    @Test func aSessionDoesNotSurviveItsConnection() async throws {
        try await TestServer.withClient(TestServer.client(connections: 2)) { (client) async throws in
            let error = await databaseError {
                try await client.withSession { session in
                    let pid = try await session.query("SELECT pg_backend_pid()").one().int(0)
                    _ = try await client.query("SELECT pg_terminate_backend($1)", [.int4(Int32(pid ?? 0))])
                    try await eventually { client.status.connectionFailures > 0 }
                    _ = try await session.query("SELECT 1")
                }
            }
            #expect(error?.isConnectionFailure == true)
            #expect(try await client.query("SELECT 1").one().int(0) == 1)
        }
    }

    @Test func bigResultsAndCopyAttempts() async throws {
        try await TestServer.withClient(TestServer.client(connections: 1)) { (client) async throws in
            async let big = client.query("SELECT repeat('x', 1000) FROM generate_series(1, 50000)")
            async let small = client.query("SELECT 1")
            #expect(try await big.count == 50_000)
            #expect(try await small[0].int(0) == 1)
            let payload = String(repeating: "y", count: 4 << 20)
            #expect(try await client.query("SELECT $1", [.text(payload)]).one().string(0)?.utf8.count == 4 << 20)
            let copy = await databaseError { _ = try await client.query("COPY pg_class TO STDOUT") }
            #expect(copy?.sqlState == "0A000")
            let nul = await databaseError { _ = try await client.query("SELECT $1", [.text("a\0")]) }
            #expect(nul?.sqlState == "22021")
            #expect(try await client.query("SELECT 1").one().int(0) == 1)
        }
    }

    @Test func runEndsWithItsTask() async throws {
        let client = TestServer.client()
        let running = Task { try await client.run() }
        #expect(try await client.query("SELECT 1").one().int(0) == 1)
        // the first request is counted out after it was answered: else it would be taken for the next one
        try await eventually { client.status.inFlight == 0 }
        let last = Task { try await client.query("SELECT pg_sleep(1), 3") }
        try await eventually { client.status.inFlight == 1 }
        running.cancel()
        try await running.value
        #expect(try await last.value[0].int(1) == 3)
        let error = await databaseError { _ = try await client.query("SELECT 1") }
        #expect(error?.sqlState == "08003")
        #expect(!client.isConnected)
        await TestServer.client().stop()
    }
}

@Suite(.enabled(if: TestServer.isAvailable, TestServer.notice)) struct ListenerTests {
    @Test(.timeLimit(.minutes(3))) func hearsAndReconnects() async throws {
        let channel = TestServer.uniqueName("Channel \"x\"")
        let configuration = ConnectionConfiguration(
            url: TestServer.url, applicationName: TestServer.uniqueName("listener"))
        let listener = Listener(
            configuration, channels: [channel], logger: TestServer.quietLogger,
            backoff: Backoff(initial: .milliseconds(10), maximum: .milliseconds(50)))
        try await TestServer.withClient(TestServer.client()) { (client) async throws in
            var events = listener.events().makeAsyncIterator()
            #expect(await events.next() == .connected)
            _ = try await client.query("SELECT pg_notify($1, 'one')", [.text(channel)])
            #expect(await events.next() == .notification(channel: channel, payload: "one"))
            let killed = try await client.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND query LIKE '%' || $1",
                [.text(String(channel.suffix(18)) + "\"")])
            #expect(killed.count == 1)
            #expect(await events.next() == .disconnected)
            #expect(await events.next() == .connected)
            _ = try await client.query("SELECT pg_notify($1, 'two')", [.text(channel)])
            #expect(await events.next() == .notification(channel: channel, payload: "two"))
        }
    }

    @Test(.timeLimit(.minutes(3))) func endsWithItsReader() async throws {
        let channel = TestServer.uniqueName("ends")
        let listener = Listener(TestServer.configuration(), channels: [channel], logger: TestServer.quietLogger)
        // What the database shows of a LISTEN the listener may not have been told yet: only its own event says so.
        let (connected, isConnected) = AsyncStream.makeStream(of: Void.self)
        let reader = Task {
            for await event in listener.events() where event == .connected { isConnected.yield() }
        }
        try await TestServer.withClient(TestServer.client()) { (client) async throws in
            let mine = "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN \"\(channel)\"'"
            for await _ in connected { break }
            #expect(try await client.query(mine).one().int(0) == 1)
            reader.cancel()
            await reader.value
            try await eventually { try await client.query(mine).one().int(0) == 0 }
        }
    }
}

/// A connection driven by hand, so that time can be anything.
@Suite(.enabled(if: TestServer.isAvailable, TestServer.notice))
struct OverdueTests {
    private func ready(_ options: ClientOptions) async throws -> ClientConnection {
        let connection = ClientConnection(TestServer.configuration(), options)
        let deadline = ContinuousClock.now + .seconds(20)
        while !connection.isReady, ContinuousClock.now < deadline {
            connection.proceed(isSocketReady: connection.interest != nil, now: monotonicNow())
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(connection.isReady)
        return connection
    }

    @Test("A process that was stopped for longer than the deadline takes the answer that waits for it")
    func stopped() async throws {
        var options = ClientOptions()
        options.responseTimeout = .milliseconds(50)
        let connection = try await ready(options)
        let statements = [Statement("SELECT 42")]
        let request = ClientRequest(.statements(statements, session: nil), sendDeadline: .max)
        connection.send(request, statements, now: monotonicNow())
        // the answer arrives, and nobody looks
        try await Task.sleep(for: .seconds(1))
        connection.proceed(isSocketReady: false, now: monotonicNow())
        guard case .results(let results) = try await request.wait(submit: {}) else { return }
        #expect(results[0][0].int(0) == 42)
    }

    @Test("An answer that does not come is told, with the server's process that owes it")
    func overdue() async throws {
        var options = ClientOptions()
        options.responseTimeout = .milliseconds(50)
        let connection = try await ready(options)
        var process: Int32 = 0
        connection.onTimeOut = { process = $0 }
        let statements = [Statement("SELECT pg_sleep(3)")]
        let request = ClientRequest(.statements(statements, session: nil), sendDeadline: .max)
        connection.send(request, statements, now: monotonicNow())
        connection.proceed(isSocketReady: false, now: monotonicNow() + 60_000_000_000)
        let error = await databaseError { _ = try await request.wait(submit: {}) }
        #expect(error?.sqlState == "57014")
        #expect(process > 0)
    }
}
