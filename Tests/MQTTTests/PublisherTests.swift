import MQTT
import Synchronization
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: TestBroker.isAvailable, "mosquitto is not installed"))
struct PublisherTests {
    @Test("Counters, flush and close")
    func counters() async throws {
        let broker = try TestBroker()
        try await onThread {
            let publisher = Publisher(configuration: broker.configuration("p"), logger: quiet, maxInflight: 10)
            try publisher.connect()
            for number in 0..<1000 {
                try publisher.publish(topic: "t", payload: [1, 2], qos: number % 2)
                #expect(publisher.unacknowledged <= 10)
            }
            #expect(publisher.flush(timeout: .seconds(30)))
            #expect(publisher.sent == 1000)
            #expect(publisher.acknowledged == 1000)
            #expect(publisher.unacknowledged == 0)
            publisher.close()
            #expect(throws: MQTTError.closed) { try publisher.publish(topic: "t", payload: []) }
            #expect(throws: MQTTError.closed) { try publisher.connect() }
        }
    }

    @Test("What MQTT cannot carry is refused by name and takes no room")
    func invalid() async throws {
        var options = TestBroker.Options()
        options.extraLines = ["max_packet_size 1000"]
        let broker = try TestBroker(options)
        try await onThread {
            let publisher = Publisher(configuration: broker.configuration("p"), logger: quiet)
            try publisher.connect()
            for topic in ["", "a/+/b", "a/#"] {
                #expect { try publisher.publish(topic: topic, payload: [1]) } throws: {
                    ($0 as? MQTTError)?.code == "invalid_message"
                }
            }
            #expect { try publisher.publish(topic: "t", payload: [], qos: 2) } throws: {
                ($0 as? MQTTError)?.code == "invalid_message"
            }
            #expect { try publisher.publish(topic: "t", payload: [UInt8](repeating: 0, count: 2000)) } throws: {
                ($0 as? MQTTError)?.code == "invalid_message"
            }
            #expect(publisher.unacknowledged == 0)
            #expect(publisher.sent == 0)
            publisher.close()
        }
    }

    @Test("While the broker is away callers wait, then everything arrives")
    func reconnect() async throws {
        let broker = try TestBroker()
        let recorder = Recorder()
        let subscriber = broker.subscriber("a", recorder)
        subscriber.start()
        #expect(await subscriber.connected())
        let publisher = Publisher(configuration: broker.configuration("p"), logger: quiet, maxInflight: 50)
        try publisher.connect()
        let publishing = Task {
            try await onThread {
                for number in 0..<5000 {
                    try publisher.publish(topic: "t/1", payload: Array(String(number).utf8))
                }
                return publisher.flush(timeout: .seconds(20))
            }
        }
        #expect(await eventually { publisher.acknowledged > 500 })
        broker.stop()
        #expect(await eventually { !publisher.status.connected })
        #expect(publisher.unacknowledged <= 50)
        try broker.start()
        #expect(try await publishing.value)
        #expect(await eventually { recorder.distinct == 5000 })
        #expect(publisher.status.reconnects == 1)
        publisher.close()
        subscriber.stop()
    }

    @Test("A caller gives up after its time when there is no connection")
    func timeout() async throws {
        let broker = try TestBroker()
        let publisher = Publisher(
            configuration: broker.configuration("p"), logger: quiet, publishTimeout: .milliseconds(200))
        try publisher.connect()
        broker.stop()
        #expect(await eventually { !publisher.status.connected })
        try await onThread {
            #expect(throws: MQTTError.publishTimeout) { try publisher.publish(topic: "t", payload: [1]) }
        }
        #expect(publisher.status.lastError != nil)
        publisher.close()
    }

    @Test("Several threads share one publisher")
    func severalThreads() async throws {
        let broker = try TestBroker()
        let recorder = Recorder()
        let subscriber = broker.subscriber("a", recorder)
        subscriber.start()
        #expect(await subscriber.connected())
        let publisher = Publisher(configuration: broker.configuration("p"), logger: quiet, maxInflight: 20)
        try publisher.connect()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<4 {
                group.addTask {
                    try await onThread {
                        for number in 0..<500 {
                            try publisher.publish(topic: "t/\(part)", payload: Array("\(part)-\(number)".utf8))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(publisher.flush(timeout: .seconds(10)))
        #expect(publisher.acknowledged == 2000)
        #expect(await eventually { recorder.distinct == 2000 })
        publisher.close()
        subscriber.stop()
    }
}
