import Synchronization

/// Requests that wait for a training to end, without a connection to the database: told by NOTIFY that something has
/// changed, they look.
final class TrainingWaits: Sendable {
    /// More than these get their answer at once, as if they had not asked to wait.
    static let maximum = 256

    private struct State {
        var generation = 0
        var nextWaiter = 0
        var waiting = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// What ``change(since:)`` compares with; take it before looking.
    var generation: Int { state.withLock { $0.generation } }

    /// A training has a new state, or may have.
    func wake() {
        let waiters = state.withLock { state in
            state.generation += 1
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// One more that waits; false: there are too many. ``leave()`` when it is over.
    func enter() -> Bool {
        state.withLock { state in
            guard state.waiting < Self.maximum else { return false }
            state.waiting += 1
            return true
        }
    }

    func leave() {
        state.withLock { $0.waiting -= 1 }
    }

    /// Returns after the next ``wake()``, at once where there was one since `generation`, or when the task is cancelled.
    func change(since generation: Int) async {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.generation == generation, !Task.isCancelled else { return true }
                    state.waiters[waiter] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume()
        }
    }
}
