"""Anomalies and alarms: what stands, what was raised, what the models found."""

import alarm_panels
from parts import (
    LOCATION,
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
    fields,
    graph,
    largest_ratio,
    link,
    machine_link,
    row,
    sql,
    stat,
    table,
    told,
)

THEIRS = chosen("equipment_id", "equipment")
# alarms of Millwright itself belong to no machine
ALARMS = f"({THEIRS} OR equipment_id IS NULL)"
SEEN = alarm_panels.SEEN
models = link(
    "Models", "/d/millwright-models?var-equipment=${__data.fields.equipment:percentencode}&${__url_time_range}"
)

BOARD = board(
    "millwright-anomalies",
    "Anomalies and alarms",
    "What stands, what was raised, and what the models found.",
    [
        (
            4,
            [
                (
                    alarm_panels.open_by_severity(ALARMS),
                    10,
                ),
                (
                    stat(
                        "Not acknowledged",
                        sql(
                            f"SELECT count(*) AS alarms FROM report.active_alarm WHERE NOT acknowledged AND {SEEN} AND {ALARMS}"
                        ),
                        "0",
                        colours=[(None, "green"), (1, "red")],
                        links=[board_link("State per machine", "millwright-plant", "${location:queryparam}")],
                    ),
                    4,
                ),
                (
                    stat(
                        "Held back",
                        sql(f"SELECT count(*) AS alarms FROM report.active_alarm WHERE NOT ({SEEN}) AND {ALARMS}"),
                        "0",
                        description="Shelved, suppressed or out of service.",
                        links=[board_link("Alarm system", "millwright-alarms")],
                    ),
                    4,
                ),
                (
                    stat(
                        "Anomalies",
                        sql(f"""
SELECT count(*) AS anomalies FROM ml.serve_ml_predictions
WHERE is_anomaly AND stage <> 'challenger' AND {THEIRS} AND $__timeFilter(time)"""),
                        "0",
                        links=[board_link("Maintenance forecast", "millwright-maintenance", "${equipment:queryparam}")],
                    ),
                    6,
                ),
            ],
        ),
        (
            10,
            [
                (
                    table(
                        "Open alarms",
                        told(
                            f"""
SELECT id, raised_at AS raised, severity, equipment_id AS equipment, sensor, rule, level, value, limit_value AS "limit", peak_value AS peak, unit, acknowledged,
    acknowledged_by AS "acknowledged by", chattering, severity_rank
FROM report.active_alarm
WHERE {SEEN} AND {ALARMS}
ORDER BY acknowledged, severity_rank DESC, raised_at DESC LIMIT 200""",
                            "h.acknowledged, h.severity_rank DESC, h.raised DESC",
                        ),
                        "No open alarms",
                        overrides=[
                            field("severity", colours=SEVERITIES),
                            field("equipment", links=[machine_link()]),
                            field("rule", links=[alarm_link()]),
                            field("message", links=[alarm_link()]),
                            fields("^(id|severity_rank)$", hidden=True),
                        ],
                        links=[board_link("System", "millwright-operation")],
                        description="A click on a rule or a message opens the alarm on the operator's page, where it can be acknowledged.",
                    ),
                    24,
                )
            ],
        ),
        (
            9,
            [
                (
                    alarm_panels.raised(ALARMS),
                    12,
                ),
                (
                    graph(
                        "Predictions and anomalies",
                        sql(f"""
SELECT x.time, x.metric, sum(x.value) AS value
FROM (
    SELECT a.time, v.metric, v.value FROM report.machine_activity_1h AS a
    CROSS JOIN LATERAL (VALUES ('predictions', a.predictions), ('anomalies', a.anomalies)) AS v (metric, value)
    WHERE a.{THEIRS} AND $__timeFilter(a.time) AND {SPAN} <= {TWO_DAYS}
    UNION ALL
    -- counted once for each modality
    SELECT d.day::timestamp AT TIME ZONE 'UTC', v.metric, max(v.value)
    FROM ml.score_day AS d
    JOIN ml.serve_ml_models AS m ON m.id = d.model_id
    CROSS JOIN LATERAL (VALUES ('predictions', d.predictions), ('anomalies', d.anomalies)) AS v (metric, value)
    WHERE m.{THEIRS} AND d.stage <> 'challenger' AND {SPAN} > {TWO_DAYS}
        AND d.day BETWEEN ($__timeFrom()::timestamptz AT TIME ZONE 'UTC')::date AND ($__timeTo()::timestamptz AT TIME ZONE 'UTC')::date
    GROUP BY d.day, d.model_id, d.stage, v.metric
    UNION ALL
    -- into the last bucket, so that nothing is a line at 0
    SELECT date_trunc(CASE WHEN {SPAN} <= {TWO_DAYS} THEN 'hour' ELSE 'day' END, $__timeTo()::timestamptz, 'UTC'), m, 0
    FROM unnest('{{predictions,anomalies}}'::text[]) AS m
) AS x
GROUP BY 1, 2 ORDER BY 1"""),
                        "No predictions in this time",
                        overrides=[field("anomalies", colour="red"), field("predictions", colour="blue")],
                        description="By hour up to two days, else by day (UTC).",
                    ),
                    12,
                ),
            ],
        ),
        (
            9,
            [
                (
                    graph(
                        "Largest score in proportion to its threshold",
                        largest_ratio(THEIRS),
                        "No predictions in this time",
                        description="By hour up to two days, else by day (UTC). Above 1: an anomaly.",
                        defaults={
                            "thresholds": {
                                "mode": "absolute",
                                "steps": [{"value": None, "color": "transparent"}, {"value": 1, "color": "red"}],
                            }
                        },
                        style={"thresholdsStyle": {"mode": "dashed"}},
                        links=[board_link("Models", "millwright-models")],
                    ),
                    24,
                )
            ],
        ),
        row("What the models found"),
        (
            10,
            [
                (
                    table(
                        "Anomalies",
                        sql(f"""
SELECT p.time, p.equipment_id AS equipment, p.power, p.severity, p.confidence, p.fault_label AS fault, p.model_version AS model,
    (SELECT string_agg(c ->> 'feature', ', ' ORDER BY n) FROM jsonb_array_elements(p.contributions) WITH ORDINALITY AS e (c, n) WHERE n <= 3) AS "because of"
FROM ml.serve_ml_predictions AS p
WHERE p.is_anomaly AND p.stage <> 'challenger' AND p.{THEIRS} AND $__timeFilter(p.time)
ORDER BY p.time DESC LIMIT 200"""),
                        "No anomalies in this time",
                        overrides=[
                            field("severity", colours=SEVERITIES),
                            field("confidence", unit="percentunit", decimals=0),
                            field("equipment", links=[machine_link()]),
                            field("model", links=[models]),
                            field("fault", noValue="not named"),
                        ],
                    ),
                    24,
                )
            ],
        ),
        (
            9,
            [
                (
                    alarm_panels.of_this_time(ALARMS),
                    24,
                )
            ],
        ),
    ],
    [LOCATION, equipment(), LANGUAGE],
    refresh="10s",
    annotate=annotations(f" AND {THEIRS}"),
)
