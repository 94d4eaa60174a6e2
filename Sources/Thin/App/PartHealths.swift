import Foundation
import Postgres
import ServeML

/// What `/health` says about each part.
enum PartHealths {
    static func register(
        in health: HealthMonitor, database: Client, routes: RouteStore, hub: NotificationHub, relay: RelayService,
        bundles: BundleWatch, inference: InferenceEngine, ingest: IngestService
    ) {
        health.register("database") {
            // the client's queue would wait longer than a health check may
            guard database.isConnected else { return .unhealthy("not connected") }
            let result = try await database.query("SELECT ops.health()::text")
            return PartHealth(database: result.first?.string(0))
        }
        health.register("http") {
            guard let snapshot = routes.snapshot else { return .unhealthy("the routes were not loaded yet") }
            return .healthy(["routes": String(snapshot.table.routes.count)])
        }
        health.register("broker") {
            let state = ingest.health
            let facts = ["held_messages": String(state.heldMessages)]
            if !state.connected { return .unhealthy(state.lastError ?? "not connected", facts) }
            if state.stalled { return .unhealthy("commits fail, messages are held: \(state.lastError ?? "")", facts) }
            return state.refusal.map { .degraded($0, facts) } ?? .healthy(facts)
        }
        health.register("notifications") {
            let facts = ["clients": String(hub.clientCount), "newest": String(hub.newest)]
            return hub.isFollowing ? .healthy(facts) : .unhealthy("the outbox cannot be followed", facts)
        }
        health.register("relay") {
            let state = relay.health
            let facts = ["last_run": state.lastRun.map { String.json(ISO8601.string(from: $0)) } ?? "null"]
            return state.lastError.map { .unhealthy($0, facts) } ?? .healthy(facts)
        }
        health.register("models") {
            let facts = [
                "served": String(inference.store.keys.count), "rejected": String(inference.store.rejected.count),
            ]
            // a rejected bundle is somebody's mistake, not this process's: it is shown, and the rest is served
            return bundles.hasSynced
                ? .healthy(facts) : .unhealthy("the bundles were not told to the registry yet", facts)
        }
    }
}

/// What `/metrics` says about the database's connections and the notification clients.
enum DatabaseMetrics {
    static func register(in metrics: MetricsRegistry, database: Client, hub: NotificationHub) {
        metrics.function("thin_websocket_clients", "Connected notification clients.") { Double(hub.clientCount) }
        metrics.function("thin_outbox_newest_seq", "Newest outbox sequence number known here.") { Double(hub.newest) }
        metrics.function("thin_database_connected", "Connections of the request pool that are ready.") {
            Double(database.status.connected)
        }
        metrics.function("thin_database_waiting", "Requests that wait for a connection.") {
            Double(database.status.waiting)
        }
        let waits = metrics.histogram(
            "thin_database_wait_seconds",
            "Time that requests waited for a connection of the request pool, those that gave up included.")
        database.observeWaits { waits.observe($0) }
        metrics.function("thin_database_in_flight", "Requests that wait for the database's answer.") {
            Double(database.status.inFlight)
        }
        metrics.function(
            "thin_database_connection_failures_total", "Connections lost or not made.", kind: .counter
        ) { Double(database.status.connectionFailures) }
    }
}

extension PartHealth {
    /// Reads `ops.health()`: `{"status": "ok" | "degraded" | …, "problems": [text], …}`; what else it says is passed on.
    /// A status that is not known counts as down.
    init(database json: String?) {
        self = .unhealthy("ops.health() says nothing")
        guard let json else { return }
        let bytes = Array(json.utf8)
        guard let value = try? JSONScanner.value(of: bytes), value.kind == .object,
            let members = try? JSONScanner.members(of: value, in: bytes)
        else { return }
        var facts: [String: String] = [:]
        var status = "ok"
        var problems: [String] = []
        for (name, member) in members {
            switch (name, member.kind) {
            case ("status", .string): status = (try? JSONScanner.string(member, in: bytes)) ?? status
            case ("problems", .array):
                for element in (try? JSONScanner.elements(of: member, in: bytes)) ?? [] where element.kind == .string {
                    if let text = try? JSONScanner.string(element, in: bytes) { problems.append(text) }
                }
                facts[name] = JSONScanner.text(member, in: bytes)
            default: facts[name] = JSONScanner.text(member, in: bytes)
            }
        }
        let level = HealthLevel(rawValue: status) ?? .down
        let problem = problems.isEmpty ? status : problems.joined(separator: "; ")
        self = PartHealth(level: level, problem: level == .ok ? nil : problem, facts: facts)
    }
}
