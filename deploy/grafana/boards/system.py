"""System: process, way in, way out, PostgreSQL, broker, host. What the database says of itself needs no Prometheus."""

from parts import annotations, board, board_link, field, fields, graph, machine_link, prom, row, sql, stat, table

RATE = [(None, "green"), (1, "orange"), (10, "red")]

BOARD = board(
    "millwright-operation",
    "System",
    "Millwright itself: process, way in, way out, PostgreSQL, broker, host.",
    [
        (
            4,
            [
                (
                    stat(
                        "Processes",
                        sql(
                            "SELECT count(*) AS processes FROM ops.process WHERE stopped_at IS NULL AND beat_at > now() - INTERVAL '1 minute'"
                        ),
                        "0",
                        colours=[(None, "red"), (1, "green")],
                        description="Runs of thin that were heard within the last minute.",
                    ),
                    4,
                ),
                (
                    stat(
                        "Brokers connected",
                        sql("""
SELECT count(*) FILTER (WHERE l.is_connected) AS lanes FROM ops.process_lane AS l JOIN ops.process AS p ON p.id = l.process_id
WHERE p.stopped_at IS NULL AND p.beat_at > now() - INTERVAL '1 minute'"""),
                        "0",
                        colours=[(None, "red"), (1, "green")],
                    ),
                    4,
                ),
                (
                    stat(
                        "System failures",
                        sql("SELECT count(*) AS failures FROM alarm.system_failure WHERE level IS NOT NULL"),
                        "0",
                        colours=[(None, "green"), (1, "red")],
                        links=[board_link("Anomalies and alarms", "millwright-anomalies")],
                    ),
                    4,
                ),
                (stat("Messages per second", prom("sum(rate(thin_mqtt_messages_total[1m]))"), "No metrics yet"), 4),
                (
                    stat("Points stored per second", prom("sum(rate(thin_points_stored_total[1m]))"), "No metrics yet"),
                    4,
                ),
                (
                    stat(
                        "Lag",
                        prom("max(thin_ingest_lag_seconds)"),
                        "No metrics yet",
                        "s",
                        [(None, "green"), (5, "orange"), (30, "red")],
                    ),
                    4,
                ),
            ],
        ),
        (
            8,
            [
                (
                    table(
                        "What fails",
                        sql("""
SELECT f.condition, f.object, f.level, f.value, f.limit_value AS "limit", f.unit, f.severity, f.beyond_since AS since, f.alarm_id IS NOT NULL AS told
FROM alarm.system_failure AS f ORDER BY f.beyond_since LIMIT 200"""),
                        "Nothing fails",
                        overrides=[field("level", noValue="back"), field("severity", noValue="not told yet")],
                        description="Conditions of Millwright itself that are beyond a limit (alarm.system_condition, docs/alarms.md).",
                    ),
                    24,
                )
            ],
        ),
        row("Process"),
        (
            8,
            [
                (
                    table(
                        "Processes",
                        sql("""
SELECT instance, version, started_at AS started, beat_at AS beat, stopped_at AS stopped
FROM ops.process ORDER BY stopped_at IS NULL DESC, beat_at DESC LIMIT 20"""),
                        "None was ever heard",
                        overrides=[field("beat", unit="dateTimeFromNow"), field("stopped", noValue="runs")],
                    ),
                    12,
                ),
                (
                    graph(
                        "Memory and processor",
                        [
                            prom('process_resident_memory_bytes{job="thin"}', "memory {{instance}}"),
                            prom('rate(process_cpu_seconds_total{job="thin"}[1m])', "processor {{instance}}"),
                        ],
                        "No metrics yet",
                        overrides=[fields("^memory", unit="bytes"), fields("^processor", unit="percentunit")],
                    ),
                    12,
                ),
            ],
        ),
        row("Way in"),
        (
            8,
            [
                (
                    table(
                        "Brokers",
                        sql("""
SELECT p.instance, l.lane, l.broker, l.is_connected AS connected, l.since, l.held_messages AS held, l.lag_seconds AS lag, l.batches, l.batch_at AS "last batch",
    l.messages, l.reconnects, coalesce(l.error, l.refusal) AS trouble
FROM ops.process_lane AS l JOIN ops.process AS p ON p.id = l.process_id
WHERE p.stopped_at IS NULL ORDER BY 1, 2 LIMIT 50"""),
                        "No process runs",
                        overrides=[
                            field("lag", unit="s"),
                            field("since", unit="dateTimeFromNow"),
                            field("last batch", unit="dateTimeFromNow"),
                            field("trouble", noValue="none"),
                        ],
                    ),
                    14,
                ),
                (
                    graph(
                        "Messages taken from the broker",
                        sql(
                            """
SELECT minute AS time, 'messages' AS metric, messages AS value FROM ops.ingest_minute WHERE $__timeFilter(minute) ORDER BY 1"""
                        ),
                        "None counted in this time",
                        description="By minute; kept for a day.",
                    ),
                    10,
                ),
            ],
        ),
        (
            8,
            [
                (
                    graph(
                        "Points by time of measurement",
                        sql("""
SELECT bucket AS time, 'points' AS metric, sum(count) AS value
FROM rollup.reading_1h WHERE $__timeFilter(bucket) GROUP BY 1 ORDER BY 1"""),
                        "No points in this time",
                        description="By hour.",
                    ),
                    8,
                ),
                (
                    graph(
                        "Messages and points per second",
                        [
                            prom("sum by (instance) (rate(thin_mqtt_messages_total[1m]))", "messages {{instance}}"),
                            prom("sum by (instance) (rate(thin_points_stored_total[1m]))", "points {{instance}}"),
                            prom("sum by (instance) (rate(thin_points_duplicate_total[1m]))", "duplicate {{instance}}"),
                        ],
                        "No metrics yet",
                    ),
                    8,
                ),
                (
                    graph(
                        "Commit of a batch",
                        [
                            prom(
                                "histogram_quantile(0.5, sum by (le) (rate(thin_ingest_batch_seconds_bucket[1m])))",
                                "median",
                            ),
                            prom(
                                "histogram_quantile(0.99, sum by (le) (rate(thin_ingest_batch_seconds_bucket[1m])))",
                                "p99",
                            ),
                        ],
                        "No metrics yet",
                        "s",
                    ),
                    8,
                ),
            ],
        ),
        (
            8,
            [
                (
                    graph(
                        "Trouble",
                        [
                            prom("sum(rate(thin_messages_quarantined_total[1m]))", "quarantined"),
                            prom("sum(rate(thin_mqtt_commit_failures_total[1m]))", "commits failed"),
                            prom("sum(rate(thin_mqtt_reconnects_total[1m]))", "reconnects"),
                            prom("sum(rate(thin_prediction_failures_total[1m]))", "predictions failed"),
                        ],
                        "No metrics yet",
                        description="Per second.",
                    ),
                    8,
                ),
                (
                    table(
                        "Quarantine",
                        sql("""
SELECT topic, reason, status, messages, first_received_at AS first, last_received_at AS last
FROM report.quarantine_summary ORDER BY last_received_at DESC LIMIT 100"""),
                        "Nothing was refused",
                    ),
                    16,
                ),
            ],
        ),
        (
            8,
            [
                (
                    table(
                        "Clocks of machines",
                        sql("""
SELECT equipment_id AS equipment, offset_seconds AS "ahead", is_wrong AS wrong, wrong_since AS "wrong since", measured_at AS measured, historical, unjudged, disowned, stepped_at AS stepped
FROM report.clock ORDER BY abs(offset_seconds) DESC NULLS LAST LIMIT 100"""),
                        "No clock was measured yet",
                        overrides=[
                            field("equipment", links=[machine_link()]),
                            field("ahead", unit="s", noValue="not known"),
                            field("wrong since", noValue=""),
                        ],
                    ),
                    24,
                )
            ],
        ),
        row("Requests and way out"),
        (
            8,
            [
                (
                    graph(
                        "Requests per second",
                        prom("sum by (status) (rate(thin_http_requests_total[1m]))", "{{status}}"),
                        "No metrics yet",
                    ),
                    8,
                ),
                (
                    graph(
                        "Request time, p99",
                        prom(
                            "topk(8, histogram_quantile(0.99, sum by (le, method, route) (rate(thin_http_request_duration_seconds_bucket[5m]))))",
                            "{{method}} {{route}}",
                        ),
                        "No metrics yet",
                        "s",
                    ),
                    8,
                ),
                (
                    graph(
                        "Deliveries",
                        prom("sum by (channel, outcome) (rate(thin_deliveries_total[1m]))", "{{channel}} {{outcome}}"),
                        "No metrics yet",
                    ),
                    8,
                ),
            ],
        ),
        (
            8,
            [
                (
                    table(
                        "Channels",
                        sql("""
SELECT channel, kind, enabled, available, status, deliveries, next_attempt_at AS "next attempt", last_delivered_at AS "last delivered", last_error AS "last error"
FROM report.delivery_summary ORDER BY channel, status"""),
                        "No channels",
                        overrides=[field("status", noValue="nothing yet"), field("last error", noValue="none")],
                    ),
                    24,
                )
            ],
        ),
        row("PostgreSQL"),
        (
            8,
            [
                (stat("Size", sql("SELECT pg_database_size(current_database()) AS size"), "Not known", "bytes"), 4),
                (
                    stat(
                        "Sessions",
                        sql("SELECT count(*) AS sessions FROM pg_stat_activity WHERE datname = current_database()"),
                        "0",
                    ),
                    4,
                ),
                (
                    stat(
                        "Read from memory",
                        sql(
                            "SELECT blks_hit::float8 / nullif(blks_hit + blks_read, 0) AS share FROM pg_stat_database WHERE datname = current_database()"
                        ),
                        "Not known",
                        "percentunit",
                        [(None, "red"), (0.8, "orange"), (0.95, "green")],
                    ),
                    4,
                ),
                (
                    table(
                        "Storage",
                        sql(
                            """
SELECT schema, name, chunks, total_bytes AS size, first_chunk AS "from", last_chunk AS "to", columnstore FROM report.storage ORDER BY total_bytes DESC"""
                        ),
                        "No hypertables",
                        overrides=[field("size", unit="bytes")],
                    ),
                    12,
                ),
            ],
        ),
        (
            9,
            [
                (
                    table(
                        "Jobs",
                        sql("""
SELECT name, enabled, schedule::text AS every, last_success AS "last success", extract(epoch FROM last_duration)::float8 AS took, failures, total_failures AS "failures ever",
    CASE WHEN isfinite(next_start) THEN next_start END AS next
FROM report.job ORDER BY failures DESC, name LIMIT 100"""),
                        "No jobs",
                        overrides=[
                            field("last success", unit="dateTimeFromNow", noValue="never"),
                            field("took", unit="s"),
                            field("failures", background=RATE),
                        ],
                    ),
                    16,
                ),
                (
                    table(
                        "Aggregates",
                        sql(
                            """
SELECT name, CASE WHEN isfinite(watermark) THEN watermark END AS "done to", extract(epoch FROM lag)::float8 AS behind, extract(epoch FROM allowed)::float8 AS allowed FROM ops.aggregate_lag() ORDER BY 1"""
                        ),
                        "No values yet",
                        overrides=[fields("^(behind|allowed)$", unit="s"), field("done to", unit="dateTimeFromNow")],
                    ),
                    8,
                ),
            ],
        ),
        (
            8,
            [
                (
                    graph(
                        "What lies behind",
                        [
                            prom("max by (aggregate) (millwright_aggregate_lag_seconds)", "{{aggregate}}"),
                            prom("max(millwright_outbox_age_seconds)", "outbox"),
                            prom("max(millwright_quarantine_oldest_seconds)", "quarantine"),
                            prom("max(millwright_last_received_seconds)", "last point"),
                        ],
                        "No metrics yet",
                        "s",
                        description="Age of the oldest that waits.",
                    ),
                    8,
                ),
                (
                    graph(
                        "Database connections of thin",
                        [
                            prom("sum by (instance) (thin_database_in_flight)", "in use {{instance}}"),
                            prom("sum by (instance) (thin_database_waiting)", "waiting {{instance}}"),
                        ],
                        "No metrics yet",
                    ),
                    8,
                ),
                (
                    graph(
                        "Wait for a connection, p99",
                        prom(
                            "histogram_quantile(0.99, sum by (le, instance) (rate(thin_database_wait_seconds_bucket[5m])))",
                            "{{instance}}",
                        ),
                        "No metrics yet",
                        "s",
                    ),
                    8,
                ),
            ],
        ),
        row("Host"),
        (
            8,
            [
                (
                    table(
                        "Disks",
                        sql("""
SELECT p.instance, v.path, v.free_bytes AS free, v.total_bytes AS total, 1 - v.free_bytes / v.total_bytes AS used
FROM ops.process_volume AS v JOIN ops.process AS p ON p.id = v.process_id
WHERE p.stopped_at IS NULL ORDER BY used DESC LIMIT 50"""),
                        "No process told of disks",
                        overrides=[
                            fields("^(free|total)$", unit="bytes"),
                            field("used", unit="percentunit", decimals=0, gauge=1),
                        ],
                    ),
                    12,
                ),
                (
                    graph(
                        "Held messages and open files",
                        [
                            prom("sum by (instance) (thin_mqtt_held_messages)", "held {{instance}}"),
                            prom("process_open_fds", "files {{instance}}"),
                        ],
                        "No metrics yet",
                    ),
                    6,
                ),
                (
                    graph(
                        "Log-ins",
                        prom("sum by (outcome) (increase(millwright_login_attempts_total[5m]))", "{{outcome}}"),
                        "No metrics yet",
                        description="In five minutes.",
                    ),
                    6,
                ),
            ],
        ),
    ],
    since="now-6h",
    refresh="10s",
    annotate=annotations(" AND equipment_id IS NULL"),
)
