import Foundation
import Postgres
import Synchronization

/// How well a part, or the whole, is: degraded works, and somebody must look; down does not do what it is for.
enum HealthLevel: String, Sendable, Comparable {
    case ok, degraded, down

    /// 0 ok, 1 degraded, 2 down.
    var rank: Int {
        switch self {
        case .ok: 0
        case .degraded: 1
        case .down: 2
        }
    }

    static func < (left: HealthLevel, right: HealthLevel) -> Bool { left.rank < right.rank }
}

/// The state of one part of the process.
struct PartHealth: Sendable {
    var level: HealthLevel
    /// What is wrong, for people; nil when nothing is.
    var problem: String?
    /// Further members, as JSON text: `["lag_seconds": "0.2"]`.
    var facts: [String: String]

    /// Does what it is for, degraded or not.
    var isHealthy: Bool { level < .down }

    static func healthy(_ facts: [String: String] = [:]) -> PartHealth {
        PartHealth(level: .ok, problem: nil, facts: facts)
    }

    static func degraded(_ problem: String, _ facts: [String: String] = [:]) -> PartHealth {
        PartHealth(level: .degraded, problem: problem, facts: facts)
    }

    static func unhealthy(_ problem: String, _ facts: [String: String] = [:]) -> PartHealth {
        PartHealth(level: .down, problem: problem, facts: facts)
    }
}

/// Parts of the process and how to ask them. Every part registers itself where it is made (App/Application.swift).
final class HealthMonitor: Sendable {
    typealias Probe = @Sendable () async throws -> PartHealth

    /// `/health` answers within a second whatever hangs.
    static let probeDeadline: Duration = .milliseconds(500)

    struct Report: Sendable {
        /// Of the part that is worst.
        let level: HealthLevel
        let json: String
        let parts: [(name: String, level: HealthLevel)]

        /// What a supervisor may restart for is down only.
        var isHealthy: Bool { level < .down }

        func render(into text: inout String) {
            PrometheusText.appendHeader(
                name: "thin_health", help: "Each part as GET /health has it: 0 ok, 1 degraded, 2 down.", type: "gauge",
                to: &text)
            for part in parts {
                let labels: MetricsRegistry.Labels = ["part": part.name]
                text += "thin_health\(labels.text()) \(part.level.rank)\n"
            }
        }
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
        let level = parts.map(\.1.level).max() ?? .ok
        return Report(level: level, json: json(parts, level), parts: parts.map { ($0.0, $0.1.level) })
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

    private func json(_ parts: [(name: String, health: PartHealth)], _ level: HealthLevel) -> String {
        var text = "{\"status\":\"\(level.rawValue)\",\"version\":"
        text.appendJSONString(Version.current)
        text += ",\"instance\":"
        text.appendJSONString(instance)
        text += ",\"time\":\"\(ISO8601.string(from: .now))\",\"problems\":["
        let problems = parts.filter { $0.health.level > .ok }
            .map { "\($0.name): \($0.health.problem ?? $0.health.level.rawValue)" }
        for (index, problem) in problems.enumerated() {
            if index > 0 { text += "," }
            text.appendJSONString(problem)
        }
        text += "],\"parts\":{"
        for (index, (name, health)) in parts.enumerated() {
            if index > 0 { text += "," }
            text.appendJSONString(name)
            text += ":{\"status\":\"\(health.level.rawValue)\""
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
