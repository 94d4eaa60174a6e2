import Synchronization

/// What a caller waits for. It is answered once; whoever comes first (answer, cancellation, deadline) wins.
final class ClientRequest: Sendable {
    enum Work: Sendable {
        case statements([Statement], session: UInt64?)
        case acquire
    }

    enum Answer: Sendable {
        case results([QueryResult])
        case session(UInt64)
    }

    private enum State {
        case idle
        case waiting(UnsafeContinuation<Answer, any Error>)
        case answered(Result<Answer, any Error>)
        case done
    }

    let work: Work
    /// On the monotonic clock: it must have been sent by then.
    let sendDeadline: UInt64
    private let state = Mutex<State>(.idle)

    init(_ work: Work, sendDeadline: UInt64) {
        self.work = work
        self.sendDeadline = sendDeadline
    }

    /// The caller does not wait any more.
    var isDone: Bool {
        state.withLock {
            switch $0 {
            case .done, .answered: true
            case .idle, .waiting: false
            }
        }
    }

    /// Answers the caller, if nobody did.
    /// - Returns: whether this was the answer that counts.
    @discardableResult
    func complete(_ result: Result<Answer, any Error>) -> Bool {
        let (continuation, isFirst) = state.withLock {
            state -> (UnsafeContinuation<Answer, any Error>?, Bool) in
            switch state {
            case .waiting(let continuation):
                state = .done
                return (continuation, true)
            case .idle:
                state = .answered(result)
                return (nil, true)
            case .answered, .done: return (nil, false)
            }
        }
        continuation?.resume(with: result)
        return isFirst
    }

    /// Suspends until the answer; `submit` is called once, before.
    func wait(submit: () -> Void) async throws -> Answer {
        try await withTaskCancellationHandler {
            submit()
            return try await withUnsafeThrowingContinuation { continuation in
                let ready = state.withLock { state -> Result<Answer, any Error>? in
                    if case .answered(let result) = state {
                        state = .done
                        return result
                    }
                    state = .waiting(continuation)
                    return nil
                }
                if let ready { continuation.resume(with: ready) }
            }
        } onCancel: {
            complete(.failure(CancellationError()))
        }
    }
}
