import Logging
import Postgres
import Synchronization

/// Requests that hash a password: on connections of their own, a few at a time, in a queue that is bounded. A hash takes
/// a quarter of a second on purpose, so forty logins at once would keep every other request waiting for seconds.
///
/// Addresses take turns, so that one that sends many waits behind one that sends a single request; when the queue is
/// full, the last one of the address that waits most makes room.
final class PasswordLane: Sendable {
    struct Limits: Sendable {
        /// Requests that may wait, in all.
        var waiting = 64
        /// Of one address.
        var waitingOfAddress = 8
        /// Longest wait for a turn.
        var patience: Duration = .seconds(5)
    }

    private struct Waiting {
        let identifier: UInt64
        let network: String
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var active = 0
        var waiting: [Waiting] = []
        var nextIdentifier: UInt64 = 0
        /// When the addresses that wait had their last turn.
        var lastTurn: [String: UInt64] = [:]
        var turns: UInt64 = 0
    }

    let client: Client
    let limits: Limits
    private let executor: RouteExecutor
    private let width: Int
    private let state = Mutex(State())

    /// - Parameter connections: as many hashes at the same time; each keeps a processor of the database busy.
    init(_ configuration: ConnectionConfiguration, connections: Int, logger: Logger, limits: Limits = Limits()) {
        client = Client(configuration, connections: connections, logger: logger)
        executor = RouteExecutor(database: client)
        width = max(1, connections)
        self.limits = limits
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// - Throws: ``Problem`` 503 when the queue is full or the turn does not come in time, and what `body` throws.
    func run<Value: Sendable>(
        address: String?, _ body: (RouteExecutor) async throws -> Value
    ) async throws -> Value {
        try await turn(AddressNetwork.of(address))
        defer { next() }
        return try await body(executor)
    }

    private static let busy = Problem.unavailable("many passwords are being checked just now: try again in a moment")

    private func turn(_ network: String) async throws {
        let identifier: UInt64? = state.withLock { state in
            if state.active < width {
                state.active += 1
                return nil
            }
            state.nextIdentifier += 1
            return state.nextIdentifier
        }
        guard let identifier else { return }
        let alarm = Task { [limits] in
            try await Task.sleep(for: limits.patience)
            self.giveUp(identifier, Self.busy)
        }
        defer { alarm.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(identifier, network, continuation)
            }
        } onCancel: {
            giveUp(identifier, CancellationError())
        }
    }

    private func enqueue(_ identifier: UInt64, _ network: String, _ continuation: CheckedContinuation<Void, any Error>)
    {
        enum Outcome {
            case waits
            case now
            case refused(CheckedContinuation<Void, any Error>, any Error)
        }
        let outcome: Outcome = state.withLock { state in
            if Task.isCancelled { return .refused(continuation, CancellationError()) }
            // a turn may have come free between the look and this
            if state.active < width {
                state.active += 1
                return .now
            }
            let own = state.waiting.count { $0.network == network }
            guard own < limits.waitingOfAddress else { return .refused(continuation, Self.busy) }
            let entry = Waiting(identifier: identifier, network: network, continuation: continuation)
            guard state.waiting.count >= limits.waiting else {
                state.waiting.append(entry)
                return .waits
            }
            let counts = state.waiting.reduce(into: [String: Int]()) { $0[$1.network, default: 0] += 1 }
            guard let greatest = counts.max(by: { $0.value < $1.value }), greatest.value > own + 1,
                let last = state.waiting.lastIndex(where: { $0.network == greatest.key })
            else { return .refused(continuation, Self.busy) }
            let displaced = state.waiting.remove(at: last)
            state.waiting.append(entry)
            return .refused(displaced.continuation, Self.busy)
        }
        switch outcome {
        case .waits: return
        case .now: continuation.resume()
        case .refused(let continuation, let error): continuation.resume(throwing: error)
        }
    }

    private func giveUp(_ identifier: UInt64, _ error: any Error) {
        let entry: Waiting? = state.withLock { state in
            state.waiting.firstIndex { $0.identifier == identifier }.map { state.waiting.remove(at: $0) }
        }
        entry?.continuation.resume(throwing: error)
    }

    /// The turn goes to whose address had none for longest, or ends.
    private func next() {
        let entry: Waiting? = state.withLock { state in
            let order = state.waiting.indices.min {
                (state.lastTurn[state.waiting[$0].network] ?? 0) < (state.lastTurn[state.waiting[$1].network] ?? 0)
            }
            guard let order else {
                state.active -= 1
                state.lastTurn = [:]
                return nil
            }
            let entry = state.waiting.remove(at: order)
            state.turns += 1
            state.lastTurn[entry.network] = state.turns
            if state.lastTurn.count > 2 * limits.waiting {
                let present = Set(state.waiting.map(\.network))
                state.lastTurn = state.lastTurn.filter { present.contains($0.key) }
            }
            return entry
        }
        entry?.continuation.resume()
    }
}
