import Synchronization

/// So many at a time; the others wait in the order in which they came.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [(identifier: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
        var nextIdentifier: UInt64 = 0
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// - Throws: `CancellationError`, and what `body` throws.
    func run<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let isMine = await take()
        guard isMine else { throw CancellationError() }
        defer { give() }
        return try await body()
    }

    private func take() async -> Bool {
        let identifier = state.withLock { state in
            state.nextIdentifier += 1
            return state.nextIdentifier
        }
        let hasTurn = Mutex(true)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if Task.isCancelled {
                        hasTurn.withLock { $0 = false }
                        return true
                    }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((identifier, continuation))
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                let index = state.waiting.firstIndex { $0.identifier == identifier }
                return index.map { state.waiting.remove(at: $0).continuation }
            }
            if let continuation {
                hasTurn.withLock { $0 = false }
                continuation.resume()
            }
        }
        return hasTurn.withLock { $0 }
    }

    private func give() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.free += 1
                return nil as CheckedContinuation<Void, Never>?
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume()
    }
}
