import HTTPTypes
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Thin

/// The queue for what hashes a password; no database is needed for that.
@Suite(.timeLimit(.minutes(3))) struct PasswordLaneTests {
    private func lane(_ limits: PasswordLane.Limits = .init(), connections: Int = 1) -> PasswordLane {
        PasswordLane(
            ConnectionConfiguration(url: TestServer.nowhere), connections: connections,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, limits: limits)
    }

    /// Keeps a turn until it is opened.
    private final class Door: Sendable {
        private let isOpen = Mutex(false)
        func open() { isOpen.withLock { $0 = true } }
        func pass() async throws {
            while !isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    /// What several tasks change.
    private final class Shared<Value: Sendable>: Sendable {
        private let mutex: Mutex<Value>
        init(_ value: Value) { mutex = Mutex(value) }
        func withLock<Result>(_ body: (inout Value) -> Result) -> Result { mutex.withLock { body(&$0) } }
    }

    private func waits(_ lane: PasswordLane, for count: Int) async -> Bool {
        await eventually { lane.waitingCount == count }
    }

    @Test func soManyAtATime() async throws {
        let lane = lane(connections: 2)
        let busy = Shared((now: 0, most: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await lane.run(address: "10.0.0.\(number)") { _ in
                        busy.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        try await Task.sleep(for: .milliseconds(2))
                        busy.withLock { $0.now -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(busy.withLock { $0.most } == 2 && lane.waitingCount == 0)
    }

    @Test func addressesTakeTurns() async throws {
        let lane = lane()
        let door = Door()
        let order = Shared<[String]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lane.run(address: "0.0.0.0") { _ in try await door.pass() } }
            for (count, address) in ["6.6.6.6", "6.6.6.6", "6.6.6.6", "6.6.6.6", "10.0.0.1"].enumerated() {
                #expect(await eventually { lane.waitingCount == count })
                if count == 0 { try await Task.sleep(for: .milliseconds(20)) }
                group.addTask { try await lane.run(address: address) { _ in order.withLock { $0.append(address) } } }
                #expect(await waits(lane, for: count + 1))
            }
            door.open()
            try await group.waitForAll()
        }
        #expect(order.withLock { $0 } == ["6.6.6.6", "10.0.0.1", "6.6.6.6", "6.6.6.6", "6.6.6.6"])
    }

    @Test func theQueueIsBoundedAndTheGreediestMakesRoom() async throws {
        var limits = PasswordLane.Limits()
        limits.waiting = 6
        limits.waitingOfAddress = 4
        let lane = lane(limits)
        let door = Door()
        let done = Shared<[String: Int]>([:])
        let refused = Shared<[String: Int]>([:])
        await withTaskGroup(of: Void.self) { group in
            @Sendable func attempt(_ address: String) async {
                do {
                    try await lane.run(address: address) { _ in
                        try await door.pass()
                        done.withLock { $0[address, default: 0] += 1 }
                    }
                } catch {
                    #expect((error as? Problem)?.status == 503 && (error as? Problem)?.headers[.retryAfter] != nil)
                    refused.withLock { $0[address, default: 0] += 1 }
                }
            }
            group.addTask { await attempt("0.0.0.0") }
            try? await Task.sleep(for: .milliseconds(20))
            for _ in 0..<10 { group.addTask { await attempt("6.6.6.6") } }
            #expect(await eventually { refused.withLock { $0["6.6.6.6"] } == 6 }, "four may wait")
            for _ in 0..<2 { group.addTask { await attempt("7.7.7.7") } }
            #expect(await waits(lane, for: 6))
            group.addTask { await attempt("10.0.0.1") }
            #expect(await eventually { refused.withLock { $0["6.6.6.6"] } == 7 }, "one of the greediest made room")
            door.open()
        }
        #expect(done.withLock { $0 } == ["0.0.0.0": 1, "6.6.6.6": 3, "7.7.7.7": 2, "10.0.0.1": 1])
    }

    @Test func whoWaitsTooLongOrGoesAwayIsNotWaitedFor() async throws {
        var limits = PasswordLane.Limits()
        limits.patience = .milliseconds(50)
        let impatient = lane(limits)
        let door = Door()
        let first = Task { try await impatient.run(address: nil) { _ in try await door.pass() } }
        try await Task.sleep(for: .milliseconds(20))
        await #expect(throws: Problem.self) { try await impatient.run(address: "10.0.0.1") { _ in } }
        let patient = lane()
        let holder = Task { try await patient.run(address: nil) { _ in try await door.pass() } }
        try await Task.sleep(for: .milliseconds(20))
        let gone = Task { try await patient.run(address: nil) { _ in } }
        #expect(await waits(patient, for: 1))
        gone.cancel()
        await #expect(throws: CancellationError.self) { try await gone.value }
        #expect(patient.waitingCount == 0)
        door.open()
        try await first.value
        try await holder.value
        try await patient.run(address: nil) { _ in }
    }
}
