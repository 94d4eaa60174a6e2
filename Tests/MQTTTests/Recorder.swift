import Logging
import MQTT
import Synchronization
import TestSupport

let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// Stands for the database: commits, or refuses to, and counts what it was given.
final class Recorder: Sendable {
    struct Refused: Error {}
    struct State {
        var committed: [String: Int] = [:]
        var offered: [String: Int] = [:]
        var largestBatch = 0
        var batches = 0
        var refuses = false
    }
    let state: Mutex<State>

    init(refuses: Bool = false) { state = Mutex(State(refuses: refuses)) }

    func commit(_ messages: [Message]) throws {
        try state.withLock { state in
            state.largestBatch = max(state.largestBatch, messages.count)
            state.batches += 1
            for message in messages {
                state.offered[String(decoding: message.payload, as: UTF8.self), default: 0] += 1
            }
            guard !state.refuses else { throw Refused() }
            for message in messages {
                state.committed[String(decoding: message.payload, as: UTF8.self), default: 0] += 1
            }
        }
    }

    func setRefuses(_ refuses: Bool) { state.withLock { $0.refuses = refuses } }
    /// Different payloads committed.
    var distinct: Int { state.withLock { $0.committed.count } }
    var committed: Int { state.withLock { $0.committed.values.reduce(0, +) } }
    var offered: Int { state.withLock { $0.offered.count } }
    var largestBatch: Int { state.withLock { $0.largestBatch } }
}

extension TestBroker {
    func configuration(_ clientID: String, _ version: MQTTProtocolVersion = .v5) -> MQTTConfiguration {
        MQTTConfiguration(url: url, clientID: clientID, protocolVersion: version)
    }

    func subscriber(
        _ clientID: String, _ recorder: Recorder, filters: [String] = ["t/#"], version: MQTTProtocolVersion = .v5,
        policy: BatchPolicy = BatchPolicy(), group: String? = nil
    ) -> Subscriber {
        Subscriber(
            configuration: configuration(clientID, version), filters: filters, policy: policy, sharedGroup: group,
            logger: quiet, commit: recorder.commit)
    }

    /// Publishes `range` as decimal numbers to t/0…t/9, and waits for the broker's acks.
    func publish(_ range: Range<Int>, clientID: String = "publisher") throws {
        let publisher = Publisher(configuration: configuration(clientID), logger: quiet)
        try publisher.connect()
        for number in range {
            try publisher.publish(topic: "t/\(number % 10)", payload: Array(String(number).utf8))
        }
        guard publisher.flush(timeout: .seconds(20)) else { throw MQTTError.publishTimeout }
        publisher.close()
    }
}

extension Subscriber {
    func connected() async -> Bool { await eventually(within: .seconds(60)) { self.status.connected } }
}
