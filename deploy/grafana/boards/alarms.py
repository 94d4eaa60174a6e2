"""The alarm system itself: how well it serves its operators, after ISA-18.2 / IEC 62682."""

import alarm_panels
from parts import (
    SEVERITY_LINES,
    LANGUAGE,
    alarm_link,
    annotations,
    board,
    board_link,
    field,
    fields,
    machine_link,
    panel,
    row,
    sql,
    stat,
    table,
)

MINUTES = "greatest(extract(epoch FROM $__timeTo()::timestamptz - $__timeFrom()::timestamptz) / 600, 1)"

BOARD = board(
    "millwright-alarms",
    "Alarm system",
    "How well the alarm system serves its operators, after ISA-18.2 / IEC 62682: rate, floods, bad actors, standing and chattering alarms.",
    [
        (
            4,
            [
                (
                    stat(
                        "Alarms per 10 minutes",
                        sql(
                            f"SELECT count(*) / {MINUTES} AS rate FROM report.alarm_history WHERE $__timeFilter(raised_at)"
                        ),
                        "0",
                        colours=[(None, "green"), (1, "orange"), (2, "red")],
                        defaults={"decimals": 2},
                        description="EEMUA 191: at most one for each operator.",
                    ),
                    5,
                ),
                (
                    stat(
                        "Time in flood",
                        sql(
                            f"SELECT count(*) FILTER (WHERE is_flood) / {MINUTES} AS share FROM alarm.kpi_10_minutes WHERE $__timeFilter(period)"
                        ),
                        "0",
                        "percentunit",
                        [(None, "green"), (0.01, "red")],
                        description="More than ten alarms in ten minutes. EEMUA 191: less than 1 % of the time.",
                    ),
                    5,
                ),
                (
                    stat(
                        "Stale",
                        sql("SELECT count(*) AS alarms FROM alarm.stale"),
                        "0",
                        colours=[(None, "green"), (1, "orange"), (6, "red")],
                        links=[board_link("State per machine", "millwright-plant")],
                        description="Standing longer than the setting alarm.stale_after.",
                    ),
                    5,
                ),
                (
                    stat(
                        "Chattering",
                        sql("SELECT count(*) AS alarms FROM alarm.chattering"),
                        "0",
                        colours=[(None, "green"), (1, "orange")],
                        description="Raised three times within a minute in the last seven days.",
                    ),
                    4,
                ),
                (
                    stat(
                        "Median time to acknowledge",
                        sql("""
SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY time_to_acknowledge))::float8 AS seconds
FROM report.alarm_history WHERE $__timeFilter(raised_at)"""),
                        "None acknowledged",
                        "s",
                    ),
                    5,
                ),
            ],
        ),
        row("Load"),
        (
            9,
            [
                (
                    alarm_panels.raised(
                        title="Alarms raised, per 10 minutes",
                        step="'10m'",
                        links=[board_link("Anomalies and alarms", "millwright-anomalies")],
                    ),
                    16,
                ),
                (
                    table(
                        "Floods",
                        sql("""
SELECT started_at AS began, extract(epoch FROM duration)::float8 AS duration, alarms, worst_equipment AS equipment
FROM alarm.flood WHERE $__timeFilter(started_at) ORDER BY 1 DESC LIMIT 100"""),
                        "No flood in this time",
                        overrides=[field("duration", unit="s"), field("equipment", links=[machine_link()])],
                    ),
                    8,
                ),
            ],
        ),
        row("Where to mend"),
        (
            10,
            [
                (
                    table(
                        "Bad actors",
                        sql("""
SELECT rule, equipment_id AS equipment, sensor, count(*) AS alarms, count(*)::float8 / sum(count(*)) OVER () AS share,
    extract(epoch FROM avg(duration))::float8 AS "mean duration", bool_or(chattering) AS chatters
FROM report.alarm_history
WHERE $__timeFilter(raised_at)
GROUP BY 1, 2, 3 ORDER BY alarms DESC LIMIT 10"""),
                        "No alarms in this time",
                        description="The ten that raise most. Ten rules often make up most of the load.",
                        overrides=[
                            field("share", unit="percentunit", decimals=0),
                            field("mean duration", unit="s"),
                            field("equipment", links=[machine_link()]),
                        ],
                    ),
                    12,
                ),
                (
                    panel(
                        "piechart",
                        "Priorities",
                        sql(
                            """
SELECT severity AS metric, count(*) AS alarms FROM report.alarm_history WHERE $__timeFilter(raised_at) GROUP BY 1 ORDER BY 2 DESC""",
                            "table",
                        ),
                        "No alarms in this time",
                        description="EEMUA 191: about 80 % low, 15 % medium, 5 % high.",
                        overrides=SEVERITY_LINES,
                        options={
                            "pieType": "donut",
                            "reduceOptions": {"values": True, "calcs": ["lastNotNull"], "fields": ""},
                            "displayLabels": ["name", "percent"],
                            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
                            "tooltip": {"mode": "single", "sort": "none"},
                        },
                    ),
                    5,
                ),
                (
                    table(
                        "Held back now",
                        sql("""
SELECT equipment_id AS equipment, rule, CASE WHEN out_of_service THEN 'out of service' WHEN is_shelved THEN 'shelved' ELSE 'suppressed' END AS how,
    shelved_until AS until, id
FROM report.active_alarm
WHERE is_shelved OR is_suppressed OR out_of_service
ORDER BY raised_at LIMIT 100"""),
                        "Nothing is held back",
                        overrides=[
                            field("id", hidden=True),
                            field("rule", links=[alarm_link()]),
                            field("equipment", links=[machine_link()]),
                            field("until", noValue="not limited"),
                        ],
                    ),
                    7,
                ),
            ],
        ),
        (
            9,
            [
                (
                    table(
                        "Days",
                        sql("""
SELECT to_char(period AT TIME ZONE plant.time_zone(), 'YYYY-MM-DD') AS day, alarms, average_per_10_minutes AS "per 10 minutes", most_in_10_minutes AS most, flood_share AS "in flood", acknowledged_share AS acknowledged,
    extract(epoch FROM median_time_to_acknowledge)::float8 AS "acknowledged after", escalated, shelved
FROM alarm.kpi_day ORDER BY period DESC"""),
                        "No alarms in the last 31 days",
                        description="By day of the plant, the last 31, whatever the board's time.",
                        overrides=[
                            fields("^(in flood|acknowledged)$", unit="percentunit", decimals=1),
                            field("acknowledged after", unit="s"),
                            field("per 10 minutes", decimals=2),
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
                    alarm_panels.of_this_time(),
                    24,
                )
            ],
        ),
    ],
    [LANGUAGE],
    annotate=annotations(),
)
