import MQTT
import Synchronization
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: TestBroker.isAvailable, "mosquitto is not installed"))
struct SubscriberTests {
    @Test("Every message is committed once, in batches within the policy", arguments: [MQTTProtocolVersion.v5, .v311])
    func delivers(version: MQTTProtocolVersion) async throws {
        let broker = try TestBroker()
        let recorder = Recorder()
        let subscriber = broker.subscriber("a", recorder, version: version, policy: BatchPolicy(maxMessages: 100))
        subscriber.start()
        #expect(await subscriber.connected())
        try await onThread { try broker.publish(0..<2000) }
        #expect(await eventually { recorder.distinct == 2000 })
        #expect(recorder.committed == 2000)
        #expect(recorder.largestBatch <= 100)
        subscriber.stop()
        let status = subscriber.status
        #expect(status.messagesReceived == 2000)
        #expect(status.messagesCommitted == 2000)
        #expect(status.heldMessages == 0)
        #expect(!status.connected)
    }

    @Test(
        "Nothing is acknowledged before its commit: a client that goes without committing gets all of it again",
        arguments: [MQTTProtocolVersion.v5, .v311])
    func redelivery(version: MQTTProtocolVersion) async throws {
        let broker = try TestBroker()
        let refusing = Recorder(refuses: true)
        let first = broker.subscriber("a", refusing, version: version)
        first.start()
        #expect(await first.connected())
        try await onThread { try broker.publish(0..<1000) }
        #expect(await eventually { refusing.offered > 0 && first.status.commitFailures > 1 })
        first.stop()
        #expect(refusing.committed == 0)

        let recorder = Recorder()
        let second = broker.subscriber("a", recorder, version: version)
        second.start()
        #expect(await eventually { recorder.distinct == 1000 })
        #expect(recorder.committed == 1000)
        second.stop()
    }

    @Test("A commit that fails is retried with the same batch; nothing is lost and nothing doubled")
    func commitFailure() async throws {
        let broker = try TestBroker()
        let recorder = Recorder(refuses: true)
        let subscriber = broker.subscriber("a", recorder, policy: BatchPolicy(maxMessages: 50))
        subscriber.start()
        #expect(await subscriber.connected())
        try await onThread { try broker.publish(0..<1000) }
        #expect(await eventually { subscriber.status.commitFailures >= 3 })
        let status = subscriber.status
        #expect(status.stalled)
        #expect(status.connected)
        #expect(status.lastErrorCode == "commit_failed")
        // While it fails nothing more is read: memory is one batch.
        #expect(status.heldMessages <= 50)
        #expect(recorder.offered <= 50)
        recorder.setRefuses(false)
        #expect(await eventually { recorder.distinct == 1000 })
        #expect(recorder.committed == 1000)
        #expect(subscriber.status.lastError == nil)
        #expect(subscriber.status.reconnects == 0)
        subscriber.stop()
    }

    @Test("A failing commit outlasts the keep-alive: the connection is given back and made again, nothing is lost")
    func stallBeyondKeepAlive() async throws {
        let broker = try TestBroker()
        let recorder = Recorder(refuses: true)
        var configuration = broker.configuration("a")
        configuration.keepAlive = .seconds(5)
        let subscriber = Subscriber(
            configuration: configuration, filters: ["t/#"], policy: BatchPolicy(maxMessages: 100), sharedGroup: nil,
            logger: quiet, commit: recorder.commit)
        subscriber.start()
        #expect(await subscriber.connected())
        try await onThread { try broker.publish(0..<500) }
        #expect(await eventually(within: .seconds(20)) { !subscriber.status.connected })
        #expect(subscriber.status.heldMessages <= 100)
        #expect(!broker.log.contains("exceeded timeout"))
        recorder.setRefuses(false)
        #expect(await eventually(within: .seconds(20)) { recorder.distinct == 500 })
        #expect(await subscriber.connected())
        #expect(subscriber.status.reconnects == 1)
        subscriber.stop()
    }

    @Test("The session waits while the client is away", arguments: [MQTTProtocolVersion.v5, .v311])
    func sessionResume(version: MQTTProtocolVersion) async throws {
        let broker = try TestBroker()
        let recorder = Recorder()
        let first = broker.subscriber("a", recorder, version: version)
        first.start()
        #expect(await first.connected())
        first.stop()
        try await onThread { try broker.publish(0..<300) }
        let second = broker.subscriber("a", recorder, version: version)
        second.start()
        #expect(await eventually { recorder.distinct == 300 })
        second.stop()
        #expect(recorder.committed == 300)
    }

    @Test("stop() acknowledges what was committed: the next connection gets nothing again")
    func stopFlushesAcks() async throws {
        let broker = try TestBroker()
        let recorder = Recorder()
        let first = broker.subscriber("a", recorder)
        first.start()
        #expect(await first.connected())
        let publishing = Task { try await onThread { try broker.publish(0..<20_000) } }
        #expect(await eventually { recorder.distinct > 3000 })
        first.stop()
        let atStop = recorder.distinct
        try await publishing.value
        let second = broker.subscriber("a", recorder)
        second.start()
        #expect(await eventually(within: .seconds(20)) { recorder.distinct == 20_000 })
        second.stop()
        #expect(atStop < 20_000)
        #expect(recorder.committed == 20_000)
    }

    @Test("Two members of a shared subscription divide the messages")
    func sharedSubscription() async throws {
        let broker = try TestBroker()
        let recorders = [Recorder(), Recorder()]
        let subscribers = recorders.enumerated().map {
            broker.subscriber("member-\($0.offset)", $0.element, group: "thin")
        }
        for subscriber in subscribers {
            subscriber.start()
            #expect(await subscriber.connected())
        }
        try await onThread { try broker.publish(0..<2000) }
        #expect(await eventually { recorders[0].committed + recorders[1].committed == 2000 })
        #expect(recorders.allSatisfy { $0.committed > 100 })
        for subscriber in subscribers { subscriber.stop() }
    }

    @Test("A member that leaves the group takes no share with it")
    func leaving() async throws {
        let broker = try TestBroker()
        let recorders = [Recorder(), Recorder()]
        let subscribers = recorders.enumerated().map {
            broker.subscriber("member-\($0.offset)", $0.element, group: "thin")
        }
        for subscriber in subscribers {
            subscriber.start()
            #expect(await subscriber.connected())
        }
        subscribers[0].stop(leaving: true)
        try await onThread { try broker.publish(0..<500) }
        #expect(await eventually { recorders[1].distinct == 500 })
        subscribers[1].stop()
    }

    @Test("The broker is killed in mid-stream: reconnects, and what its database held arrives")
    func brokerKilled() async throws {
        let broker = try TestBroker()
        let recorder = Recorder()
        let subscriber = broker.subscriber("a", recorder)
        subscriber.start()
        #expect(await subscriber.connected())
        // A broker that dies before it ever wrote the session forgets that there was a subscriber.
        #expect(broker.saveDatabase())
        let total = 20_000
        let publishing = Task {
            try await onThread {
                let publisher = Publisher(
                    configuration: broker.configuration("p"), logger: quiet, resendWindow: .seconds(4))
                try publisher.connect()
                for number in 0..<total {
                    try publisher.publish(topic: "t/\(number % 10)", payload: Array(String(number).utf8))
                    // Slow enough that the kills below meet a stream.
                    if number % 50 == 0 { threadSleep(milliseconds: 10) }
                }
                let isDone = publisher.flush(timeout: .seconds(20))
                let status = publisher.status
                publisher.close()
                return (isDone, status)
            }
        }
        for share in [4, 2] {
            #expect(await eventually(within: .seconds(20)) { recorder.distinct > total / share })
            broker.kill()
            try await Task.sleep(for: .milliseconds(200))
            try broker.start()
        }
        let (isDone, status) = try await publishing.value
        #expect(isDone)
        #expect(status.reconnects >= 2)
        #expect(await eventually(within: .seconds(20)) { recorder.distinct == total })
        #expect(subscriber.status.reconnects >= 2)
        subscriber.stop()
    }

    @Test("A large payload is handed on as it is")
    func largePayload() async throws {
        let broker = try TestBroker()
        let received = Mutex<[Message]>([])
        let subscriber = Subscriber(
            configuration: broker.configuration("a"), filters: ["t/#"], policy: BatchPolicy(maxBytes: 1000),
            sharedGroup: nil, logger: quiet
        ) { messages in received.withLock { $0 += messages } }
        subscriber.start()
        #expect(await subscriber.connected())
        let payload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        try await onThread {
            let publisher = Publisher(configuration: broker.configuration("p"), logger: quiet)
            try publisher.connect()
            try publisher.publish(topic: "t/large", payload: payload)
            try publisher.publish(topic: "t/empty", payload: [])
            publisher.flush()
            publisher.close()
        }
        #expect(await eventually { received.withLock { $0.count } == 2 })
        subscriber.stop()
        received.withLock {
            #expect($0[0].payload == payload)
            #expect($0[0].topic == "t/large")
            #expect($0[0].qos == 1)
            #expect($0[1].payload.isEmpty)
        }
    }
}
