import Postgres

/// What to subscribe to: the enabled rows of `ingest.topic_decoder`.
struct Subscriptions: Sendable, Equatable {
    /// MQTT topic filters, in order of priority.
    let filters: [String]
    /// Those of them whose messages `thin` reads itself.
    let ownFilters: [TopicRouter.Filter]

    /// Filters of one lane. What `thin` reads itself waits for inference and travels apart, so that points never wait for it.
    func filters(of lane: IngestLane) -> [String] {
        let own = Set(ownFilters.map { $0.levels.joined(separator: "/") })
        return filters.filter { own.contains($0) == (lane == .inference) }
    }

    /// - Parameter featureTopic: `SERVE_ML_FEATURE_TOPIC`; takes the place of the table's filter for features.
    static func load(from database: Client, featureTopic: String) async throws -> Subscriptions {
        let rows = try await database.query("SELECT mqtt_filter, decoded_by_thin, kind FROM ingest.subscriptions()")
        var filters: [String] = []
        var own: [TopicRouter.Filter] = []
        for row in rows {
            guard var filter = row.string(0) else { continue }
            if row.bool(1) == true {
                switch row.string(2) {
                case "serve-ml":
                    filter = featureTopic
                    own.append(TopicRouter.Filter(kind: .features, filter: filter))
                case "waveform":
                    own.append(TopicRouter.Filter(kind: .waveform, filter: filter))
                default:
                    continue  // a kind that a newer program knows
                }
            }
            filters.append(filter)
        }
        return Subscriptions(filters: filters, ownFilters: own)
    }
}
