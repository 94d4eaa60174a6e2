import Foundation
import Logging
import Postgres
import ServeML
import ServiceLifecycle

/// Scores the waveforms whose set is complete: right after a batch that stored some, and every few seconds, so that what a
/// crash left behind is made up for and what waits in vain for its partner is found.
///
/// Claim, result and outcome are one transaction: a set is scored once, however many processes there are and whichever dies.
final class WaveformScorer: Service {
    private static let claimSQL =
        "SELECT ordinal, equipment_id, power, model_version, time, features, members FROM ml.claim_waveforms($1)"
    private static let setsPerTransaction = 500
    private static let interval: Duration = .seconds(2)

    private let engine: InferenceEngine
    private let database: Client
    private let faults: Faults
    private let outbox: OutboxSignal
    private let logger: Logger
    private let registry: MetricsRegistry
    private let wakes: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init(
        engine: InferenceEngine, database: Client, faults: Faults, outbox: OutboxSignal, registry: MetricsRegistry,
        logger: Logger
    ) {
        self.engine = engine
        self.database = database
        self.faults = faults
        self.outbox = outbox
        self.registry = registry
        self.logger = logger
        (wakes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        for outcome in ["scored", "refused", "no_partner"] { count(outcome, 0) }
    }

    /// Waveforms were stored. From any thread.
    func wake() { continuation.yield() }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            let timer = Task {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.interval)
                    continuation.yield()
                }
            }
            defer { timer.cancel() }
            // sets in the next transaction: fewer after one that took too long
            var atOnce = Self.setsPerTransaction
            for await _ in wakes {
                if Task.isCancelled { break }
                await scoreAll(&atOnce)
            }
        }
    }

    private func scoreAll(_ atOnce: inout Int) async {
        do {
            while !Task.isCancelled {
                let asked = atOnce
                let due = try await scoreSome(asked)
                atOnce = min(Self.setsPerTransaction, asked * 2)
                guard due == asked else { return }
            }
        } catch let error as DatabaseError {
            switch faults.fault(of: error) {
            case .data, .unclear: await isolate(error)
            case .time:
                // the sets are claimable again; fewer at once may fit
                atOnce = max(1, atOnce / 2)
                fallthrough
            case .service: logger.warning("waveforms cannot be scored", metadata: ["error": "\(error)"])
            }
        } catch {
            logger.warning("waveforms cannot be scored", metadata: ["error": "\(error)"])
        }
    }

    /// - Returns: how many sets were due.
    private func scoreSome(_ count: Int, refusing: DatabaseError? = nil) async throws -> Int {
        try await database.withSession { session in
            let claimed = try await session.pipeline([
                Statement("BEGIN"), Statement(Self.claimSQL, [.int4(Int32(count))]),
            ])[1]
            let expired = try await session.query("SELECT ml.expire_waveforms()").one().int(0) ?? 0
            let sets = try claimed.map(Claim.init)
            var (scored, outboxRows) = (0, 0)
            if let refusing {
                try await finish(
                    sets.map { $0.outcome("refused", "\(refusing.sqlState) \(refusing.message)") }, session)
            } else if !sets.isEmpty {
                (scored, outboxRows) = try await score(sets, session)
            }
            _ = try await session.query("COMMIT")
            self.count("scored", scored)
            self.count("refused", sets.count - scored)
            self.count("no_partner", expired)
            if expired > 0 {
                logger.warning("waveforms waited for their partner in vain", metadata: ["count": "\(expired)"])
            }
            if outboxRows > 0 { outbox.signal() }
            return sets.count
        }
    }

    private func score(_ sets: [Claim], _ session: ClientSession) async throws -> (scored: Int, outboxRows: Int) {
        let batch = ScoringBatch(requests: sets.map(\.request))
        let resolved = try await session.query(InferenceEngine.resolveSQL, [.jsonb(batch.resolveRequest)])
        let result = await BlockingWork.run { [engine] in engine.score(batch, resolved: resolved) }
        // rolled back; the sets wait for the next look
        if result.isStale { throw StaleBundles() }
        var outboxRows = 0
        if let predictions = result.recordJSON() {
            outboxRows = try await session.query(InferenceEngine.recordSQL, [.jsonb(predictions)]).one().int(1) ?? 0
        }
        var scored = 0
        let outcomes = zip(sets, result.results).map { set, result in
            guard let failure = result.failure else {
                scored += 1
                return set.outcome("scored", nil)
            }
            return set.outcome("refused", "\(failure.code): \(failure.detail)")
        }
        try await finish(outcomes, session)
        return (scored, outboxRows)
    }

    private func finish(_ outcomes: [String], _ session: ClientSession) async throws {
        _ = try await session.query(
            "SELECT ml.finish_waveforms($1)", [.jsonb("[" + outcomes.joined(separator: ",") + "]")])
    }

    /// The database may refuse a batch for what it holds: one by one, so that the others are scored. A set is refused only
    /// where it fails alone while `ingest.probe` says that scoring works.
    private func isolate(_ error: DatabaseError) async {
        logger.error(
            "the database refuses predictions of waveforms",
            metadata: ["sqlstate": "\(error.sqlState)", "message": "\(error.message)"])
        for _ in 0..<Self.setsPerTransaction {
            do {
                do {
                    if try await scoreSome(1) == 0 { return }
                } catch let error as DatabaseError where faults.fault(of: error).mayBeData {
                    _ = try await database.query("SELECT ingest.probe('features')")
                    _ = try await scoreSome(1, refusing: error)
                }
            } catch {
                logger.warning("waveforms cannot be scored", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    private func count(_ outcome: String, _ number: Int) {
        registry.counter(
            "thin_waveform_sets_total", "Waveforms by what became of them.", labels: ["outcome": outcome]
        ).increment(by: number)
    }

    private struct StaleBundles: Error, CustomStringConvertible {
        let description = "a bundle's files have just changed"
    }

    /// One complete set, as the database hands it out.
    private struct Claim: Sendable {
        let request: ScoringRequest
        let members: String

        init(_ row: Row) throws {
            let json = Array((row.string(5) ?? "{}").utf8)
            members = row.string(6) ?? "[]"
            request = ScoringRequest(
                equipmentID: row.string(1) ?? "", power: row.string(2), modelVersion: row.string(3),
                features: try FeatureMessageScanner.scanFeatures(json), featuresJSON: json, time: row.string(4),
                source: "waveform")
        }

        /// An element of `ml.finish_waveforms`' argument.
        func outcome(_ outcome: String, _ detail: String?) -> String {
            "{\"equipment_id\":\(String.json(request.equipmentID)),\"members\":\(members)"
                + ",\"outcome\":\"\(outcome)\",\"detail\":\(detail.map(String.json) ?? "null")}"
        }
    }
}
