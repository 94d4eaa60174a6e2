import Foundation

/// A broker as it is deployed: deploy/mosquitto/mosquitto.conf with paths and ports of its own, accounts made by
/// deploy/mosquitto/make-access, certificates by deploy/mosquitto/make-certificates.
public struct DeployedBroker: Sendable {
    public let broker: TestBroker
    public let usesTLS: Bool

    /// What the configuration needs of this machine.
    public static var isAvailable: Bool {
        TestBroker.isAvailable && plugin != nil && TestTool.find("openssl") != nil
    }

    /// - Parameters:
    ///   - gateways: lines of the file of that name: gateway, then its machines.
    ///   - usesTLS: false leaves the certificates out, for clients that speak bytes.
    ///   - keepsClientIDs: as `make run` has it (scripts/lib/broker.sh), whose tools share an account.
    ///   - scale: limits of memory, queue and connections are divided by it, so that a test reaches them.
    public init(gateways: String, usesTLS: Bool = true, keepsClientIDs: Bool = false, scale: Int = 1) throws {
        let scripts = Self.deploy.appendingPathComponent("mosquitto")
        var text = try String(contentsOf: scripts.appendingPathComponent("mosquitto.conf"), encoding: .utf8)
        if scale > 1 {
            let scaled = [
                "memory_limit", "max_queued_messages", "max_queued_bytes", "max_inflight_bytes", "max_connections",
            ]
            text = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                let words = line.split(separator: " ")
                guard words.count == 2, scaled.contains(String(words[0])), let number = Int(words[1]) else {
                    return String(line)
                }
                return "\(words[0]) \(max(number / scale, 8))"
            }.joined(separator: "\n")
        }
        var dropped: [String] = []
        if !usesTLS { dropped += ["certfile ", "keyfile ", "tls_version "] }
        if keepsClientIDs { dropped.append("use_username_as_clientid ") }
        if !dropped.isEmpty {
            text = text.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { line in !dropped.contains { line.hasPrefix($0) } }.joined(separator: "\n")
        }
        for (shipped, ours) in [
            ("listener 8883", "listener PORT 127.0.0.1"), ("listener 8884", "listener INNER 127.0.0.1"),
            ("/usr/lib/mosquitto_dynamic_security.so", Self.plugin ?? ""), ("/mosquitto/data/", "FOLDER/"),
            ("/mosquitto/config/gateways.json", "FOLDER/mosquitto_gateways.json"),
            ("/mosquitto/config/passwords", "FOLDER/mosquitto_thin_password"),
            ("/mosquitto/config/thin.acl", scripts.appendingPathComponent("thin.acl").path),
            ("/mosquitto/config/server.pem", "FOLDER/mqtt_server.pem"),
            ("/mosquitto/config/server.key", "FOLDER/mqtt_server.key"),
            ("log_dest stdout", "log_dest file FOLDER/log.txt"),
        ] { text = text.replacingOccurrences(of: shipped, with: ours) }
        var options = TestBroker.Options()
        options.configuration = text
        options.prepare = { folder in
            try gateways.write(to: folder.appendingPathComponent("gateways"), atomically: true, encoding: .utf8)
            try TestTool.run("sh", [scripts.appendingPathComponent("make-access").path, folder.path])
            let names = ["localhost", "127.0.0.1"]
            try TestTool.run(
                "sh", [scripts.appendingPathComponent("make-certificates").path, folder.path] + names)
            try TestCertificates.make(in: folder.appendingPathComponent("stranger"))
        }
        broker = try TestBroker(options)
        self.usesTLS = usesTLS
    }

    public var caFile: String { broker.folder.appendingPathComponent("mqtt_ca.pem").path }
    /// Of an authority that signed nothing here.
    public var strangerCAFile: String { broker.folder.appendingPathComponent("stranger/stranger.pem").path }

    public func password(_ user: String) -> String {
        let file = broker.folder.appendingPathComponent("\(user)_mqtt_password")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }

    /// The gateways' door.
    public func url(_ user: String, password: String? = nil) -> String {
        url(user, password, broker.port)
    }
    /// thin's door.
    public func innerURL(_ user: String = "thin", password: String? = nil) -> String {
        url(user, password, broker.innerPort)
    }

    private func url(_ user: String, _ password: String?, _ port: Int) -> String {
        "\(usesTLS ? "mqtts" : "mqtt")://\(user):\(password ?? self.password(user))@127.0.0.1:\(port)"
    }

    /// Links resolved: the sources may be built from a package that links to them.
    private static let deploy = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("deploy")

    private static let plugin: String? = {
        let name = "mosquitto_dynamic_security.so"
        let folders = ["/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/local/lib"]
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
    }()
}
