import Testing

@testable import MQTT

@Suite("Parts without I/O")
struct PureTests {
    @Test(
        "Broker URLs",
        arguments: [
            ("mqtt://broker", MQTTEndpoint(host: "broker", port: 1883, usesTLS: false)),
            ("mqtts://broker", MQTTEndpoint(host: "broker", port: 8883, usesTLS: true)),
            (
                "mqtt://us%40er:p%3Aw@10.0.0.1:1884/",
                MQTTEndpoint(host: "10.0.0.1", port: 1884, user: "us@er", password: "p:w", usesTLS: false)
            ),
            ("mqtt://[::1]:1900", MQTTEndpoint(host: "::1", port: 1900, usesTLS: false)),
        ])
    func urls(url: String, expected: MQTTEndpoint) throws {
        #expect(try MQTTConfiguration(url: url, clientID: "a").endpoint() == expected)
    }

    @Test(
        "Wrong configuration names the member, never the password",
        arguments: [
            "http://h", "mqtt://", "mqtt://u:secret@h/topic", "mqtt://:secret@h", "mqtt://u:secret@h:70000", "no url",
            "mqtt://u:secret@h?x=1",
        ])
    func wrongURLs(url: String) {
        do throws(MQTTError) {
            try MQTTConfiguration(url: url, clientID: "a").validate()
            Issue.record("accepted \(url)")
        } catch {
            #expect(error.code == "invalid_configuration")
            #expect(error.description.contains("url"))
            #expect(!error.description.contains("secret"))
        }
        #expect(!"\(MQTTConfiguration(url: url, clientID: "a"))".contains("secret"))
        #expect(!String(reflecting: MQTTConfiguration(url: url, clientID: "a")).contains("secret"))
    }

    @Test("Ranges of the other members")
    func ranges() {
        func code(_ change: (inout MQTTConfiguration) -> Void) -> String? {
            var configuration = MQTTConfiguration(url: "mqtt://h", clientID: "a")
            change(&configuration)
            do throws(MQTTError) {
                try configuration.validate()
                return nil
            } catch { return error.code }
        }
        #expect(code { _ in } == nil)
        #expect(code { $0.clientID = "" } == "invalid_configuration")
        #expect(code { $0.keepAlive = .seconds(4) } == "invalid_configuration")
        #expect(code { $0.keepAlive = .seconds(5) } == nil)
        #expect(code { $0.receiveMaximum = 0 } == "invalid_configuration")
        #expect(code { $0.receiveMaximum = 65_536 } == "invalid_configuration")
        #expect(code { $0.sessionExpiry = .seconds(-1) } == "invalid_configuration")
        #expect(code { $0.tls.keyFile = "k" } == "invalid_configuration")
    }

    @Test("Filters")
    func filters() throws {
        #expect(try TopicFilter.subscription("a/+/#", group: nil) == "a/+/#")
        #expect(try TopicFilter.subscription("a/+/#", group: "thin") == "$share/thin/a/+/#")
        #expect(try TopicFilter.subscription("$share/other/a", group: "thin") == "$share/other/a")
        for (filter, group) in [("a/#/b", nil), ("", nil), ("a", "x/y"), ("a", ""), ("a+", "g")] as [(String, String?)]
        {
            #expect(throws: MQTTError.self) { try TopicFilter.subscription(filter, group: group) }
        }
    }

    @Test("A batch is full by number or bytes, and due by age")
    func batcher() {
        var batcher = Batcher(
            policy: BatchPolicy(maxMessages: 3, maxBytes: 100, linger: .milliseconds(5), smallBatch: 0))
        let start = ContinuousClock.now
        let small = Message(topic: "t", payload: [1], receivedAtMicroseconds: 0)
        batcher.append(small)
        #expect(!batcher.isFull)
        #expect(batcher.remaining(now: start) == .milliseconds(5))
        #expect(batcher.remaining(now: start + .milliseconds(2)) == .milliseconds(3))
        #expect(batcher.remaining(now: start + .milliseconds(9)) == .zero)
        batcher.append(small)
        batcher.append(small)
        #expect(batcher.isFull)
        #expect(batcher.remaining(now: start) == .zero)
        batcher.clear()
        #expect(batcher.isEmpty && !batcher.isFull)
        batcher.append(Message(topic: "t", payload: [UInt8](repeating: 0, count: 200), receivedAtMicroseconds: 0))
        #expect(batcher.isFull)
        #expect(batcher.appended == 4)
    }

    @Test(
        "A small batch leaves at once, but not sooner than the linger after the one before it; a large one waits for more"
    )
    func smallBatch() {
        var batcher = Batcher(policy: BatchPolicy(linger: .milliseconds(5), smallBatch: 2))
        let start = ContinuousClock.now
        let message = Message(topic: "t", payload: [1], receivedAtMicroseconds: 0)
        batcher.append(message)
        #expect(batcher.remaining(now: start) == .zero)
        batcher.handOver(now: start)
        batcher.clear()
        // while the commit took 2 ms the next message came
        batcher.append(message)
        #expect(batcher.remaining(now: start + .milliseconds(2)) == .milliseconds(3))
        #expect(batcher.remaining(now: start + .milliseconds(5)) == .zero)
        batcher.append(message)
        #expect(batcher.remaining(now: start + .milliseconds(5)) == .milliseconds(2))
        #expect(batcher.remaining(now: start + .milliseconds(7)) == .zero)
    }

    @Test("Topics come back as they were, also when they share a slot")
    func topicCache() {
        var cache = TopicCache(capacity: 2)
        for _ in 0..<3 {
            for number in 0..<50 {
                let topic = "unity/sensors/machine-\(number)/vibration-길이"
                #expect(topic.withCString { cache.string($0) } == topic)
            }
        }
        #expect("".withCString { cache.string($0) }.isEmpty)
    }

    @Test("History keeps what was acknowledged within the window, and what is on its way")
    func history() {
        var history = ResendHistory(window: .seconds(2))
        let start = ContinuousClock.now
        for number in 0..<10 {
            history.append(OutgoingMessage(topic: "\(number)", payload: [], qos: 1, retain: false))
        }
        history.prune(acknowledged: 3, now: start)
        history.prune(acknowledged: 6, now: start + .seconds(1))
        #expect(history.count == 10)
        // Three were acknowledged more than two seconds ago.
        history.prune(acknowledged: 8, now: start + .milliseconds(2500))
        #expect(history.count == 7)
        let again = history.takeAcknowledged(acknowledged: 8)
        #expect(again.map(\.topic) == ["3", "4", "5", "6", "7"])
        #expect(history.count == 2)
        // The remaining two are 8 and 9; published again, the five follow them.
        for message in again { history.append(message) }
        #expect(history.takeAcknowledged(acknowledged: 11).map(\.topic) == ["8", "9", "3"])
    }

    @Test("A window lets in what fits")
    func window() throws {
        let window = SendWindow(limit: 2)
        #expect(throws: MQTTError.publishTimeout) { try window.reserve(timeout: .milliseconds(30)) }
        window.setOpen(true)
        try window.reserve(timeout: .zero)
        try window.reserve(timeout: .zero)
        #expect(throws: MQTTError.publishTimeout) { try window.reserve(timeout: .milliseconds(30)) }
        #expect(!window.drain(timeout: .milliseconds(10)))
        window.release(2)
        #expect(window.drain(timeout: .zero))
        window.close()
        #expect(throws: MQTTError.closed) { try window.reserve(timeout: .seconds(1)) }
    }
}

@Suite("What a SUBACK says")
struct GrantTests {
    @Test("One filter that is refused is named and keeps the others from nothing; all refused is an error")
    func grants() throws {
        #expect(try MosquittoClient.checkGranted(["a", "b"], [1, 1]) == nil)
        let refusal = try MosquittoClient.checkGranted(["a", "b", "c"], [1, 0x87, 0])
        guard case .subscriptionRefused("b", 0x87, _)? = refusal else {
            Issue.record("not named: \(String(describing: refusal))")
            return
        }
        #expect(throws: MQTTError.self) { try MosquittoClient.checkGranted(["a", "b"], [0x80, 0]) }
    }
}
