"""What boards are made of: a few helpers that give the JSON of Grafana's panels, variables and links. Sizes are in grid units (24 wide)."""

from __future__ import annotations

import copy

from panels import (  # noqa: F401  boards take all of their parts from here
    BARS,
    LIMIT_LINES,
    SEVERITIES,
    SEVERITY_LINES,
    STATES,
    alarm_link,
    board_link,
    field,
    fields,
    graph,
    link,
    machine_link,
    panel,
    row,
    stat,
    table,
    thresholds,
)

SQL = {"type": "grafana-postgresql-datasource", "uid": "millwright"}
PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}


# Queries


def sql(text: str, form: str = "time_series", ref: str = "A") -> dict:
    """A query of the database; form: time_series (time, metric, value; ordered by time) or table."""
    return {
        "refId": ref,
        "datasource": SQL,
        "format": form,
        "rawQuery": True,
        "editorMode": "code",
        "rawSql": text.strip(),
    }


def prom(expression: str, legend: str = "", ref: str = "A", instant: bool = False) -> dict:
    query = {"refId": ref, "datasource": PROMETHEUS, "expr": expression, "legendFormat": legend or "__auto"}
    return query | ({"instant": True} if instant else {})


# Grafana gives these in milliseconds
SPAN = "${__to} - ${__from}"
TWO_DAYS, QUARTER = 2 * 86_400_000, 90 * 86_400_000


def chosen(column: str, variable: str) -> str:
    """Rows whose column is among the variable's values. sqlstring doubles quotes; an empty choice is an empty array and no error."""
    return f"{column} = ANY (ARRAY[${{{variable}:sqlstring}}]::text[])"


def trend(metric: str, values: dict[str, str], where: str) -> str:
    """Trends of report.trend_*, by minute up to two days, by hour up to a quarter, else by day of the plant. values: suffix of the metric → column."""
    over = {
        "mean": "sum(mean * count) / sum(count) AS mean",
        "min": "min(min) AS min",
        "max": "max(max) AS max",
        "stddev": "max(stddev) AS stddev",
    }
    series = ", ".join(f"('{' ' + suffix if suffix else ''}', t.{column})" for suffix, column in values.items())
    columns = ", ".join(values.values())
    parts = [
        f"""    SELECT $__timeGroupAlias(time, $__interval), {metric} AS metric, {", ".join(over[c] for c in values.values())}
    FROM report.trend_{level} WHERE {where} AND $__timeFilter(time) AND {span}
    GROUP BY 1, 2"""
        for level, span in (("1m", f"{SPAN} <= {TWO_DAYS}"), ("1h", f"{SPAN} > {TWO_DAYS} AND {SPAN} <= {QUARTER}"))
    ]
    parts.append(
        f"    SELECT time, {metric}, {columns}\n    FROM report.trend_1d WHERE {where} AND $__timeFilter(time) AND {SPAN} > {QUARTER}"
    )
    union = "\n    UNION ALL\n".join(parts)
    return f"""
SELECT t.time, t.metric || v.name AS metric, v.value
FROM (
{union}
) AS t (time, metric, {columns})
CROSS JOIN LATERAL (VALUES {series}) AS v (name, value)
ORDER BY 1"""


def limits(where: str, ref: str = "L") -> dict:
    """The limits of the rules as lines: two points each, at the two ends of the range."""
    return sql(
        f"""
SELECT t.time, format('limit %s %s (%s)', l.level, round(l.limit_value::numeric, 3)::float8, l.severity) AS metric, l.limit_value AS value
FROM (SELECT DISTINCT level, limit_value, severity FROM report.rule_limit WHERE {where} ORDER BY limit_value LIMIT 24) AS l
CROSS JOIN (VALUES ($__timeFrom()::timestamptz), ($__timeTo()::timestamptz)) AS t (time)
ORDER BY 1""",
        ref=ref,
    )


def unit(where: str, ref: str = "U") -> dict:
    """The unit of what is shown, for the transformation unit_from."""
    return sql(
        f"SELECT coalesce('suffix: ' || min(unit), 'none') AS unit FROM plant.sensor WHERE {where}", "table", ref
    )


def unit_from(ref: str = "U") -> dict:
    return {
        "id": "configFromData",
        "options": {"configRefId": ref, "mappings": [{"fieldName": "unit", "handlerKey": "unit"}]},
    }


# Variables


def choice(name: str, label: str, query: str, many: bool = True, description: str = "") -> dict:
    """A variable whose values come from the database: columns __text and __value. many: several, or all of them."""
    current = {"selected": True, "text": ["All"], "value": ["$__all"]} if many else {}
    return {
        "type": "query",
        "name": name,
        "label": label,
        "description": description,
        "datasource": SQL,
        "query": query.strip(),
        "definition": query.strip(),
        "refresh": 2,
        "sort": 0,
        "multi": many,
        "includeAll": many,
        "hide": 0,
        "regex": "",
        "skipUrlSync": False,
        "current": current,
        "options": [],
    }


PAGE = choice(
    "page",
    "Operator's page",
    "SELECT ops.setting_text('report.page_url') AS __value, ops.setting_text('report.page_url') AS __text",
    many=False,
    description="Setting report.page_url",
) | {"hide": 2, "skipUrlSync": True}
LOCATION = choice(
    "location",
    "Location",
    """
SELECT DISTINCT coalesce(location, '') AS __value, coalesce(nullif(location, ''), 'without') AS __text
FROM plant.equipment WHERE status <> 'retired' ORDER BY 2""",
)


def equipment(many: bool = True) -> dict:
    return choice(
        "equipment",
        "Machine",
        f"""
SELECT id AS __value, CASE WHEN name = id THEN id ELSE id || ' ' || name END AS __text
FROM plant.equipment WHERE status <> 'retired' AND {chosen("coalesce(location, '')", "location")} ORDER BY 2""",
        many,
    )


LANGUAGE = choice(
    "language",
    "Language",
    "SELECT code AS __value, name AS __text FROM relay.language ORDER BY is_default DESC, rank, code",
    many=False,
    description="Of the alarms' texts.",
)
SENSOR = choice(
    "sensor",
    "Sensor",
    f"""
SELECT DISTINCT name AS __value, name AS __text
FROM plant.sensor WHERE status <> 'retired' AND {chosen("equipment_id", "equipment")} ORDER BY 2""",
)


# Annotations


def annotations(where: str = "") -> dict:
    def one(name: str, kind: str, colour: str, enabled: bool) -> dict:
        query = (
            f"SELECT time, time_end AS timeend, text, tags\nFROM report.event\nWHERE kind = '{kind}'{where} "
            "AND time <= $__timeTo()::timestamptz AND time_end >= $__timeFrom()::timestamptz\nORDER BY time DESC LIMIT 300"
        )
        return {
            "name": name,
            "datasource": SQL,
            "enable": enabled,
            "hide": False,
            "iconColor": colour,
            "target": sql(query, "table", "Anno"),
        }

    grafana = {
        "name": "Annotations & Alerts",
        "type": "dashboard",
        "builtIn": 1,
        "enable": True,
        "hide": True,
        "iconColor": "rgba(0, 211, 255, 1)",
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    }
    return {
        "list": [
            grafana,
            one("Alarms", "alarm", "red", True),
            one("Maintenance", "maintenance", "blue", True),
            one("Models", "model", "purple", True),
        ]
    }


# Boards


def largest_ratio(where: str) -> dict:
    """Largest score / threshold of each machine: by hour up to two days, else by day of UTC, which is counted already (ml.score_day)."""
    return sql(f"""
SELECT time, equipment AS metric, largest_ratio AS value
FROM report.machine_activity_1h WHERE {where} AND $__timeFilter(time) AND largest_ratio IS NOT NULL AND {SPAN} <= {TWO_DAYS}
UNION ALL
SELECT d.day::timestamp AT TIME ZONE 'UTC', m.equipment_id, max(d.max_ratio)
FROM ml.score_day AS d
JOIN ml.serve_ml_models AS m ON m.id = d.model_id
WHERE m.{where} AND d.stage <> 'challenger' AND d.max_ratio IS NOT NULL AND {SPAN} > {TWO_DAYS}
    AND d.day BETWEEN ($__timeFrom()::timestamptz AT TIME ZONE 'UTC')::date AND ($__timeTo()::timestamptz AT TIME ZONE 'UTC')::date
GROUP BY 1, 2
ORDER BY 1""")


def told(rows: str, order: str) -> dict:
    """A table of alarms with their texts in the chosen language; rows: a query that gives id and ends with ORDER BY … LIMIT …. Their texts are made in one go."""
    return sql(
        f"""
WITH h AS MATERIALIZED ({rows.strip()}
)
SELECT h.*, t.message
FROM h LEFT JOIN report.alarm_text(ARRAY(SELECT x.id FROM h AS x), ${{language:sqlstring}}) AS t USING (id)
ORDER BY {order}""",
        "table",
    )


def board(
    uid: str,
    title: str,
    description: str,
    places: list,
    variables: list[dict] = (),
    since: str = "now-24h",
    refresh: str = "1m",
    annotate: dict | None = None,
) -> dict:
    """places: rows of the grid, each a row panel, or (height, [(panel, width), …])."""
    panels, y = [], 0
    for place in places:
        height, items = (1, [(place, 24)]) if isinstance(place, dict) else place
        x = 0
        for item, width in items:
            item = copy.deepcopy(item)
            panels.append({"id": len(panels) + 1, "gridPos": {"x": x, "y": y, "w": width, "h": height}} | item)
            x += width
        y += height
    navigation = {
        "type": "dashboards",
        "title": "Millwright",
        "tags": ["millwright"],
        "asDropdown": True,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
        "icon": "external link",
        "tooltip": "",
        "url": "",
    }
    page = {
        "type": "link",
        "title": "Operator's page",
        "url": "${page:raw}/",
        "targetBlank": True,
        "icon": "external link",
        "tags": [],
        "asDropdown": False,
        "includeVars": False,
        "keepTime": False,
        "tooltip": "",
    }
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "tags": ["millwright"],
        "schemaVersion": 41,
        "version": 1,
        "editable": True,
        "timezone": "",
        "refresh": refresh,
        "time": {"from": since, "to": "now"},
        "graphTooltip": 1,
        "links": [navigation, page],
        "annotations": annotate or {"list": []},
        "templating": {"list": [*variables, PAGE]},
        "panels": panels,
    }
