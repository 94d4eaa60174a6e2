import Foundation

/// Looks every 5 ms whether a condition holds.
/// - Returns: false when the time was over first.
public func eventually(
    within time: Duration = .seconds(10), _ condition: @Sendable () throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + time
    while try !condition() {
        guard ContinuousClock.now < deadline else { return try condition() }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return true
}

/// Runs blocking work on a thread of its own, so that the cooperative pool stays free.
@discardableResult
public func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}
