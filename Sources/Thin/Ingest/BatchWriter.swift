import Foundation
import Logging
import MQTT
import Postgres

/// Commits batches of messages over one blocking connection. Lives on its subscriber's thread and nowhere else.
///
/// Throws when the database is away or asks to try again; the caller then keeps the batch. A batch that the database does
/// not take is cut in two until the guilty message is alone. One that fails again alone while `ingest.probe` says that the
/// way in works goes to quarantine, whatever its SQLSTATE; a time-out or a lock counts against nobody's data (see
/// `Faults`). So one bad decoder or payload never stops the line, and nothing is dropped without a row that says so.
final class BatchWriter {
    /// A payload beyond this is not decoded; its first ``keptBytes`` go to quarantine. Waveforms are the largest we know: 100 to
    /// 300 kB.
    static let maximumPayloadBytes = 4 << 20
    static let keptBytes = 64 << 10
    /// An error of the moment is one for so many attempts; when it stays and the probe works, it is looked into.
    private static let patience = 3

    /// What `ingest.probe` is asked for.
    private enum Kind: String { case points, features, waveforms }

    private let configuration: ConnectionConfiguration
    private let inference: InferenceEngine
    private let faults: Faults
    private let metrics: IngestMetrics
    private let logger: Logger
    private let onOutbox: @Sendable () -> Void
    private let onWaveforms: @Sendable () -> Void
    private var router: TopicRouter
    private var session: Session?
    /// Commits that threw, one after the other.
    private var failures = 0

    /// - Parameters:
    ///   - onOutbox: called after each transaction that wrote notifications.
    ///   - onWaveforms: called after each transaction that stored features of waveforms.
    init(
        configuration: ConnectionConfiguration, router: TopicRouter, inference: InferenceEngine, faults: Faults,
        metrics: IngestMetrics, logger: Logger, onOutbox: @escaping @Sendable () -> Void,
        onWaveforms: @escaping @Sendable () -> Void
    ) {
        self.configuration = configuration
        self.router = router
        self.inference = inference
        self.faults = faults
        self.metrics = metrics
        self.logger = logger
        self.onOutbox = onOutbox
        self.onWaveforms = onWaveforms
    }

    func commit(_ messages: [Message]) throws {
        do {
            try store(messages)
            failures = 0
        } catch {
            failures += 1
            throw error
        }
    }

    private func store(_ messages: [Message]) throws {
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
        // One transaction for each kind, and each wakes whom it concerns at once: if a later one fails the batch comes again,
        // those before find theirs stored, and nobody would be woken then.
        if !plain.isEmpty { try takePoints(plain) }
        if !features.isEmpty { try take(features[...], .features, \.message, score) }
        if !waveforms.isEmpty { try take(waveforms[...], .waveforms, \.message, storeWaveforms) }

        metrics.messages.increment(by: messages.count)
        metrics.batchMessages.observe(Double(messages.count))
        metrics.batchSeconds.observe(clock.now - start)
        if let oldest = messages.first?.receivedAtMicroseconds {
            metrics.lag.set(Double(Timestamp.now.microseconds - oldest) / 1e6)
        }
    }

    // MARK: Whose fault

    /// As ``take``, after the messages on which their own decoders raise were put aside all at once: a flood of them would
    /// otherwise cost some round trips each.
    private func takePoints(_ messages: [Message]) throws {
        do {
            try accept(messages[...])
        } catch let error as DatabaseError {
            let guilty = messages.count > 1 && faults.fault(of: error).mayBeData ? sift(messages) : [:]
            guard !guilty.isEmpty else {
                return try take(messages[...], .points, failure: error, \.self, accept)
            }
            try probe(.points)
            metrics.splits.increment()
            let refused = guilty.map {
                RefusedMessage(message: messages[$0.key], code: "decoder_failed", detail: $0.value)
            }
            try store(refused, in: connected())
            metrics.quarantined.increment(by: refused.count)
            logger.error("messages refused by their decoders", metadata: ["count": "\(refused.count)"])
            let rest = messages.indices.filter { guilty[$0] == nil }.map { messages[$0] }
            // the sieve stops after a while: there may be more
            if !rest.isEmpty { try takePoints(rest) }
        }
    }

    /// Which of them their decoders raise on, and why; none where that cannot be told (one hangs, the database is away).
    private func sift(_ messages: [Message]) -> [Int: String] {
        let parameters = Self.acceptParameters(messages[...])
        guard
            let rows = try? connected().execute(
                "SELECT ordinal, sqlstate, message FROM ingest.sift($1, $2, $3)",
                [parameters[0], parameters[1], parameters[3]])
        else { return [:] }
        var guilty: [Int: String] = [:]
        for row in rows {
            guard let ordinal = row.int(0), messages.indices.contains(ordinal - 1), let state = row.string(1),
                faults.fault(of: state).mayBeData
            else { continue }
            guilty[ordinal - 1] = "\(state) \(row.string(2) ?? "")"
        }
        return guilty
    }

    /// Works on all of them; on halves where the database does not take all, down to single messages: log₂(4096) = 12 more
    /// round trips for each guilty message.
    /// - Parameter failure: what it has just ended with.
    private func take<Element>(
        _ elements: ArraySlice<Element>, _ kind: Kind, hasFailed: Bool = false, failure: DatabaseError? = nil,
        _ message: (Element) -> Message, _ work: (ArraySlice<Element>) throws -> Void
    ) throws {
        do {
            if let failure { throw failure }
            try work(elements)
        } catch let error as DatabaseError {
            try judge(error, kind)
            guard elements.count > 1 else {
                return try takeAlone(elements, kind, message(elements[elements.startIndex]), error, hasFailed, work)
            }
            metrics.splits.increment()
            let middle = elements.index(elements.startIndex, offsetBy: elements.count / 2)
            try take(elements[..<middle], kind, hasFailed: true, message, work)
            try take(elements[middle...], kind, hasFailed: true, message, work)
        }
    }

    /// Throws where the messages are to be kept for another attempt; returns where less at once, or alone, may tell more.
    private func judge(_ error: DatabaseError, _ kind: Kind) throws {
        if error.isConnectionFailure { throw error }
        switch faults.fault(of: error) {
        case .data, .unclear: break
        case .time: try probe(kind)
        case .service:
            // what stays while all else works is no moment: a decoder may raise any SQLSTATE
            guard failures >= Self.patience else { throw error }
            try probe(kind)
        }
    }

    private func takeAlone<Element>(
        _ element: ArraySlice<Element>, _ kind: Kind, _ message: Message, _ error: DatabaseError, _ hasFailed: Bool,
        _ work: (ArraySlice<Element>) throws -> Void
    ) throws {
        guard faults.fault(of: error).mayBeData else {
            // Never the data's. A decoder may be so by itself, and then the line must not wait for it.
            if kind == .points, try isDecoderToBlame(message) { return }
            guard faults.fault(of: error) == .time else { throw error }
            // one message, ours to store: however long that takes
            try limit(nil)
            defer { _ = try? limit("ingest.batch_timeout") }
            return try work(element)
        }
        try probe(kind)
        var error = error
        if !hasFailed {
            do {
                return try work(element)
            } catch let second as DatabaseError {
                guard faults.fault(of: second).mayBeData else { throw second }
                error = second
            }
        }
        try quarantine(message, "decoder_failed", error)
    }

    /// Decodes and stores nothing, which waits for no lock of ours: what fails or takes too long even then is the decoder.
    /// - Returns: whether it was, and the message was put aside for it.
    private func isDecoderToBlame(_ message: Message) throws -> Bool {
        let parameters = Self.acceptParameters([message])
        try limit("ingest.decoder_timeout")
        defer { _ = try? limit("ingest.batch_timeout") }
        do {
            try connected().execute(
                "SELECT ingest.try_decode(($1::text[])[1], ($2::text[])[1], ($3::timestamptz[])[1])",
                [parameters[0], parameters[1], parameters[3]])
            return false
        } catch {
            if error.isConnectionFailure { throw error }
            let tookTooLong = faults.fault(of: error) == .time
            if tookTooLong {
                let decoder = try connected().execute(
                    "SELECT ingest.suspend_decoder(($1::text[])[1])", [parameters[0]]
                ).one().string(0)
                logger.error("a decoder takes too long and is passed over", metadata: ["decoder": "\(decoder ?? "?")"])
            }
            try quarantine(message, tookTooLong ? "decoder_timeout" : "decoder_failed", error)
            return true
        }
    }

    /// Throws what keeps the way in from working for anybody.
    private func probe(_ kind: Kind) throws(DatabaseError) {
        try connected().execute("SELECT ingest.probe($1)", [.text(kind.rawValue)])
    }

    // MARK: Points

    private static let acceptSQL =
        "SELECT stored, duplicates, quarantined, alarm_transitions, outbox_rows FROM ingest.accept($1, $2, $3, $4)"

    private func accept(_ messages: ArraySlice<Message>) throws {
        let row = try connected().execute(Statement(Self.acceptSQL, Self.acceptParameters(messages))).one()
        metrics.stored.increment(by: row.int(0) ?? 0)
        metrics.duplicates.increment(by: row.int(1) ?? 0)
        metrics.quarantined.increment(by: row.int(2) ?? 0)
        metrics.transitions.increment(by: row.int(3) ?? 0)
        if (row.int(4) ?? 0) > 0 { onOutbox() }
    }

    /// Topics, payloads, raw bytes where they are no text, times of arrival.
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

    private func score(_ messages: ArraySlice<ScorableMessage>) throws {
        let session = try connected()
        var outboxRows = 0
        let outcome = try outcome(of: inference.read(messages), session)
        try session.transaction {
            if let predictions = outcome.predictionsJSON {
                let row = try session.execute(InferenceEngine.recordSQL, [.jsonb(predictions)]).one()
                metrics.predictions.increment(by: row.int(0) ?? 0)
                outboxRows = row.int(1) ?? 0
            }
            try store(outcome.refusals, in: session)
        }
        metrics.quarantined.increment(by: outcome.refusals.count)
        if outboxRows > 0 { onOutbox() }
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

    private func storeWaveforms(_ messages: ArraySlice<ScorableMessage>) throws {
        let batch = WaveformReader.read(messages)
        let session = try connected()
        var refusals = batch.refusals
        try session.transaction {
            if let json = batch.json {
                let row = try session.execute(WaveformReader.storeSQL, [.jsonb(json)]).one()
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
        onWaveforms()
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

    private func quarantine(_ message: Message, _ code: String, _ error: DatabaseError) throws {
        logger.error(
            "message refused by the database",
            metadata: [
                "topic": "\(message.topic.prefix(200))", "sqlstate": "\(error.sqlState)",
                "error": "\(error.message.prefix(500))",
            ])
        let refused = RefusedMessage(message: message, code: code, detail: "\(error.sqlState) \(error.message)")
        try store([refused], in: connected())
        metrics.quarantined.increment()
    }

    // MARK: Connection

    private func connected() throws(DatabaseError) -> Session {
        if let session, session.isUsable { return session }
        session = nil
        let new = try Session(configuration)
        try new.execute("SELECT ingest.begin_session()")
        session = new
        return new
    }

    /// - Parameter setting: an interval that statements may take from now on; nil: no limit.
    private func limit(_ setting: String?) throws(DatabaseError) {
        try connected().execute("SELECT ingest.limit_statement($1)", [setting.map(Parameter.text) ?? .null])
    }
}
