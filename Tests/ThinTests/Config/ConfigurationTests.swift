import Foundation
import Logging
import Testing

@testable import Thin

@Suite struct ConfigurationTests {
    private static let good = [
        "DATABASE_URL": "postgresql://thin:pw@db/millwright", "MQTT_URL": "mqtt://broker:1883",
        "SECRET_KEY": "8f2c1de0a4b6978812ab34cd56ef7890a1b2c3d4",
    ]

    private func problems(_ changes: [String: String?]) -> [String] {
        do {
            _ = try Configuration.load(
                from: Self.good.merging(changes.compactMapValues { $0 }) { $1 }.filter { changes[$0.key] != .some(nil) }
            )
            return []
        } catch {
            return (error as? ConfigurationError)?.problems.map(\.name) ?? ["?"]
        }
    }

    @Test func defaultsAreTheDocumentedOnes() throws {
        let configuration = try Configuration.load(from: Self.good)
        #expect(configuration.http == SocketAddressSetting(host: "127.0.0.1", port: 8000))
        #expect(configuration.metrics == SocketAddressSetting(host: "127.0.0.1", port: 9091))
        #expect(configuration.serveMLRoot == "/app/serve_ml" && !configuration.serveMLEnableXGB)
        #expect(
            configuration.logFormat == .text && configuration.logLevel == .info && configuration.enableNotifications)
    }

    @Test func theOriginalSystemsEnvironmentIsUnderstood() throws {
        func load(_ changes: [String: String], without: Set<String> = []) throws -> Configuration {
            try Configuration.load(from: Self.good.filter { !without.contains($0.key) }.merging(changes) { $1 })
        }
        let old = try load(
            ["TIMESCALE_URL": "postgresql+asyncpg://u:p@db:5433/plant", "MQTT_BROKER_HOST": "broker.old"],
            without: ["DATABASE_URL", "MQTT_URL"])
        #expect(
            old.databaseURL.value == "postgresql://u:p@db:5433/plant" && old.mqttURL.value == "mqtt://broker.old:1883")
        let both = try load(["TIMESCALE_URL": "postgresql://t/x", "MQTT_BROKER_HOST": "h", "MQTT_BROKER_PORT": "1884"])
        #expect(both.databaseURL.value == "postgresql://t/x" && both.mqttURL.value == "mqtt://broker:1883")
        let six = try load(["MQTT_BROKER_HOST": "fd00::1", "MQTT_BROKER_PORT": "1884"], without: ["MQTT_URL"])
        #expect(six.mqttURL.value == "mqtt://[fd00::1]:1884")
        #expect(
            problems(["MQTT_URL": nil, "MQTT_BROKER_HOST": "h", "MQTT_BROKER_PORT": "many"]) == ["MQTT_BROKER_PORT"])
        #expect(problems(["MQTT_URL": nil]) == ["MQTT_URL"])
    }

    @Test func allProblemsComeAtOnce() {
        #expect(
            problems([
                "DATABASE_URL": nil, "MQTT_URL": "http://x", "SECRET_KEY": "short", "THIN_HTTP": "a:b:c",
                "LOG_LEVEL": "loud",
                "LOG_FORMAT": "xml", "SERVE_ML_ENABLE_XGB": "maybe", "SMTP_URL": "smtp://mail:25",
                "THIN_DATABASE_CONNECTIONS": "0",
            ]).sorted() == [
                "DATABASE_URL", "LOG_FORMAT", "LOG_LEVEL", "MQTT_URL", "SECRET_KEY", "SERVE_ML_ENABLE_XGB", "SMTP_FROM",
                "THIN_DATABASE_CONNECTIONS", "THIN_HTTP",
            ])
    }

    @Test(arguments: [
        "changeme-changeme-changeme-changeme", "your-secret-key-here-your-secret-key",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "0123456789abcdef0123456789abcdef", "supersecretsupersecretsupersecret12", "31-bytes-are-one-too-few-xyz-12",
    ])
    func defaultsAndWeakKeysAreRefused(_ key: String) {
        #expect(problems(["SECRET_KEY": key]) == ["SECRET_KEY"])
        #expect(problems(["SECRET_KEYS_PREVIOUS": key]) == ["SECRET_KEYS_PREVIOUS"])
    }

    @Test func secretsAreNeverPrinted() throws {
        let configuration = try Configuration.load(
            from: Self.good.merging(["SLACK_BOT_TOKEN": "xoxb-verysecret"]) { $1 })
        for text in ["\(configuration)", String(reflecting: configuration), "\(configuration.keys)"] {
            #expect(!text.contains("pw@") && !text.contains("8f2c1de0") && !text.contains("verysecret"))
        }
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("8f2c1de0") && !dumped.contains("verysecret"))
        do {
            _ = try Configuration.load(from: [
                "SECRET_KEY": "hunter2", "SMTP_URL": "smpt://user:hunter2@x", "MQTT_URL": "x:hunter2",
            ])
        } catch { #expect(!"\(error)".contains("hunter2")) }
    }

    @Test func valuesComeFromFiles() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("thin-test-\(UUID().uuidString)")
        try Data("\(Self.good["SECRET_KEY"]!)\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var variables = Self.good
        variables["SECRET_KEY"] = nil
        variables["SECRET_KEY_FILE"] = file.path
        #expect(try Configuration.load(from: variables).keys.current.secret.value == Self.good["SECRET_KEY"])
        #expect(problems(["SECRET_KEY_FILE": file.path]) == ["SECRET_KEY"], "set twice")
        #expect(problems(["SECRET_KEY": nil, "SECRET_KEY_FILE": "/does/not/exist"]) == ["SECRET_KEY_FILE"])
        #expect(problems(["SECRET_KEY": nil, "SECRET_KEY_FILE": "/tmp"]) == ["SECRET_KEY_FILE"])
        // an empty file is what a composition has for a secret that is not set
        #expect(problems(["SMTP_URL_FILE": "/dev/null", "SECRET_KEYS_PREVIOUS_FILE": "/dev/null"]) == [])
        #expect(problems(["SECRET_KEY_FILE": "/dev/null"]) == [])
    }

    @Test func brokerCredentialsAreEncodedIntoTheURL() throws {
        let variables = Self.good.merging(["MQTT_USERNAME": "me", "MQTT_PASSWORD": "p@ss/word:1"]) { $1 }
        let url = try Configuration.load(from: variables).mqttURL.value
        let components = try #require(URLComponents(string: url))
        #expect(components.user == "me" && components.password == "p@ss/word:1" && components.host == "broker")
        #expect(problems(["MQTT_PASSWORD": "x"]) == ["MQTT_PASSWORD"])
    }

    @Test(arguments: [
        ("8000", "127.0.0.1", 8000), (":8000", "127.0.0.1", 8000), ("0.0.0.0:80", "0.0.0.0", 80),
        ("[::1]:81", "::1", 81),
        ("localhost:0", "localhost", 0),
    ])
    func addresses(_ text: String, _ host: String, _ port: Int) {
        #expect(SocketAddressSetting(text) == SocketAddressSetting(host: host, port: port))
    }

    @Test(arguments: ["", "a", "::1:80", "a:99999", "a:-1", "[::1]80"])
    func addressesThatAreNone(_ text: String) {
        #expect(SocketAddressSetting(text) == nil)
    }

    @Test func keyIdentifiersRevealNothingAndDiffer() {
        let one = TokenKeys.Key(Secret(value: "8f2c1de0a4b6978812ab34cd56ef7890"))
        let two = TokenKeys.Key(Secret(value: "8f2c1de0a4b6978812ab34cd56ef7891"))
        #expect(one.identifier != two.identifier && one.identifier.count == 16)
    }
}
