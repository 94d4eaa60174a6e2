/// The numbers of the way in.
struct IngestMetrics: Sendable {
    let messages: Counter
    let stored: Counter
    let duplicates: Counter
    let quarantined: Counter
    let transitions: Counter
    let predictions: Counter
    let waveforms: Counter
    let batchSeconds: Histogram
    let batchMessages: Histogram
    let lag: Gauge
    let splits: Counter

    init(_ registry: MetricsRegistry, lane: IngestLane) {
        messages = registry.counter("thin_mqtt_messages_total", "MQTT messages committed and acknowledged.")
        stored = registry.counter("thin_points_stored_total", "Points stored, each counted once.")
        duplicates = registry.counter("thin_points_duplicate_total", "Points that were stored already (redelivery).")
        quarantined = registry.counter("thin_messages_quarantined_total", "Messages put into ingest.quarantine.")
        transitions = registry.counter("thin_alarm_transitions_total", "Alarm transitions caused by ingested points.")
        predictions = registry.counter("thin_predictions_total", "Predictions computed for MQTT messages and stored.")
        waveforms = registry.counter(
            "thin_waveforms_stored_total", "Waveforms whose features were stored, each counted once.")
        batchSeconds = registry.histogram(
            "thin_ingest_batch_seconds", "Time from handing a batch over to its commit.",
            labels: ["lane": lane.rawValue])
        batchMessages = registry.histogram(
            "thin_ingest_batch_messages", "Messages in a committed batch.", labels: ["lane": lane.rawValue],
            buckets: [1, 10, 50, 100, 500, 1000, 2000, 4096])
        lag = registry.gauge(
            "thin_ingest_lag_seconds", "From arrival of the oldest message of the last batch to its commit.",
            labels: ["lane": lane.rawValue])
        splits = registry.counter(
            "thin_ingest_batch_splits_total", "Batches cut in two because the database refused them for what they hold."
        )
    }
}
