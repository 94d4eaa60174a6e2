"""Maintenance forecast: how long machines will last, and what is due."""

from parts import (
    STATES,
    LOCATION,
    annotations,
    board,
    board_link,
    chosen,
    equipment,
    field,
    fields,
    graph,
    largest_ratio,
    machine_link,
    row,
    sql,
    stat,
    table,
    thresholds,
)

THEIRS = chosen("equipment_id", "equipment")
DAYS = [(None, "red"), (0, "orange"), (7, "yellow"), (30, "green")]

BOARD = board(
    "millwright-maintenance",
    "Maintenance forecast",
    "Remaining life with its interval, health, trends, and what is due. Estimates come from report.remaining_life.",
    [
        (
            4,
            [
                (
                    stat(
                        "Overdue",
                        sql(
                            f"SELECT count(*) FILTER (WHERE is_overdue) AS due FROM report.maintenance_due WHERE {THEIRS}"
                        ),
                        "0",
                        colours=[(None, "green"), (1, "red")],
                    ),
                    6,
                ),
                (
                    stat(
                        "Due within 7 days",
                        sql(
                            f"SELECT count(*) FILTER (WHERE days_left BETWEEN 0 AND 7) AS due FROM report.maintenance_due WHERE {THEIRS}"
                        ),
                        "0",
                        colours=[(None, "green"), (1, "orange")],
                    ),
                    6,
                ),
                (
                    stat(
                        "Least remaining life",
                        sql(f"SELECT min(rul_hours) AS hours FROM report.fleet WHERE {THEIRS}"),
                        "No estimate",
                        "h",
                    ),
                    6,
                ),
                (
                    stat(
                        "Machines by state",
                        sql(f"""
SELECT h.status AS state, count(f.equipment_id) AS machines
FROM unnest('{{normal,anomaly,alarm,silent,maintenance}}'::text[]) WITH ORDINALITY AS h (status, place)
LEFT JOIN report.fleet AS f ON f.state = h.status AND f.{THEIRS}
GROUP BY h.status, h.place ORDER BY h.place"""),
                        "0",
                        each=True,
                        overrides=[field(k, colour=c) for k, c in STATES.items()],
                        links=[board_link("State per machine", "millwright-plant")],
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
                        "What is due",
                        sql(f"""
SELECT due_at AS due, days_left AS "days left", kind, equipment_id AS equipment, sensor, what, status, location, criticality
FROM report.maintenance_due WHERE {THEIRS}
ORDER BY due_at LIMIT 200"""),
                        "Nothing is due",
                        overrides=[
                            field("equipment", links=[machine_link()]),
                            field("days left", decimals=1, background=DAYS),
                            field("sensor", noValue=""),
                        ],
                        description="Planned work, next maintenance, calibration, the end of operating hours (at the earliest) and of the estimated remaining life.",
                    ),
                    14,
                ),
                (
                    table(
                        "Remaining life and health",
                        sql(f"""
SELECT equipment_id AS equipment, rul_hours AS "remaining life", rul_low_hours AS "at least", rul_high_hours AS "at most", rul_at AS "estimated",
    state, health, last_maintenance AS "last maintenance"
FROM report.fleet WHERE {THEIRS}
ORDER BY rul_hours NULLS LAST, health NULLS LAST LIMIT 200"""),
                        "No machines",
                        overrides=[
                            field("equipment", links=[machine_link()]),
                            fields("^(remaining life|at least|at most)$", unit="h", decimals=0, noValue="no estimate"),
                            field("estimated", unit="dateTimeFromNow", noValue="never"),
                            field("state", colours=STATES),
                            field("health", unit="percentunit", decimals=0),
                            field("last maintenance", noValue="not on record"),
                        ],
                    ),
                    10,
                ),
            ],
        ),
        (
            9,
            [
                (
                    table(
                        "What to do when",
                        sql(f"""
SELECT a.stop_at AS stop, a.equipment_id AS equipment, c.name AS part, a.best_at AS "least cost", a.latest_safe_at AS "safe until",
    a.best_cost_per_hour AS "cost an hour", a.failing_cost_per_hour AS "run to failure", array_to_string(a.stop_with, ', ') AS "together with",
    a.reason
FROM plant.advice AS a
LEFT JOIN plant.component AS c ON c.id = a.component_id
WHERE a.{THEIRS}
ORDER BY a.stop_at NULLS LAST, a.equipment_id LIMIT 200"""),
                        "No advice",
                        overrides=[
                            field("equipment", links=[machine_link()]),
                            fields("^(part|together with|reason)$", noValue=""),
                            fields("^(stop|least cost|safe until)$", noValue="none"),
                            fields("^(cost an hour|run to failure)$", decimals=0, noValue="not known"),
                        ],
                        description="The date with the least expected cost per hour of service, the latest one that is safe, and the stop in which it can be done (docs/advice.md).",
                    ),
                    14,
                ),
                (
                    table(
                        "How good estimates were",
                        sql("""
SELECT method, model_version AS version, equipment_type AS type, lives, censored_lives AS censored, rmse, bias, alpha_lambda_accuracy AS "half-way right",
    coverage, raw_coverage AS "as stated"
FROM report.rul_scoreboard ORDER BY equipment_type, rmse NULLS LAST, method, model_version LIMIT 200"""),
                        "No life has ended",
                        overrides=[
                            fields("^(rmse|bias)$", unit="h", decimals=0, noValue="not known"),
                            fields("^(half-way right|coverage|as stated)$", unit="percentunit", decimals=0, noValue="not known"),
                        ],
                        description="Against lives that ended by failure. Coverage: share of the last 80 % intervals that held, as they were told and as the method stated them.",
                    ),
                    10,
                ),
            ],
        ),
        row("Trends"),
        (
            9,
            [
                (
                    graph(
                        "Remaining life",
                        sql(f"""
SELECT $__timeGroupAlias(l.time, $__interval), l.equipment_id || v.name AS metric, avg(v.value) AS value
FROM report.remaining_life AS l
CROSS JOIN LATERAL (VALUES ('', l.rul_hours), (' at least', l.rul_low_hours), (' at most', l.rul_high_hours)) AS v (name, value)
WHERE l.{THEIRS} AND $__timeFilter(l.time) AND v.value IS NOT NULL
GROUP BY 1, 2 ORDER BY 1"""),
                        "No estimates in this time",
                        "h",
                        interval="1h",
                        overrides=[fields(" at (least|most)$", dashed=True)],
                        description="Dashed: the ends of the interval, where the model states one.",
                    ),
                    12,
                ),
                (
                    graph(
                        "Largest score in proportion to its threshold",
                        largest_ratio(THEIRS),
                        "No predictions in this time",
                        links=[board_link("Models", "millwright-models")],
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
                        "Vibration, 95th percentile by day",
                        sql(f"""
SELECT time, equipment || ' ' || sensor || coalesce(' ' || unit, '') AS metric, p95 AS value
FROM report.trend_1d WHERE {THEIRS} AND sensor_type = 'vibration' AND $__timeFilter(time)
ORDER BY 1"""),
                        "No vibration in this time",
                        links=[board_link("Live sensors", "millwright-sensors", "${equipment:queryparam}")],
                    ),
                    12,
                ),
                (
                    graph(
                        "Alarms by day",
                        sql(f"""
SELECT d.day AS time, e.id AS metric, coalesce(h.alarms, 0) AS value
FROM plant.equipment AS e
CROSS JOIN generate_series(date_trunc('day', $__timeFrom()::timestamptz, plant.time_zone()), $__timeTo()::timestamptz, INTERVAL '1 day', plant.time_zone()) AS d (day)
LEFT JOIN (
    SELECT equipment_id, date_trunc('day', raised_at, plant.time_zone()) AS day, count(*) AS alarms
    FROM report.alarm_history WHERE raised_at BETWEEN date_trunc('day', $__timeFrom()::timestamptz, plant.time_zone()) AND $__timeTo()::timestamptz
    GROUP BY 1, 2
) AS h ON h.equipment_id = e.id AND h.day = d.day
WHERE e.status <> 'retired' AND e.id = ANY (ARRAY[${{equipment:sqlstring}}]::text[])
ORDER BY 1"""),
                        "No machines",
                        links=[board_link("Anomalies and alarms", "millwright-anomalies", "${equipment:queryparam}")],
                    ),
                    12,
                ),
            ],
        ),
        row("Records"),
        (
            9,
            [
                (
                    table(
                        "Maintenance",
                        sql(f"""
SELECT starts_at AS begins, nullif(ends_at, 'infinity') AS ends, equipment_id AS equipment, kind, title, status, assignee
FROM plant.maintenance WHERE {THEIRS} AND isfinite(starts_at) AND starts_at <= $__timeTo()::timestamptz + INTERVAL '30 days' AND (ends_at IS NULL OR ends_at >= $__timeFrom()::timestamptz)
ORDER BY starts_at DESC LIMIT 200"""),
                        "No maintenance in this time",
                        overrides=[field("equipment", links=[machine_link()]), field("ends", noValue="open")],
                    ),
                    14,
                ),
                (
                    table(
                        "Operating hours",
                        sql(f"""
SELECT id AS equipment, operating_hours AS "hours", max_operating_hours AS "of", operating_hours / max_operating_hours AS share
FROM plant.equipment WHERE status <> 'retired' AND {chosen("id", "equipment")}
ORDER BY share DESC NULLS LAST LIMIT 200"""),
                        "No machines",
                        overrides=[
                            field("equipment", links=[machine_link()]),
                            fields("^(hours|of)$", decimals=0, noValue="no limit"),
                            field(
                                "share",
                                unit="percentunit",
                                decimals=0,
                                gauge=1,
                                thresholds=thresholds([(None, "green"), (0.8, "orange"), (0.95, "red")]),
                                noValue="no limit",
                            ),
                        ],
                    ),
                    10,
                ),
            ],
        ),
    ],
    [LOCATION, equipment()],
    since="now-30d",
    refresh="5m",
    annotate=annotations(f" AND {THEIRS}"),
)
