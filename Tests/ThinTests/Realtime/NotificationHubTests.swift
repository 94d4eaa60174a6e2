import Logging
import NIOCore
import Postgres
import Synchronization
import Testing

@testable import Thin

@Suite(.timeLimit(.minutes(3))) struct NotificationHubTests {
    /// An outbox in memory, with faults.
    private final class Outbox: Sendable {
        struct State {
            var rows: [Int64] = []
            var newest: Int64 = 0
            var isAway = false
        }
        let state = Mutex(State())

        func append(_ count: Int) {
            state.withLock { state in
                for _ in 0..<count {
                    state.newest += 1
                    state.rows.append(state.newest)
                }
            }
        }

        var source: OutboxSource {
            OutboxSource(
                fetch: { [self] after, limit in
                    try state.withLock { state in
                        if state.isAway { throw DatabaseError(sqlState: "08006", message: "away") }
                        let start = state.rows.firstIndex { $0 > after } ?? state.rows.count
                        return state.rows[start..<min(state.rows.count, start + limit)].map {
                            NotificationHubTests.message($0)
                        }
                    }
                },
                bounds: { [self] in
                    try state.withLock { state in
                        if state.isAway { throw DatabaseError(sqlState: "08006", message: "away") }
                        return (state.rows.first ?? state.newest + 1, state.newest)
                    }
                })
        }
    }

    private static func message(_ seq: Int64) -> OutboxMessage {
        OutboxMessage(seq: seq, kind: "k", equipmentID: nil, json: ByteBuffer(string: "\(seq)"))
    }

    private func withHub<Value: Sendable>(
        _ outbox: Outbox, _ body: @escaping @Sendable (NotificationHub) async throws -> Value
    ) async throws -> Value {
        let hub = NotificationHub(source: outbox.source, logger: Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() })
        let task = Task { try await hub.run() }
        defer { task.cancel() }
        return try await body(hub)
    }

    private static func collect(_ hub: NotificationHub, after: Int64, until last: Int64) async throws -> [Int64] {
        var position = after
        var seen: [Int64] = []
        while position < last {
            switch try await hub.next(after: position, limit: 64) {
            case .messages(let messages):
                seen += messages.map(\.seq)
                position = seen.last ?? position
            case .gap(_, _, let resume):
                seen.append(-1)
                position = resume
            }
        }
        return seen
    }

    @Test func manyClientsFromDifferentPlacesSeeEverythingInOrder() async throws {
        let outbox = Outbox()
        outbox.append(3 * NotificationHub.retained)
        let start = Int64(3 * NotificationHub.retained)
        let end = start + 3000
        try await withHub(outbox) { hub in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for after in [0, 5, start - Int64(NotificationHub.retained), start - 1, start] {
                    group.addTask {
                        let seen = try await Self.collect(hub, after: after, until: end)
                        #expect(seen == Array((after + 1)...end))
                    }
                }
                group.addTask {
                    for _ in 0..<300 {
                        outbox.append(10)
                        hub.wake()
                        if Bool.random() { await Task.yield() }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func whatIsPurgedIsAGap() async throws {
        let outbox = Outbox()
        outbox.append(100)
        outbox.state.withLock { $0.rows.removeFirst(40) }
        try await withHub(outbox) { hub in
            guard case .gap(let oldest, let newest, let resume) = try await hub.next(after: 10, limit: 5) else {
                Issue.record("expected a gap")
                return
            }
            #expect(oldest == 41 && newest == 100 && resume == 40)
            #expect(try await Self.collect(hub, after: resume, until: 100) == Array(41...100))
        }
    }

    @Test func rowsThatOutliveTheirNeighboursAreBetweenGaps() async throws {
        let outbox = Outbox()
        outbox.append(100)
        outbox.state.withLock { $0.rows.removeAll { $0 < 90 && $0 != 20 && $0 != 21 && $0 != 50 } }
        try await withHub(outbox) { hub in
            let seen = try await Self.collect(hub, after: 0, until: 100)
            #expect(seen == [-1, 20, 21, -1, 50, -1] + Array(90...100))
        }
    }

    @Test func aPositionThatDoesNotExistIsAGapAndOneOfAnotherProcessIsNot() async throws {
        let outbox = Outbox()
        outbox.append(10)
        try await withHub(outbox) { hub in
            _ = try await Self.collect(hub, after: 0, until: 10)
            guard case .gap(_, _, let resume) = try await hub.next(after: 500, limit: 5) else {
                Issue.record("expected a gap")
                return
            }
            #expect(resume == 10)
            // committed, but this hub has not looked yet
            outbox.append(5)
            async let next = hub.next(after: 12, limit: 5)
            guard case .messages(let messages) = try await next else {
                Issue.record("expected messages")
                return
            }
            #expect(messages.map(\.seq) == [13, 14, 15])
        }
    }

    @Test func nothingIsLostWhileTheDatabaseIsAway() async throws {
        let outbox = Outbox()
        outbox.append(5)
        try await withHub(outbox) { hub in
            _ = try await Self.collect(hub, after: 0, until: 5)
            outbox.state.withLock { $0.isAway = true }
            outbox.append(20)
            hub.wake()
            try await Task.sleep(for: .milliseconds(200))
            #expect(!hub.isFollowing)
            outbox.state.withLock { $0.isAway = false }
            #expect(try await Self.collect(hub, after: 5, until: 25) == Array(6...25))
        }
    }

    @Test func aCancelledReaderIsLetGo() async throws {
        let outbox = Outbox()
        outbox.append(1)
        try await withHub(outbox) { hub in
            let reader = Task { try await hub.next(after: 1, limit: 1) }
            try await Task.sleep(for: .milliseconds(50))
            reader.cancel()
            await #expect(throws: CancellationError.self) { try await reader.value }
        }
    }

    @Test func theFirstMessageIsRead() {
        #expect(NotificationSession.Hello("{\"access_token\": \"t\", \"after\": 5, \"x\": []}")?.after == 5)
        #expect(NotificationSession.Hello("{\"access_token\": \"t\"}")?.token == "t")
        #expect(NotificationSession.Hello("{\"access_token\": \"t\", \"after\": null}")?.token == "t")
        for text in [
            "", "t", "[]", "{\"access_token\": 5}", "{\"after\": 5}", "{\"access_token\": \"t\", \"after\": -1}",
            "{\"access_token\": \"t\", \"after\": \"abc\"}", "{\"access_token\": \"t\", \"after\": \"5\"}",
            "{\"access_token\": \"t\", \"after\": 1.5}", "{\"access_token\": \"t\", \"after\": [5]}",
        ] {
            #expect(NotificationSession.Hello(text) == nil)
        }
    }
}
