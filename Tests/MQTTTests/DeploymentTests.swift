import Foundation
import MQTT
import Synchronization
import TestSupport
import Testing

/// The broker as it is shipped, and everybody who means harm.
@Suite(.enabled(if: DeployedBroker.isAvailable, "mosquitto, its dynamic security or openssl is not installed"))
struct DeploymentTests {
    static let gateways = "kiln-gw kiln-7 kiln-8\npress-gw press-1\n"

    private func subscriber(
        _ deployed: DeployedBroker, _ recorder: Recorder, clientID: String = "thin-plant-secret", group: String? = nil,
        policy: BatchPolicy = BatchPolicy()
    ) -> Subscriber {
        Subscriber(
            configuration: MQTTConfiguration(
                url: deployed.innerURL(), clientID: clientID, tls: TLSOptions(caFile: deployed.caFile)),
            filters: ["factory/+/+", "serve-ml/+/features", "waveform/+/+"], policy: policy, sharedGroup: group,
            logger: quiet, commit: recorder.commit)
    }

    private func publisher(_ deployed: DeployedBroker, _ user: String, authority: String? = nil) -> Publisher {
        Publisher(
            configuration: MQTTConfiguration(
                url: deployed.url(user), clientID: "whatever", tls: TLSOptions(caFile: authority ?? deployed.caFile)),
            logger: quiet)
    }

    private func raw(_ deployed: DeployedBroker, _ user: String, clientID: String = "raw") throws -> RawClient {
        let client = try RawClient(port: deployed.broker.port)
        try #require(client.connect(clientID, user: user, password: deployed.password(user)) == 0)
        return client
    }

    @Test("Over TLS a gateway's messages reach thin, in batches that are not the broker's default window")
    func path() async throws {
        let deployed = try DeployedBroker(gateways: Self.gateways)
        let recorder = Recorder()
        let thin = subscriber(deployed, recorder, policy: BatchPolicy(linger: .milliseconds(500)))
        thin.start()
        #expect(await thin.connected(), "\(thin.status.lastError ?? "")")
        let gateway = publisher(deployed, "kiln-gw")
        try await onThread {
            try gateway.connect()
            for number in 0..<4000 {
                try gateway.publish(topic: "factory/kiln-7/t", payload: Array(String(number).utf8))
            }
            _ = gateway.flush(timeout: .seconds(30))
        }
        #expect(await eventually(within: .seconds(60)) { recorder.distinct == 4000 })
        #expect(recorder.largestBatch > 1000)
        gateway.close()
        thin.stop()
    }

    @Test("Each door has its own keys, and no key but its own opens it")
    func doors() async throws {
        let deployed = try DeployedBroker(gateways: Self.gateways)
        let port = deployed.broker.port
        let thinPassword = deployed.password("thin")
        let urls = [
            "mqtts://127.0.0.1:\(port)", deployed.url("kiln-gw", password: "wrong"),
            deployed.url("kiln-gw", password: deployed.password("press-gw")), deployed.url("nobody", password: "x"),
            deployed.url("thin", password: thinPassword), deployed.innerURL("kiln-gw"),
            deployed.innerURL("thin", password: "wrong"), "mqtts://127.0.0.1:\(deployed.broker.innerPort)",
            // without TLS there is nothing to talk to
            "mqtt://kiln-gw:\(deployed.password("kiln-gw"))@127.0.0.1:\(port)",
        ]
        for url in urls {
            await #expect(throws: MQTTError.self, "\(url)") {
                try await onThread {
                    try Publisher(
                        configuration: MQTTConfiguration(
                            url: url, clientID: "b", tls: TLSOptions(caFile: deployed.caFile),
                            connectTimeout: .seconds(3)),
                        logger: quiet
                    ).connect()
                }
            }
        }
        // a broker that another authority vouches for is not ours
        let deceived = publisher(deployed, "kiln-gw", authority: deployed.strangerCAFile)
        await #expect(throws: MQTTError.self) { try await onThread { try deceived.connect() } }
    }

    @Test(
        "A gateway subscribes to nothing: not to its own, not to all, not to a share of thin's",
        arguments: [false, true])
    func subscriptions(_ keepsClientIDs: Bool) async throws {
        let deployed = try DeployedBroker(
            gateways: Self.gateways, usesTLS: false, keepsClientIDs: keepsClientIDs)
        let stranger = try RawClient(port: deployed.broker.port)
        #expect(stranger.connect("nobody") != 0)
        let atThinsDoor = try RawClient(port: deployed.broker.innerPort)
        #expect(atThinsDoor.connect("t", user: "press-gw", password: deployed.password("press-gw")) != 0)
        let recorder = Recorder()
        let thin = subscriber(deployed, recorder, group: "thin")
        thin.start()
        #expect(await thin.connected())
        for version: UInt8 in [4, 5] {
            for filter in [
                "#", "+/+/+", "factory/kiln-7/t", "factory/#", "$SYS/#", "$SYS/broker/version", "$CONTROL/#",
                "$share/thin/factory/+/+", "$share/thin/#", "$share/other/factory/#",
            ] {
                let thief = try RawClient(port: deployed.broker.port)
                let user = "press-gw"
                #expect(
                    thief.connect(
                        "t", user: user, password: deployed.password(user), clean: false, version: version) == 0)
                let code = thief.subscribe(filter, version: version)
                #expect(code == nil || code! >= 0x80, "\(filter): \(String(describing: code))")
            }
        }
        let gateway = try raw(deployed, "kiln-gw")
        for number in 0..<50 { #expect(gateway.publish("factory/kiln-7/t", String(number))) }
        #expect(await eventually(within: .seconds(60)) { recorder.distinct == 50 })
        thin.stop()
    }

    @Test("A gateway speaks for its machines only: by message, by will, retained or not")
    func publishing() async throws {
        let deployed = try DeployedBroker(gateways: Self.gateways, usesTLS: false)
        let recorder = Recorder()
        let thin = subscriber(deployed, recorder)
        thin.start()
        #expect(await thin.connected())
        let foreign = [
            "factory/press-1/t", "factory/press-1", "factory/kiln-70/t", "factory/kiln-7x", "factory//t",
            "serve-ml/press-1/features", "waveform/press-1/current", "factory/kiln-7/a/b", "unity/sensors/press-1/data",
            "kiln-7/factory/t", "Factory/kiln-7/t", "$SYS/broker/version", "$CONTROL/dynamic-security/v1",
            "serve-ml/kiln-7/other", "factory/kiln-7/../press-1",
        ]
        let gateway = try raw(deployed, "kiln-gw")
        for topic in foreign { gateway.publish(topic, "foreign \(topic)") }
        for topic in foreign {
            let dying = try RawClient(port: deployed.broker.port)
            #expect(
                dying.connect(
                    "d", user: "press-gw", password: deployed.password("press-gw"),
                    will: RawClient.Will(topic: topic.replacingOccurrences(of: "press-1", with: "kiln-8"))) == 0)
            // the connection ends without DISCONNECT when the value goes away: the broker speaks the will
        }
        for wildcard in ["factory/+/t", "factory/#", "#"] {
            let client = try raw(deployed, "press-gw")
            client.publish(wildcard, "wildcard")
        }
        // MQTT 3.1.1 that retains is sent away, and so is a will that would be
        let keeper = try raw(deployed, "press-gw")
        #expect(!keeper.publish("factory/press-1/t", "retained", retained: true))
        let last = try RawClient(port: deployed.broker.port)
        _ = last.connect(
            "w", user: "press-gw", password: deployed.password("press-gw"),
            will: RawClient.Will(topic: "factory/press-1/t", retained: true))
        for topic in [
            "factory/kiln-7/t", "factory/kiln-8/t", "serve-ml/kiln-7/features", "waveform/kiln-8/current",
        ] {
            #expect(try raw(deployed, "kiln-gw").publish(topic, "own \(topic)"))
        }
        #expect(await eventually(within: .seconds(60)) { recorder.distinct >= 4 })
        let seen = recorder.state.withLock { Set($0.committed.keys) }
        #expect(seen.allSatisfy { $0.hasPrefix("own ") }, "\(seen)")
        thin.stop()
    }

    @Test("Whoever says that it is thin is not: its session, its queue and its connection stay", arguments: [4, 5])
    func takeover(_ version: UInt8) async throws {
        let deployed = try DeployedBroker(gateways: Self.gateways, usesTLS: false)
        let recorder = Recorder()
        let clientID = "thin-plant-secret"
        var thin = subscriber(deployed, recorder, clientID: clientID)
        thin.start()
        #expect(await thin.connected())
        func steal() throws {
            let thief = try RawClient(port: deployed.broker.port)
            let password = deployed.password("press-gw")
            #expect(thief.connect(clientID, user: "press-gw", password: password, version: version) == 0)
            for user in ["thin", "press-gw"] {
                let other = try RawClient(port: deployed.broker.innerPort)
                #expect(other.connect(clientID, user: user, password: password, version: version) != 0)
            }
        }
        try steal()
        let gateway = try raw(deployed, "kiln-gw")
        #expect(gateway.publish("factory/kiln-7/t", "before"))
        #expect(await eventually(within: .seconds(60)) { recorder.distinct == 1 })
        #expect(thin.status.reconnects == 0 && thin.status.connected)
        thin.stop()
        for number in 0..<20 { #expect(gateway.publish("factory/kiln-7/t", "queued \(number)")) }
        try steal()
        thin = subscriber(deployed, recorder, clientID: clientID)
        thin.start()
        #expect(await eventually(within: .seconds(60)) { recorder.distinct == 21 })
        thin.stop()
    }

    @Test("A gateway cannot throw another one out, whatever client id it claims")
    func gatewaysAmongThemselves() throws {
        let deployed = try DeployedBroker(gateways: Self.gateways, usesTLS: false)
        let kiln = try raw(deployed, "kiln-gw", clientID: "same")
        for clientID in ["same", "kiln-gw", "", String(repeating: "x", count: 65_000)] {
            let other = try RawClient(port: deployed.broker.port)
            _ = other.connect(clientID, user: "press-gw", password: deployed.password("press-gw"))
            #expect(kiln.publish("factory/kiln-7/t"), "\(clientID.prefix(20))")
        }
    }

    @Test("Too long, too large, too many and broken: the broker and the others live on")
    func limits() async throws {
        let deployed = try DeployedBroker(gateways: Self.gateways, usesTLS: false)
        let recorder = Recorder()
        let thin = subscriber(deployed, recorder)
        thin.start()
        #expect(await thin.connected())
        let port = deployed.broker.port
        // a topic as long as the protocol allows, one that is too deep, and a packet beyond max_packet_size
        try raw(deployed, "kiln-gw").publish("factory/kiln-7/" + String(repeating: "t", count: 65_500), "long topic")
        try raw(deployed, "kiln-gw").publish("factory/kiln-7" + String(repeating: "/a", count: 30_000), "deep")
        #expect(
            try !raw(deployed, "kiln-gw").publish("factory/kiln-7/t", String(repeating: "x", count: 4_400_000)))
        // packets that announce more than they bring, or nothing that is MQTT
        var idle: [RawClient] = []
        for bytes: [UInt8] in [
            [0x10, 0xff, 0xff, 0xff, 0x7f], [0x10, 0xff, 0xff, 0xff, 0xff, 0xff], Array("GET / HTTP/1.1\r\n\r\n".utf8),
            [0x82, 0x00], [0x00], [0xf0, 0xff, 0x01], [],
        ] {
            for _ in 0..<40 {
                let client = try RawClient(port: port)
                client.sendBytes(bytes)
                idle.append(client)
            }
        }
        #expect(try raw(deployed, "kiln-gw").publish("factory/kiln-7/t", "good"))
        #expect(await eventually(within: .seconds(60)) { recorder.state.withLock { $0.committed["good"] } != nil })
        #expect(recorder.state.withLock { $0.committed["deep"] } == nil)
        #expect(thin.status.reconnects == 0 && !idle.isEmpty)
        thin.stop()
    }

    @Test("A flood while thin is away does not keep thin from coming back, and strangers' sockets do not either")
    func flood() async throws {
        // a hundredth of everything: 43 MB of memory, 9 MB or 20,000 messages of queue, 81 connections
        let deployed = try DeployedBroker(gateways: Self.gateways, usesTLS: false, scale: 100)
        let recorder = Recorder()
        var thin = subscriber(deployed, recorder)
        thin.start()
        #expect(await thin.connected())
        thin.stop()
        // 40 MB in messages of 10 KB, more than the queue and about what the memory would hold
        let flooder = try raw(deployed, "kiln-gw")
        let body = String(repeating: "x", count: 10_000)
        for number in 0..<4000 {
            guard flooder.publish("factory/kiln-7/t", "\(number) \(body)") else { break }
        }
        var idle: [RawClient] = []
        for _ in 0..<200 { idle.append(try RawClient(port: deployed.broker.port)) }
        thin = subscriber(deployed, recorder)
        thin.start()
        #expect(await thin.connected(), "\(thin.status.lastError ?? "")")
        // what the queue promised: 9 MB of it
        #expect(await eventually(within: .seconds(60)) { recorder.distinct > 800 })
        #expect(thin.status.reconnects == 0)
        idle = []
        #expect(
            await eventually(within: .seconds(60)) {
                (try? self.raw(deployed, "press-gw").publish("factory/press-1/t", "after the flood")) == true
            })
        #expect(
            await eventually(within: .seconds(60)) {
                recorder.state.withLock { $0.committed["after the flood"] } != nil
            })
        thin.stop()
    }
}
