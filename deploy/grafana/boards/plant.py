"""State per machine: the whole fleet on one page. The board that Grafana opens with."""

import alarm_panels
from parts import (
    STATES,
    LOCATION,
    SEVERITIES,
    TWO_DAYS,
    SPAN,
    alarm_link,
    annotations,
    board,
    board_link,
    chosen,
    field,
    link,
    machine_link,
    panel,
    sql,
    stat,
    table,
    thresholds,
)

HERE = chosen("location", "location")
PLACE = "coalesce(e.location, '')"
MACHINES = f"equipment_id IN (SELECT e.id FROM plant.equipment AS e WHERE {chosen(PLACE, 'location')})"
GOOD_SHARE = [(None, "red"), (0.5, "orange"), (0.8, "green")]

fleet = sql(f"""
SELECT f.equipment_id AS equipment, f.name, f.type, f.location, f.state, f.health, f.worst_severity AS "worst alarm", f.worst_alarm AS alarm,
    f.worst_alarm_id, f.alarms, f.rul_hours AS "remaining life", f.last_seen AS "last seen", s.availability, f.next_maintenance AS "next maintenance",
    f.is_in_maintenance AS "in maintenance"
FROM report.fleet AS f
LEFT JOIN (
    SELECT equipment_id, sum(availability * extract(epoch FROM running + idle + stopped)) / nullif(sum(extract(epoch FROM running + idle + stopped))
        FILTER (WHERE availability IS NOT NULL), 0) AS availability
    FROM report.machine_state_1h WHERE $__timeFilter(time) GROUP BY 1
) AS s ON s.equipment_id = f.equipment_id
WHERE {chosen('f.location', 'location')}
ORDER BY f.health NULLS LAST, f.equipment_id LIMIT 1000""")

BOARD = board(
    "millwright-plant",
    "State per machine",
    "What each machine does now: health, worst alarm, remaining life, when it was last heard, availability.",
    [
        (
            4,
            [
                (
                    stat(
                        "Machines",
                        sql(f"SELECT count(*) AS machines FROM report.fleet WHERE {HERE}"),
                        "No machines yet",
                    ),
                    4,
                ),
                (
                    stat(
                        "Heard from lately",
                        sql(
                            f"SELECT count(*) FILTER (WHERE state <> 'silent') AS machines FROM report.fleet WHERE {HERE}"
                        ),
                        "No machines yet",
                        description="With a live value within the setting report.silent_after.",
                    ),
                    4,
                ),
                (
                    stat(
                        "In maintenance",
                        sql(
                            f"SELECT count(*) FILTER (WHERE is_in_maintenance) AS machines FROM report.fleet WHERE {HERE}"
                        ),
                        "No machines yet",
                    ),
                    4,
                ),
                (
                    alarm_panels.open_by_severity(
                        chosen("coalesce(a.location, '')", "location"),
                        links=[board_link("Anomalies and alarms", "millwright-anomalies", "${location:queryparam}")],
                    ),
                    12,
                ),
            ],
        ),
        (
            14,
            [
                (
                    table(
                        "Machines",
                        fleet,
                        "No machines here. A machine appears with its first message, or POST /equipment.",
                        overrides=[
                            field("equipment", links=[machine_link()]),
                            field("worst_alarm_id", hidden=True),
                            field("state", colours=STATES),
                            field("health", unit="percentunit", gauge=1, thresholds=thresholds(GOOD_SHARE), decimals=0),
                            field("worst alarm", colours=SEVERITIES),
                            field("alarm", links=[alarm_link("worst_alarm_id")]),
                            field(
                                "alarms",
                                links=[
                                    link(
                                        "Its alarms",
                                        "/d/millwright-anomalies?var-equipment=${__data.fields.equipment:percentencode}&${__url_time_range}",
                                    )
                                ],
                            ),
                            field(
                                "remaining life",
                                unit="h",
                                noValue="no estimate",
                                decimals=0,
                                links=[
                                    link(
                                        "Maintenance forecast",
                                        "/d/millwright-maintenance?var-equipment=${__data.fields.equipment:percentencode}&${__url_time_range}",
                                    )
                                ],
                            ),
                            field(
                                "availability",
                                unit="percentunit",
                                decimals=0,
                                background=GOOD_SHARE,
                                noValue="not known",
                            ),
                            field("last seen", unit="dateTimeFromNow", noValue="never"),
                            field("next maintenance", noValue="none planned"),
                        ],
                        description="A click on a machine opens its board, one on its alarm the operator's page, where it can be acknowledged.",
                    ),
                    24,
                )
            ],
        ),
        (
            9,
            [
                (
                    panel(
                        "status-history",
                        "Utilisation",
                        sql(f"""
SELECT time, equipment AS metric, utilisation AS value FROM report.machine_state_1h
WHERE {MACHINES} AND $__timeFilter(time) AND {SPAN} <= {TWO_DAYS}
UNION ALL
SELECT time, equipment, utilisation FROM report.machine_state_1d
WHERE {MACHINES} AND $__timeFilter(time) AND {SPAN} > {TWO_DAYS}
ORDER BY 1"""),
                        "No operating states yet: docs/grafana.md, How a machine's state is known",
                        description="Share of the time that it ran: by hour up to two days, else by day.",
                        options={
                            "showValue": "never",
                            "rowHeight": 0.9,
                            "colWidth": 0.95,
                            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
                            "tooltip": {"mode": "single", "sort": "none"},
                        },
                        defaults={
                            "unit": "percentunit",
                            "min": 0,
                            "max": 1,
                            "color": {"mode": "continuous-RdYlGr"},
                            "custom": {"fillOpacity": 85, "lineWidth": 1},
                        },
                    ),
                    12,
                ),
                (
                    alarm_panels.raised(MACHINES),
                    12,
                ),
            ],
        ),
    ],
    [LOCATION],
    refresh="30s",
    annotate=annotations(f" AND {MACHINES}"),
)
