import Foundation

/// Looks every 5 ms whether a condition holds.
/// - Parameter time: Long, because machines differ by three and what comes true costs no waiting.
/// - Returns: false when the time was over first.
public func eventually(
    within time: Duration = .seconds(30), _ condition: @Sendable () throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + time
    while try !condition() {
        guard ContinuousClock.now < deadline else { return try condition() }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return true
}

/// Runs blocking work on a thread of its own, so that the cooperative pool stays free. It stays part of the task that waits
/// for it: what fails in there is recorded with its test.
@discardableResult
public func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withTaskExecutorPreference(ThreadExecutor()) { try await apart(work) }
}

@concurrent private func apart<T: Sendable>(_ work: @Sendable () throws -> T) async throws -> T { try work() }

private final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
