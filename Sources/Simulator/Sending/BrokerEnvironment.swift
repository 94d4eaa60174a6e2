import ArgumentParser
import Foundation

/// Where the broker is and who we are there, as thin's own variables say it: `MQTT_URL`, `MQTT_USERNAME`, `MQTT_PASSWORD`, each
/// also from the file that `NAME_FILE` names (container secrets).
struct BrokerEnvironment {
    static let loopback = "mqtt://127.0.0.1:1883"

    var variables = ProcessInfo.processInfo.environment

    /// An empty value counts as absent.
    func variable(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The variable, or the content of its file without the line's end.
    func secret(_ name: String) throws -> String? {
        if let value = variable(name) { return value }
        guard let path = variable("\(name)_FILE") else { return nil }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ValidationError("\(name)_FILE names a file that cannot be read: \(path)")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The URL with the user and the password in it. What a URL says of itself counts more than the variables.
    func url(_ given: String?) throws -> String {
        let url = try given ?? secret("MQTT_URL") ?? Self.loopback
        guard var parts = URLComponents(string: url), parts.user == nil, let user = try secret("MQTT_USERNAME") else {
            return url
        }
        parts.user = user
        parts.password = try secret("MQTT_PASSWORD")
        return parts.string ?? url
    }
}
