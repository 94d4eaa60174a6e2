import Foundation
import Postgres
import Synchronization

/// The state of one part of the process.
struct PartHealth: Sendable {
    var isHealthy: Bool
    /// What is wrong, for people; nil when nothing is.
    var problem: String?
    /// Further members, as JSON text: `["lag_seconds": "0.2"]`.
    var facts: [String: String]

    static func healthy(_ facts: [String: String] = [:]) -> PartHealth {
        PartHealth(isHealthy: true, problem: nil, facts: facts)
    }

    static func unhealthy(_ problem: String, _ facts: [String: String] = [:]) -> PartHealth {
        PartHealth(isHealthy: false, problem: problem, facts: facts)
    }
}

/// Parts of the process and how to ask them. Every part registers itself where it is made (App/Application.swift).
final class HealthMonitor: Sendable {
    typealias Probe = @Sendable () async throws -> PartHealth

    /// `/health` answers within a second whatever hangs.
    static let probeDeadline: Duration = .milliseconds(500)

    struct Report: Sendable {
        let isHealthy: Bool
        let json: String
    }

    private let instance: String
    private let probes = Mutex<[(name: String, probe: Probe)]>([])

    init(instance: String) {
        self.instance = instance
    }

    func register(_ name: String, _ probe: @escaping Probe) {
        probes.withLock { probes in
            probes.removeAll { $0.name == name }
            probes.append((name, probe))
        }
    }

    /// Asks all parts at once.
    func report() async -> Report {
        let probes = probes.withLock { $0 }
        let parts = await withTaskGroup(of: (Int, PartHealth).self) { group in
            for (index, entry) in probes.enumerated() {
                group.addTask { (index, await Self.ask(entry.probe)) }
            }
            var parts: [(Int, PartHealth)] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.map { (probes[$0.0].name, $0.1) }
        }
        return Report(isHealthy: parts.allSatisfy(\.1.isHealthy), json: json(parts))
    }

    private static func ask(_ probe: @escaping Probe) async -> PartHealth {
        do {
            return try await withDeadline(probeDeadline, probe)
        } catch is DeadlineExceeded {
            return .unhealthy("does not answer")
        } catch let error as DatabaseError {
            return .unhealthy(error.isConnectionFailure ? "not connected" : "\(error)")
        } catch {
            return .unhealthy("cannot be asked")
        }
    }

    private func json(_ parts: [(name: String, health: PartHealth)]) -> String {
        let isHealthy = parts.allSatisfy(\.health.isHealthy)
        var text = "{\"status\":\"\(isHealthy ? "ok" : "down")\",\"version\":"
        text.appendJSONString(Version.current)
        text += ",\"instance\":"
        text.appendJSONString(instance)
        text += ",\"time\":\"\(ISO8601.string(from: .now))\",\"problems\":["
        let problems = parts.filter { !$0.health.isHealthy }.map { "\($0.name): \($0.health.problem ?? "down")" }
        for (index, problem) in problems.enumerated() {
            if index > 0 { text += "," }
            text.appendJSONString(problem)
        }
        text += "],\"parts\":{"
        for (index, (name, health)) in parts.enumerated() {
            if index > 0 { text += "," }
            text.appendJSONString(name)
            text += ":{\"status\":\"\(health.isHealthy ? "ok" : "down")\""
            for (fact, value) in health.facts.sorted(by: { $0.key < $1.key }) where fact != "status" {
                text += ","
                text.appendJSONString(fact)
                text += ":\(value)"
            }
            text += "}"
        }
        return text + "}}"
    }
}
