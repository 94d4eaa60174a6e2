import MQTT
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: TestBroker.isAvailable, "mosquitto is not installed"))
struct ConnectionTests {
    private func publish(_ configuration: MQTTConfiguration) async throws {
        try await onThread {
            let publisher = Publisher(configuration: configuration, logger: quiet)
            try publisher.connect()
            try publisher.publish(topic: "t/1", payload: [1])
            #expect(publisher.flush(timeout: .seconds(30)))
            publisher.close()
        }
    }

    private func code(_ configuration: MQTTConfiguration) async -> String? {
        do {
            try await publish(configuration)
            return nil
        } catch {
            return (error as? MQTTError)?.code
        }
    }

    @Test("User and password", arguments: [MQTTProtocolVersion.v5, .v311])
    func password(version: MQTTProtocolVersion) async throws {
        var options = TestBroker.Options()
        options.credentials = ("thin", "p%40ss")
        let broker = try TestBroker(options)
        func configuration(_ url: String) -> MQTTConfiguration {
            MQTTConfiguration(url: url, clientID: "a", protocolVersion: version)
        }
        // The URL is percent-decoded: the password itself has a per cent sign.
        #expect(await code(configuration(broker.url(user: "thin", password: "p%2540ss"))) == nil)
        #expect(await code(configuration(broker.url(user: "thin", password: "wrong"))) == "not_authorized")
        #expect(await code(configuration(broker.url(user: nil, password: nil))) == "not_authorized")
    }

    @Test("A subscriber with a wrong password says so and goes on trying")
    func wrongPasswordInStatus() async throws {
        var options = TestBroker.Options()
        options.credentials = ("thin", "right")
        let broker = try TestBroker(options)
        let subscriber = Subscriber(
            configuration: MQTTConfiguration(url: broker.url(user: "thin", password: "wr0ng"), clientID: "a"),
            filters: ["t/#"], logger: quiet
        ) { _ in }
        subscriber.start()
        #expect(await eventually { subscriber.status.lastErrorCode == "not_authorized" })
        #expect(!subscriber.status.connected)
        #expect(subscriber.status.lastError?.contains("wr0ng") == false)
        subscriber.stop()
    }

    @Test("A subscription that the broker refuses is a named error")
    func subscriptionRefused() async throws {
        // mosquitto's access file grants every subscription and filters later; a lower QoS is its only refusal.
        var options = TestBroker.Options()
        options.extraLines = ["max_qos 0"]
        let broker = try TestBroker(options)
        let subscriber = broker.subscriber("a", Recorder())
        subscriber.start()
        #expect(await eventually { subscriber.status.lastErrorCode == "subscription_refused" })
        #expect(subscriber.status.lastError?.contains("t/#") == true)
        #expect(!subscriber.status.connected)
        subscriber.stop()
    }

    @Test(
        "TLS: the right authority is accepted, a stranger refused",
        .enabled(if: TestCertificates.isAvailable, "openssl is not installed"),
        arguments: ["127.0.0.1", "localhost"])
    func tls(host: String) async throws {
        var options = TestBroker.Options()
        options.usesTLS = true
        let broker = try TestBroker(options)
        func configuration(_ tls: TLSOptions) -> MQTTConfiguration {
            MQTTConfiguration(url: broker.url(user: nil, password: nil, host: host), clientID: "a", tls: tls)
        }
        #expect(await code(configuration(TLSOptions(caFile: broker.caFile))) == nil)
        #expect(await code(configuration(TLSOptions(caFile: broker.strangerCAFile))) == "tls")
        #expect(await code(configuration(TLSOptions(caFile: "/nonexistent/ca.pem"))) == "tls")
        #expect(await code(configuration(TLSOptions())) == "tls")
        #expect(await code(configuration(TLSOptions(caFile: broker.strangerCAFile, insecure: true))) == nil)
    }

    @Test(
        "TLS: batches, acks and the session work as without",
        .enabled(if: TestCertificates.isAvailable, "openssl is not installed"))
    func subscriberOverTLS() async throws {
        var options = TestBroker.Options()
        options.usesTLS = true
        let broker = try TestBroker(options)
        var configuration = broker.configuration("a")
        configuration.tls = TLSOptions(caFile: broker.caFile)
        let recorder = Recorder()
        let refusing = Recorder(refuses: true)
        var publishing = configuration
        publishing.clientID = "p"
        let first = Subscriber(
            configuration: configuration, filters: ["t/#"], sharedGroup: nil, logger: quiet, commit: refusing.commit)
        first.start()
        #expect(await first.connected())
        try await onThread { [publishing] in
            let publisher = Publisher(configuration: publishing, logger: quiet)
            try publisher.connect()
            for number in 0..<3000 {
                try publisher.publish(topic: "t/1", payload: Array(String(number).utf8))
            }
            #expect(publisher.flush(timeout: .seconds(10)))
            publisher.close()
        }
        #expect(await eventually { first.status.commitFailures > 0 })
        first.stop()
        for expected in [3000, 0] {
            let before = recorder.committed
            let subscriber = Subscriber(
                configuration: configuration, filters: ["t/#"], sharedGroup: nil, logger: quiet,
                commit: recorder.commit)
            subscriber.start()
            #expect(await subscriber.connected())
            #expect(await eventually { recorder.committed == before + expected })
            subscriber.stop()
        }
        #expect(recorder.committed == 3000)
    }

    @Test("No broker: a named error at once for a publisher, retries for a subscriber")
    func unreachable() async throws {
        let port = try Loopback.freePort()
        let configuration = MQTTConfiguration(url: "mqtt://127.0.0.1:\(port)", clientID: "a")
        #expect(await code(configuration) == "unreachable")
        #expect(
            await code(MQTTConfiguration(url: "mqtt://no-such-host.invalid:1", clientID: "a")) == "unreachable")
        let subscriber = Subscriber(configuration: configuration, filters: ["t"], logger: quiet) { _ in }
        subscriber.start()
        #expect(await eventually { subscriber.status.lastErrorCode == "unreachable" })
        subscriber.stop()
    }

    @Test("A name with several addresses: each is tried")
    func severalAddresses() async throws {
        let broker = try TestBroker()
        let recorder = Recorder()
        let subscriber = Subscriber(
            configuration: MQTTConfiguration(
                url: broker.url(user: nil, password: nil, host: "localhost"), clientID: "a"),
            filters: ["t/#"], sharedGroup: nil, logger: quiet, commit: recorder.commit)
        subscriber.start()
        #expect(await subscriber.connected())
        subscriber.stop()
    }

    @Test("Two clients with one name: the one that is thrown out says why")
    func takenOver() async throws {
        let broker = try TestBroker()
        let first = broker.subscriber("a", Recorder())
        first.start()
        #expect(await first.connected())
        let second = Publisher(configuration: broker.configuration("a"), logger: quiet)
        try second.connect()
        #expect(await eventually { first.status.reconnects > 0 || first.status.lastErrorCode == "session_taken_over" })
        second.close()
        first.stop()
    }

    @Test("stop() interrupts a connection that hangs")
    func stopWhileConnecting() async throws {
        // A listener that never answers: the handshake hangs until its time is over.
        let silent = try SilentListener()
        let subscriber = Subscriber(
            configuration: MQTTConfiguration(url: "mqtt://127.0.0.1:\(silent.port)", clientID: "a"),
            filters: ["t"], logger: quiet
        ) { _ in }
        subscriber.start()
        try await Task.sleep(for: .milliseconds(100))
        let start = ContinuousClock.now
        subscriber.stop()
        #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test("A broker that never answers is a timeout with a name")
    func connectTimeout() async throws {
        let silent = try SilentListener()
        var configuration = MQTTConfiguration(url: "mqtt://127.0.0.1:\(silent.port)", clientID: "a")
        configuration.connectTimeout = .milliseconds(200)
        #expect(await code(configuration) == "connect_timeout")
    }

    @Test(
        "Over TLS, too: a handshake that never comes ends, is tried again, and stops when it is told to",
        .timeLimit(.minutes(3)))
    func handshakeThatNeverComes() async throws {
        let silent = try SilentListener()
        var configuration = MQTTConfiguration(url: "mqtts://127.0.0.1:\(silent.port)", clientID: "a")
        configuration.connectTimeout = .milliseconds(200)
        #expect(await code(configuration) == "connect_timeout")
        let subscriber = Subscriber(configuration: configuration, filters: ["t"], logger: quiet) { _ in }
        subscriber.start()
        // several attempts
        try await Task.sleep(for: .seconds(2))
        let start = ContinuousClock.now
        subscriber.stop()
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
