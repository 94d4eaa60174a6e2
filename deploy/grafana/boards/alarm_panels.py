"""What several boards show of alarms."""

from parts import (
    BARS,
    SEVERITIES,
    SEVERITY_LINES,
    alarm_link,
    board_link,
    field,
    graph,
    machine_link,
    sql,
    stat,
    table,
    told,
)

# what operators see
SEEN = "NOT is_shelved AND NOT is_suppressed AND NOT out_of_service"


def raised(where: str = "true", title: str = "Alarms raised", step: str = "$__interval", **more: object) -> dict:
    """By severity and step; each severity has a zero, so that nothing is a line at 0."""
    query = f"""
SELECT $__timeGroupAlias(x.time, {step}, 0), x.severity AS metric, sum(x.alarms) AS value
FROM (
    SELECT raised_at AS time, severity, 1 AS alarms FROM report.alarm_history WHERE $__timeFilter(raised_at) AND {where}
    UNION ALL
    SELECT $__timeTo()::timestamptz, name, 0 FROM alarm.severity
) AS x
GROUP BY 1, 2 ORDER BY 1"""
    links = more.pop("links", [board_link("Alarm system", "millwright-alarms")])
    return graph(
        title, sql(query), "No severities", style=BARS, overrides=SEVERITY_LINES, interval="10m", links=links, **more
    )


def open_by_severity(where: str, **more: object) -> dict:
    """where: of report.active_alarm."""
    query = f"""
SELECT v.name AS severity, count(a.id) AS alarms
FROM alarm.severity AS v
LEFT JOIN report.active_alarm AS a ON a.severity = v.name AND {SEEN} AND {where}
GROUP BY v.name, v.rank ORDER BY v.rank DESC"""
    return stat("Open alarms by severity", sql(query), "No severities", each=True, overrides=SEVERITY_LINES, **more)


def of_this_time(where: str = "true") -> dict:
    """The board needs the variable language."""
    query = f"""
SELECT raised_at AS raised, severity, equipment_id AS equipment, sensor, rule, level, peak_value AS peak,
    limit_value AS "limit", unit, extract(epoch FROM duration)::float8 AS duration, acknowledged_by AS "acknowledged by",
    extract(epoch FROM time_to_acknowledge)::float8 AS "acknowledged after", id
FROM report.alarm_history
WHERE $__timeFilter(raised_at) AND {where}
ORDER BY raised_at DESC LIMIT 100"""
    overrides = [
        field("severity", colours=SEVERITIES),
        field("equipment", links=[machine_link()]),
        field("duration", unit="s"),
        field("acknowledged after", unit="s"),
        field("rule", links=[alarm_link()]),
        field("id", hidden=True),
    ]
    return table("Alarms of this time", told(query, "h.raised DESC"), "No alarms in this time", overrides=overrides)
