import Foundation
import Logging
import Postgres
import ServeML
import ServiceLifecycle

/// Stored inputs of one kind: how the database hands out those that are due, and what it is told of them.
protocol DueInputs: Sendable {
    /// As logs call them.
    static var noun: String { get }
    static var metric: (name: String, help: String) { get }
    /// Labels of the metric beside `scored` and `refused`.
    static var otherOutcomes: [String] { get }
    static var interval: Duration { get }
    static var mostAtOnce: Int { get }
    /// Takes one argument, a JSON array of ``DueClaim/outcome(_:_:)``.
    static var finishSQL: String { get }

    /// Claims at most so many, in the transaction that is open.
    static func claim(_ count: Int) -> Statement
    static func read(_ claimed: QueryResult, _ session: ClientSession) async throws -> DueClaims
    /// Whether another look right now may find more.
    static func hasMore(asked: Int, found: Int) -> Bool
}

/// What the database handed out.
struct DueClaims: Sendable {
    var claims: [DueClaim]
    /// Rows as ``InferenceEngine/resolveSQL`` has them; nil: the database is to be asked.
    var resolved: QueryResult?
    /// What the same look found and ended by itself: outcome and how many.
    var ended: [(outcome: String, count: Int)] = []
}

/// One input that is due.
struct DueClaim: Sendable {
    let request: ScoringRequest
    /// Who it belongs to: what is behind one of these that waits, waits too. Nil: to nobody else's.
    var order: Int64?
    /// The members, as JSON without braces, that tell the database which one it is.
    let identity: String

    /// An element of the argument of ``DueInputs/finishSQL``.
    func outcome(_ outcome: String, _ detail: String?) -> String {
        "{\(identity),\"outcome\":\"\(outcome)\",\"detail\":\(detail.map(String.json) ?? "null")}"
    }
}

/// Scores what is due: as soon as somebody says so, and every so often, so that what a crash left behind is made up for.
///
/// Claim, result and outcome are one transaction: an input is scored once, however many processes there are and whichever
/// dies.
final class DueScorer<Inputs: DueInputs>: Service {
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
        for outcome in ["scored", "refused"] + Inputs.otherOutcomes { count(outcome, 0) }
    }

    /// Inputs were stored. From any thread.
    func wake() { continuation.yield() }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            let timer = Task {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Inputs.interval)
                    continuation.yield()
                }
            }
            defer { timer.cancel() }
            // inputs in the next transaction: fewer after one that took too long
            var atOnce = Inputs.mostAtOnce
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
                atOnce = min(Inputs.mostAtOnce, asked * 2)
                guard Inputs.hasMore(asked: asked, found: due) else { return }
            }
        } catch let error as DatabaseError {
            switch faults.fault(of: error) {
            case .data, .unclear: await isolate(error)
            case .time:
                // the inputs are claimable again; fewer at once may fit
                atOnce = max(1, atOnce / 2)
                fallthrough
            case .service: logger.warning("\(Inputs.noun) cannot be scored", metadata: ["error": "\(error)"])
            }
        } catch {
            logger.warning("\(Inputs.noun) cannot be scored", metadata: ["error": "\(error)"])
        }
    }

    /// - Returns: how many inputs were due.
    private func scoreSome(_ count: Int, refusing: DatabaseError? = nil) async throws -> Int {
        try await database.withSession { session in
            let claimed = try await session.pipeline([Statement("BEGIN"), Inputs.claim(count)])[1]
            let due = try await Inputs.read(claimed, session)
            var (scored, refused, outboxRows) = (0, 0, 0)
            if let refusing {
                refused = due.claims.count
                try await finish(
                    due.claims.map { $0.outcome("refused", "\(refusing.sqlState) \(refusing.message)") }, session)
            } else if !due.claims.isEmpty {
                (scored, refused, outboxRows) = try await score(due, session)
            }
            _ = try await session.query("COMMIT")
            self.count("scored", scored)
            self.count("refused", refused)
            for (outcome, number) in due.ended where number > 0 {
                self.count(outcome, number)
                logger.warning("\(Inputs.noun) were not scored", metadata: ["why": "\(outcome)", "count": "\(number)"])
            }
            if outboxRows > 0 { outbox.signal() }
            return due.claims.count
        }
    }

    private func score(_ due: DueClaims, _ session: ClientSession) async throws -> (
        scored: Int, refused: Int, outboxRows: Int
    ) {
        var batch = ScoringBatch(requests: due.claims.map(\.request))
        let resolved: QueryResult
        if let known = due.resolved {
            batch.shadowsAnswer = true
            resolved = known
        } else {
            resolved = try await session.query(InferenceEngine.resolveSQL, [.jsonb(batch.resolveRequest)])
        }
        let result = await BlockingWork.run { [engine, batch] in engine.score(batch, resolved: resolved) }
        let waiting = try waiting(due.claims, result)
        var outboxRows = 0
        if let predictions = result.recordJSON(leavingOut: { waiting.contains($0) }) {
            outboxRows = try await session.query(InferenceEngine.recordSQL, [.jsonb(predictions)]).one().int(1) ?? 0
        }
        var (scored, refused) = (0, 0)
        var outcomes: [String] = []
        for (ordinal, (claim, answer)) in zip(due.claims, result.results).enumerated() where !waiting.contains(ordinal)
        {
            if let failure = answer.failure {
                refused += 1
                outcomes.append(claim.outcome("refused", "\(failure.code): \(failure.detail)"))
            } else {
                scored += 1
                outcomes.append(claim.outcome("scored", nil))
            }
        }
        try await finish(outcomes, session)
        return (scored, refused, outboxRows)
    }

    /// Claims whose bundle's files were just changed, and those that come after them: they stay due.
    /// - Throws: ``StaleBundles`` where nothing else was claimed: rolled back, until the next look.
    private func waiting(_ claims: [DueClaim], _ result: ScoredBatch) throws -> Set<Int> {
        guard result.isStale else { return [] }
        let stale = Set(result.results.indices.filter { result.results[$0].failure?.isStale == true })
        let owners = Set(stale.compactMap { claims[$0].order })
        let waiting = Set(claims.indices.filter { stale.contains($0) || claims[$0].order.map(owners.contains) == true })
        // without an order nobody can tell what may be finished without it
        guard waiting.count < claims.count, claims.allSatisfy({ $0.order != nil }) else { throw StaleBundles() }
        return waiting
    }

    private func finish(_ outcomes: [String], _ session: ClientSession) async throws {
        _ = try await session.query(Inputs.finishSQL, [.jsonb("[" + outcomes.joined(separator: ",") + "]")])
    }

    /// The database may refuse a batch for what it holds: one by one, so that the others are scored. An input is refused
    /// only where it fails alone while `ingest.probe` says that scoring works.
    private func isolate(_ error: DatabaseError) async {
        logger.error(
            "the database refuses predictions of \(Inputs.noun)",
            metadata: ["sqlstate": "\(error.sqlState)", "message": "\(error.message)"])
        for _ in 0..<Inputs.mostAtOnce {
            do {
                do {
                    if try await scoreSome(1) == 0 { return }
                } catch let error as DatabaseError where faults.fault(of: error).mayBeData {
                    _ = try await database.query("SELECT ingest.probe('features')")
                    _ = try await scoreSome(1, refusing: error)
                }
            } catch {
                logger.warning("\(Inputs.noun) cannot be scored", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    private func count(_ outcome: String, _ number: Int) {
        registry.counter(Inputs.metric.name, Inputs.metric.help, labels: ["outcome": outcome]).increment(by: number)
    }
}

private struct StaleBundles: Error, CustomStringConvertible {
    let description = "a bundle's files have just changed"
}
