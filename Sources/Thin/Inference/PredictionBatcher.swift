import Logging
import Postgres
import ServeML
import Synchronization

/// Puts the predictions of concurrent HTTP requests into common transactions: whoever asks while one is being stored goes
/// with the next. Nobody waits for a batch to fill, so a lone request is as quick as ever; under load one fsync and two
/// round trips serve many.
///
/// A caller gets its answer after the commit.
final class PredictionBatcher: Sendable {
    /// One caller's requests; they are stored in one transaction.
    private struct Unit: Sendable {
        let requests: [ScoringRequest]
        /// Nothing is stored where one of them fails.
        let isAllOrNothing: Bool
        let continuation: CheckedContinuation<[ScoringResult], any Error>
    }

    private struct State {
        var waiting: [Unit] = []
        var waitingRequests = 0
        var lanes = 0
    }

    /// Beyond this a transaction gets long without getting cheaper.
    private static let requestsPerTransaction = 512
    /// While one transaction is at its fsync the other computes.
    private static let maximumLanes = 2
    /// Callers beyond this are told to come back: memory is bounded.
    private static let maximumWaiting = 20_000

    private let engine: InferenceEngine
    private let database: Client
    private let faults: Faults
    private let outbox: OutboxSignal
    private let state = Mutex(State())
    private let batchSize: Histogram

    init(
        engine: InferenceEngine, database: Client, faults: Faults, outbox: OutboxSignal, registry: MetricsRegistry
    ) {
        self.engine = engine
        self.database = database
        self.faults = faults
        self.outbox = outbox
        batchSize = registry.histogram(
            "thin_prediction_batch_requests", "Predictions over HTTP that one transaction stored.",
            buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    }

    /// Scores and stores.
    /// - Parameter isAllOrNothing: nothing is stored where one of them fails.
    /// - Returns: one result for each request.
    /// - Throws: ``Problem`` 503 when too many wait, or `DatabaseError`.
    func submit(_ requests: [ScoringRequest], isAllOrNothing: Bool = false) async throws -> [ScoringResult] {
        try await withCheckedThrowingContinuation { continuation in
            let unit = Unit(requests: requests, isAllOrNothing: isAllOrNothing, continuation: continuation)
            let (isTaken, opensLane) = state.withLock { state -> (Bool, Bool) in
                guard state.waitingRequests < Self.maximumWaiting else { return (false, false) }
                state.waiting.append(unit)
                state.waitingRequests += requests.count
                guard state.lanes < Self.maximumLanes else { return (true, false) }
                state.lanes += 1
                return (true, true)
            }
            guard isTaken else {
                continuation.resume(throwing: Problem.unavailable("too many predictions wait to be stored"))
                return
            }
            if opensLane { Task { await runLane() } }
        }
    }

    private func runLane() async {
        while let units = take() { await process(units) }
    }

    /// What the next transaction takes; nil, and the lane is closed, when nobody waits.
    private func take() -> [Unit]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.lanes -= 1
                return nil
            }
            var count = 0
            var end = 0
            while end < state.waiting.count {
                count += state.waiting[end].requests.count
                if end > 0, count > Self.requestsPerTransaction { break }
                end += 1
            }
            let units = Array(state.waiting[..<end])
            state.waiting.removeFirst(end)
            state.waitingRequests -= units.reduce(0) { $0 + $1.requests.count }
            return units
        }
    }

    private func process(_ units: [Unit]) async {
        do {
            let results = try await scoreAndStore(units)
            batchSize.observe(Double(results.count))
            var start = 0
            for unit in units {
                let end = start + unit.requests.count
                unit.continuation.resume(returning: Array(results[start..<end]))
                start = end
            }
        } catch let error as DatabaseError where units.count > 1 && faults.fault(of: error).mayBeData {
            // one of them holds what the database refuses: the others are not to suffer for it
            for unit in units { await process([unit]) }
        } catch {
            for unit in units { unit.continuation.resume(throwing: error) }
        }
    }

    private func scoreAndStore(_ units: [Unit]) async throws -> [ScoringResult] {
        let batch = ScoringBatch(requests: units.flatMap(\.requests))
        let scored = try await score(batch)
        var isLeftOut = [Bool](repeating: false, count: batch.requests.count)
        var start = 0
        for unit in units {
            let range = start..<(start + unit.requests.count)
            start = range.upperBound
            guard unit.isAllOrNothing, range.contains(where: { scored.results[$0].failure != nil }) else { continue }
            for ordinal in range { isLeftOut[ordinal] = true }
        }
        if let predictions = scored.recordJSON(leavingOut: { isLeftOut[$0] }) {
            let stored = try await database.query(InferenceEngine.recordSQL, [.jsonb(predictions)]).one()
            if (stored.int(1) ?? 0) > 0 { outbox.signal() }
        }
        return scored.results
    }

    private func score(_ batch: ScoringBatch) async throws -> ScoredBatch {
        var attempt = 1
        while true {
            let resolved = try await database.query(InferenceEngine.resolveSQL, [.jsonb(batch.resolveRequest)])
            // a bundle that is not in memory is read from disk: not on the cooperative pool
            let scored = await BlockingWork.run { [engine] in engine.score(batch, resolved: resolved) }
            guard scored.isStale, attempt < InferenceEngine.staleAttempts else { return scored }
            attempt += 1
            try await Task.sleep(for: InferenceEngine.stalePause)
        }
    }
}
