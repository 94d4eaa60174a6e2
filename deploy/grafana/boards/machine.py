"""One machine: health, its sensors with their limits, states, alarms, predictions, maintenance."""

import alarm_panels
from parts import (
    BARS,
    STATES,
    LIMIT_LINES,
    LOCATION,
    SENSOR,
    SEVERITIES,
    SPAN,
    TWO_DAYS,
    LANGUAGE,
    alarm_link,
    annotations,
    board,
    board_link,
    chosen,
    equipment,
    field,
    graph,
    limits,
    link,
    row,
    sql,
    stat,
    table,
    told,
    trend,
    unit,
    unit_from,
)

IT = "equipment_id = ${equipment:sqlstring}"
ONE = f"{IT} AND sensor = ${{sensor:sqlstring}}"

RUNS = {"running": "green", "idle": "yellow", "stopped": "orange", "unknown": "text"}

BOARD = board(
    "millwright-machine",
    "Machine",
    "All that is known of one machine.",
    [
        (
            4,
            [
                (
                    stat(
                        "State",
                        sql(f"SELECT state FROM report.fleet WHERE {IT}"),
                        "No such machine",
                        text=True,
                        defaults={
                            "mappings": [
                                {
                                    "type": "value",
                                    "options": {
                                        k: {"text": k, "color": c, "index": i}
                                        for i, (k, c) in enumerate(STATES.items())
                                    },
                                }
                            ]
                        },
                        description="maintenance, alarm, silent, anomaly or normal: report.fleet says what each means.",
                        links=[board_link("State per machine", "millwright-plant")],
                    ),
                    4,
                ),
                (
                    stat(
                        "Open alarms",
                        sql(f"SELECT coalesce(sum(alarms), 0) AS alarms FROM report.fleet WHERE {IT}"),
                        "0",
                        colours=[(None, "green"), (1, "red")],
                        links=[board_link("Anomalies and alarms", "millwright-anomalies", "${equipment:queryparam}")],
                    ),
                    4,
                ),
                (
                    stat(
                        "Last value",
                        sql(f"SELECT last_seen FROM report.fleet WHERE {IT} AND last_seen IS NOT NULL"),
                        "Never heard",
                        "dateTimeFromNow",
                        text=True,
                        links=[board_link("Live sensors", "millwright-sensors", "${equipment:queryparam}")],
                    ),
                    4,
                ),
                (
                    stat(
                        "Availability",
                        sql(f"""
SELECT sum(availability * extract(epoch FROM running + idle + stopped)) / nullif(sum(extract(epoch FROM running + idle + stopped))
    FILTER (WHERE availability IS NOT NULL), 0) AS availability
FROM report.machine_state_1h WHERE {IT} AND $__timeFilter(time)"""),
                        "Not known",
                        "percentunit",
                        [(None, "red"), (0.5, "orange"), (0.8, "green")],
                    ),
                    4,
                ),
                (
                    stat(
                        "Remaining life",
                        sql(f"SELECT rul_hours FROM report.fleet WHERE {IT}"),
                        "No estimate",
                        "h",
                        links=[board_link("Maintenance forecast", "millwright-maintenance", "${equipment:queryparam}")],
                    ),
                    4,
                ),
                (
                    stat(
                        "Starts",
                        sql(
                            f"SELECT coalesce(sum(starts), 0) AS starts FROM report.machine_state_1h WHERE {IT} AND $__timeFilter(time)"
                        ),
                        "0",
                    ),
                    4,
                ),
            ],
        ),
        row("Sensors"),
        (
            9,
            [
                (
                    graph(
                        "$sensor of $equipment",
                        [
                            sql(trend("sensor", {"mean": "mean", "min": "min", "max": "max"}, ONE)),
                            limits(ONE),
                            unit("equipment_id = ${equipment:sqlstring} AND name = ${sensor:sqlstring}"),
                        ],
                        "No values in this time",
                        interval="1m",
                        transformations=[unit_from()],
                        overrides=LIMIT_LINES,
                        description="Mean, least and greatest; dashed: the limits of the rules that watch it (report.rule_limit).",
                        links=[board_link("Live sensors", "millwright-sensors", "${equipment:queryparam}")],
                        repeat="sensor",
                        repeatDirection="h",
                        maxPerRow=2,
                    ),
                    24,
                ),
            ],
        ),
        row("States and alarms"),
        (
            8,
            [
                (
                    graph(
                        "Operating state",
                        sql(f"""
SELECT s.time, x.metric, extract(epoch FROM x.value)::float8 AS value
FROM report.machine_state_1h AS s
CROSS JOIN LATERAL (VALUES ('running', s.running), ('idle', s.idle), ('stopped', s.stopped), ('unknown', s.unknown)) AS x (metric, value)
WHERE s.{IT} AND $__timeFilter(s.time) AND {SPAN} <= {TWO_DAYS}
UNION ALL
SELECT s.time, x.metric, extract(epoch FROM x.value)::float8
FROM report.machine_state_1d AS s
CROSS JOIN LATERAL (VALUES ('running', s.running), ('idle', s.idle), ('stopped', s.stopped), ('unknown', s.unknown)) AS x (metric, value)
WHERE s.{IT} AND $__timeFilter(s.time) AND {SPAN} > {TWO_DAYS}
ORDER BY 1"""),
                        "No operating states yet: docs/grafana.md, How a machine's state is known",
                        "s",
                        BARS,
                        overrides=[field(k, colour=c) for k, c in RUNS.items()],
                        description="Time in each state: by hour up to two days, else by day of the plant.",
                    ),
                    12,
                ),
                (
                    alarm_panels.raised(IT),
                    12,
                ),
            ],
        ),
        (
            8,
            [
                (
                    table(
                        "Alarms",
                        told(
                            f"""
SELECT h.raised_at AS raised, h.cleared_at AS cleared, h.severity, h.rule, h.sensor, h.level, h.peak_value AS peak, h.limit_value AS "limit", h.unit,
    extract(epoch FROM h.duration)::float8 AS duration, h.acknowledged_by AS "acknowledged by", h.id
FROM report.alarm_history AS h
WHERE h.{IT} AND (h.cleared_at IS NULL OR $__timeFilter(h.raised_at))
ORDER BY h.cleared_at IS NULL DESC, h.raised_at DESC LIMIT 100""",
                            "h.cleared IS NULL DESC, h.raised DESC",
                        ),
                        "No alarms in this time",
                        overrides=[
                            field("severity", colours=SEVERITIES),
                            field("duration", unit="s"),
                            field("cleared", noValue="stands"),
                            field("id", hidden=True),
                            field("rule", links=[alarm_link()]),
                            field("message", links=[alarm_link()]),
                        ],
                    ),
                    24,
                )
            ],
        ),
        row("Models and maintenance"),
        (
            8,
            [
                (
                    graph(
                        "Score in proportion to its threshold",
                        sql(f"""
SELECT $__timeGroupAlias(p.time, $__interval), p.power || ' ' || p.model_version || ' ' || r.key AS metric, max(ml.finite(r.value)) AS value
FROM ml.serve_ml_predictions AS p
CROSS JOIN LATERAL jsonb_each(p.ratio) AS r
WHERE p.{IT} AND p.stage = 'champion' AND $__timeFilter(p.time)
GROUP BY 1, 2 ORDER BY 1"""),
                        "No predictions in this time",
                        description="Above 1: an anomaly.",
                        defaults={
                            "thresholds": {
                                "mode": "absolute",
                                "steps": [{"value": None, "color": "transparent"}, {"value": 1, "color": "red"}],
                            }
                        },
                        style={"thresholdsStyle": {"mode": "dashed"}},
                        links=[board_link("Models", "millwright-models", "${equipment:queryparam}")],
                    ),
                    12,
                ),
                (
                    table(
                        "Maintenance",
                        sql(f"""
SELECT starts_at AS begins, nullif(ends_at, 'infinity') AS ends, kind, title, status, assignee
FROM plant.maintenance WHERE {IT} AND isfinite(starts_at) ORDER BY starts_at DESC LIMIT 50"""),
                        "No maintenance on record",
                        overrides=[field("ends", noValue="open")],
                        links=[board_link("Maintenance forecast", "millwright-maintenance", "${equipment:queryparam}")],
                    ),
                    12,
                ),
            ],
        ),
        (
            8,
            [
                (
                    table(
                        "Values now",
                        sql(f"""
SELECT sensor, sensor_type AS type, value, unit, time, quality, is_out_of_range AS "out of range"
FROM report.current_value WHERE {IT} AND {chosen("sensor", "sensor")} ORDER BY sensor"""),
                        "No live values yet",
                        links=[board_link("System: clocks, quarantine", "millwright-operation")],
                        overrides=[
                            field(
                                "sensor",
                                links=[
                                    link(
                                        "Live sensors",
                                        "/d/millwright-sensors?${equipment:queryparam}&var-sensor=${__data.fields.sensor:percentencode}&${__url_time_range}",
                                    )
                                ],
                            )
                        ],
                    ),
                    24,
                )
            ],
        ),
    ],
    [LOCATION, equipment(many=False), SENSOR, LANGUAGE],
    refresh="30s",
    annotate=annotations(f" AND {IT}"),
)
