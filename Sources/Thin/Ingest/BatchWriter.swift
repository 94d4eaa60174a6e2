import Foundation
import Logging
import MQTT
import Postgres

/// Commits batches of messages over one blocking connection. Lives on the subscriber's thread and nowhere else.
///
/// Throws when the database is away or asks to try again; the caller then keeps the batch. A batch that the database
/// refuses for what it holds is cut in two until the guilty message is alone, and that one goes to quarantine: one bad
/// decoder or payload never stops the line, and nothing is dropped without a row that says so.
final class BatchWriter {
    /// A payload beyond this is not decoded; its first ``keptBytes`` go to quarantine. Waveforms are the largest we know: 100 to
    /// 300 kB.
    static let maximumPayloadBytes = 4 << 20
    static let keptBytes = 64 << 10

    private let configuration: ConnectionConfiguration
    private let inference: InferenceEngine
    private let metrics: IngestMetrics
    private let logger: Logger
    private let onOutbox: @Sendable () -> Void
    private let onWaveforms: @Sendable () -> Void
    private var router: TopicRouter
    private var session: Session?

    /// - Parameters:
    ///   - onOutbox: called after a commit that wrote notifications.
    ///   - onWaveforms: called after a commit that stored features of waveforms.
    init(
        configuration: ConnectionConfiguration, router: TopicRouter, inference: InferenceEngine, metrics: IngestMetrics,
        logger: Logger, onOutbox: @escaping @Sendable () -> Void, onWaveforms: @escaping @Sendable () -> Void
    ) {
        self.configuration = configuration
        self.router = router
        self.inference = inference
        self.metrics = metrics
        self.logger = logger
        self.onOutbox = onOutbox
        self.onWaveforms = onWaveforms
    }

    func commit(_ messages: [Message]) throws {
        let clock = ContinuousClock()
        let start = clock.now
        var plain: [Message] = []
        plain.reserveCapacity(messages.count)
        var features: [ScorableMessage] = []
        var waveforms: [ScorableMessage] = []
        for message in messages {
            switch router.destination(of: message.topic) {
            case .database: plain.append(message)
            case .features(let equipment): features.append(ScorableMessage(message: message, equipment: equipment))
            case .waveform(let equipment, let modality):
                waveforms.append(ScorableMessage(message: message, equipment: equipment, modality: modality))
            }
        }
        // One transaction for each kind. If a later one fails the batch comes again, and those before find theirs stored.
        var outboxRows = 0
        if !plain.isEmpty { outboxRows += try accept(plain[...]) }
        if !features.isEmpty { outboxRows += try score(features[...]) }
        if !waveforms.isEmpty {
            try storeWaveforms(WaveformReader.read(waveforms[...]))
            onWaveforms()
        }
        if outboxRows > 0 { onOutbox() }

        metrics.messages.increment(by: messages.count)
        metrics.batchMessages.observe(Double(messages.count))
        metrics.batchSeconds.observe(clock.now - start)
        if let oldest = messages.first?.receivedAtMicroseconds {
            metrics.lag.set(Double(Timestamp.now.microseconds - oldest) / 1e6)
        }
    }

    // MARK: Points

    private static let acceptSQL =
        "SELECT stored, duplicates, quarantined, alarm_transitions, outbox_rows FROM ingest.accept($1, $2, $3, $4)"

    private func accept(_ messages: ArraySlice<Message>) throws -> Int {
        do throws(DatabaseError) {
            let parameters = Self.acceptParameters(messages)
            let row = try connected().execute(Statement(Self.acceptSQL, parameters))[0]
            metrics.stored.increment(by: row.int(0) ?? 0)
            metrics.duplicates.increment(by: row.int(1) ?? 0)
            metrics.quarantined.increment(by: row.int(2) ?? 0)
            metrics.transitions.increment(by: row.int(3) ?? 0)
            return row.int(4) ?? 0
        } catch {
            try giveUpIfDatabaseIsToBlame(error)
            return try divide(messages, because: error) {
                try accept($0)
            } alone: {
                try quarantine([$0], error)
            }
        }
    }

    private static func acceptParameters(_ messages: ArraySlice<Message>) -> [Parameter] {
        var topics: [String?] = []
        var payloads: [String?] = []
        var raw: [[UInt8]?] = []
        var times: [Timestamp?] = []
        topics.reserveCapacity(messages.count)
        payloads.reserveCapacity(messages.count)
        raw.reserveCapacity(messages.count)
        times.reserveCapacity(messages.count)
        for message in messages {
            // PostgreSQL's text holds no NUL, in a topic as little as in a payload
            topics.append(
                message.topic.utf8.contains(0) ? message.topic.replacing("\0", with: "\u{FFFD}") : message.topic)
            times.append(Timestamp(microseconds: message.receivedAtMicroseconds))
            if message.payload.count <= maximumPayloadBytes, !message.payload.contains(0),
                let text = String(validating: message.payload, as: UTF8.self)
            {
                payloads.append(text)
                raw.append(nil)
            } else {
                payloads.append(nil)
                raw.append(Array(message.payload.prefix(keptBytes)))
            }
        }
        return [.textArray(topics), .textArray(payloads), .byteaArray(raw), .timestamptzArray(times)]
    }

    // MARK: Features

    private func score(_ messages: ArraySlice<ScorableMessage>) throws -> Int {
        do {
            let session = try connected()
            var outboxRows = 0
            let outcome = try outcome(of: inference.read(messages), session)
            try session.transaction {
                if let predictions = outcome.predictionsJSON {
                    let row = try session.execute(InferenceEngine.recordSQL, [.jsonb(predictions)])[0]
                    metrics.predictions.increment(by: row.int(0) ?? 0)
                    outboxRows = row.int(1) ?? 0
                }
                try store(outcome.refusals, in: session)
            }
            metrics.quarantined.increment(by: outcome.refusals.count)
            return outboxRows
        } catch let error as DatabaseError {
            try giveUpIfDatabaseIsToBlame(error)
            return try divide(messages, because: error) {
                try score($0)
            } alone: {
                try quarantine([$0.message], error)
            }
        }
    }

    /// Waits a moment where a bundle's files have just changed: the messages are good, and the registry is about to hear.
    private func outcome(of batch: MessageBatch, _ session: Session) throws -> MessageOutcome {
        var attempt = 1
        while true {
            let resolved = try session.execute(InferenceEngine.resolveSQL, [.jsonb(batch.scoring.resolveRequest)])
            let (outcome, isStale) = inference.score(batch, resolved: resolved)
            guard isStale, attempt < InferenceEngine.staleAttempts else { return outcome }
            attempt += 1
            Thread.sleep(forTimeInterval: InferenceEngine.stalePause / .seconds(1))
        }
    }

    // MARK: Waveforms

    private func storeWaveforms(_ batch: WaveformReader.Batch) throws {
        let session = try connected()
        var refusals = batch.refusals
        do {
            try session.transaction {
                if let json = batch.json {
                    let row = try session.execute(WaveformReader.storeSQL, [.jsonb(json)])[0]
                    metrics.waveforms.increment(by: row.int(0) ?? 0)
                    for refusal in try WaveformReader.refusals(row.string(1)) {
                        guard batch.messages.indices.contains(refusal.ordinal) else { continue }
                        refusals.append(
                            RefusedMessage(
                                message: batch.messages[refusal.ordinal].message, code: refusal.code,
                                detail: refusal.detail ?? ""))
                    }
                }
                try store(refusals, in: session)
            }
            metrics.quarantined.increment(by: refusals.count)
        } catch let error as DatabaseError {
            try giveUpIfDatabaseIsToBlame(error)
            guard batch.messages.count > 1 else {
                try store(batch.refusals, in: connected())
                _ = try quarantine(batch.messages.map(\.message), error)
                return
            }
            // one by one: their features are computed again, which is rare enough
            metrics.splits.increment()
            try store(batch.refusals, in: connected())
            for message in batch.messages { try storeWaveforms(WaveformReader.read([message])) }
        }
    }

    // MARK: What cannot be stored

    private func store(_ refusals: [RefusedMessage], in session: Session) throws(DatabaseError) {
        guard !refusals.isEmpty else { return }
        try session.execute(
            "SELECT ingest.quarantine_batch($1, $2, $3, $4, $5)",
            [
                .textArray(refusals.map { $0.message.topic.replacing("\0", with: "\u{FFFD}") }),
                .byteaArray(refusals.map { Array($0.message.payload.prefix(Self.keptBytes)) }),
                .textArray(refusals.map(\.code)),
                .textArray(refusals.map { $0.detail.replacing("\0", with: "") }),
                .timestamptzArray(refusals.map { Timestamp(microseconds: $0.message.receivedAtMicroseconds) }),
            ])
    }

    private func quarantine(_ messages: [Message], _ error: DatabaseError) throws -> Int {
        logger.error(
            "message refused by the database",
            metadata: ["topic": "\(messages[0].topic)", "sqlstate": "\(error.sqlState)", "error": "\(error.message)"])
        try store(
            messages.map {
                RefusedMessage(message: $0, code: "decoder_failed", detail: "\(error.sqlState) \(error.message)")
            },
            in: connected())
        metrics.quarantined.increment(by: messages.count)
        return 0
    }

    /// Halves until one is left: log₂(4096) = 12 more round trips for each guilty message.
    private func divide<Element>(
        _ messages: ArraySlice<Element>, because error: DatabaseError, again: (ArraySlice<Element>) throws -> Int,
        alone: (Element) throws -> Int
    ) throws -> Int {
        guard messages.count > 1 else { return try alone(messages[messages.startIndex]) }
        metrics.splits.increment()
        let middle = messages.index(messages.startIndex, offsetBy: messages.count / 2)
        return try again(messages[..<middle]) + again(messages[middle...])
    }

    // MARK: Connection

    private func connected() throws(DatabaseError) -> Session {
        if let session, session.isUsable { return session }
        session = nil
        let new = try Session(configuration)
        session = new
        return new
    }

    /// Rethrows what another attempt, or an operator, can mend; returns where the data itself was refused.
    private func giveUpIfDatabaseIsToBlame(_ error: DatabaseError) throws(DatabaseError) {
        if error.isConnectionFailure { session = nil }
        // 22 data exception, 23 constraint, P0 raised by a function, 42804/42883 a decoder that does not fit: the payload's
        // or its decoder's fault. Everything else (no rights, out of memory, read-only standby, cancelled …) is not.
        let dataClasses = ["22", "23", "P0", "MW"]
        let isData =
            dataClasses.contains(String(error.sqlState.prefix(2)))
            || ["42804", "42883", "54001"].contains(error.sqlState)
        if !isData || error.isRetriable { throw error }
    }
}
