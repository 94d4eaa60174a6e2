/// What `/health` says about the broker, the relay and the models.
enum IngestHealth {
    static func register(in health: HealthMonitor, ingest: IngestService, relay: RelayService, bundles: BundleWatch) {
        health.register("broker") {
            let state = ingest.health
            let facts = ["held_messages": String(state.heldMessages)]
            guard state.connected else {
                return .unhealthy(
                    [state.lastErrorCode, state.lastError].compactMap(\.self).joined(separator: ": "), facts)
            }
            return .healthy(facts)
        }
        health.register("ingest") {
            let state = ingest.health
            return state.stalled
                ? .unhealthy("the last batch could not be committed: \(state.lastError ?? "no reason given")")
                : .healthy()
        }
        health.register("relay") {
            relay.health.lastError.map { .unhealthy($0) } ?? .healthy()
        }
        health.register("models") {
            bundles.hasSynced ? .healthy() : .unhealthy("the bundles were not told to the registry yet")
        }
    }
}
