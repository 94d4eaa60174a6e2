"""Panels, their links and looks, as the JSON of Grafana."""

from __future__ import annotations

SEVERITIES = {"critical": "red", "high": "orange", "medium": "yellow", "low": "green"}
STATES = {"normal": "green", "anomaly": "orange", "alarm": "red", "silent": "text", "maintenance": "blue"}


# Links


def machine_link(field: str = "equipment") -> dict:
    return link(
        "Open the machine",
        f"/d/millwright-machine/machine?var-equipment=${{__data.fields.{field}:percentencode}}&${{__url_time_range}}",
    )


def alarm_link(field: str = "id") -> dict:
    """To where it can be acknowledged."""
    return link("Acknowledge (operator's page)", f"${{page:raw}}/#/alarms/${{__data.fields.{field}}}", blank=True)


def link(title: str, url: str, blank: bool = False) -> dict:
    return {"title": title, "url": url, "targetBlank": blank}


def board_link(title: str, uid: str, variables: str = "") -> dict:
    """A link of a panel's head."""
    return link(title, f"/d/{uid}?{variables + '&' if variables else ''}${{__url_time_range}}")


# Looks of fields


def field(name: str, **properties: object) -> dict:
    """An override by name. unit, decimals, links, width, hidden, background, colours, noValue."""
    return _override({"id": "byName", "options": name}, properties)


def fields(pattern: str, **properties: object) -> dict:
    return _override({"id": "byRegexp", "options": pattern}, properties)


def _override(matcher: dict, properties: dict) -> dict:
    known = {"hidden": "custom.hidden", "width": "custom.width"}
    result = []
    for key, value in properties.items():
        if key == "colours":
            result.append(
                {
                    "id": "mappings",
                    "value": [
                        {
                            "type": "value",
                            "options": {
                                k: {"text": k, "color": c, "index": i} for i, (k, c) in enumerate(value.items())
                            },
                        }
                    ],
                }
            )
            result.append({"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}})
        elif key == "background":
            result.append({"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}})
            result.append({"id": "color", "value": {"mode": "thresholds"}})
            result.append({"id": "thresholds", "value": thresholds(value)})
        elif key == "gauge":
            result.append({"id": "custom.cellOptions", "value": {"type": "gauge", "mode": "basic"}})
            result += [{"id": "min", "value": 0}, {"id": "max", "value": value}]
        elif key == "colour":
            result.append({"id": "color", "value": {"mode": "fixed", "fixedColor": value}})
        elif key == "dashed":
            result.append({"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [8, 6]}})
            result.append({"id": "custom.fillOpacity", "value": 0})
            result.append({"id": "custom.spanNulls", "value": True})
        else:
            result.append({"id": known.get(key, key), "value": value})
    return {"matcher": matcher, "properties": result}


def thresholds(steps: list[tuple[float | None, str]]) -> dict:
    return {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in steps]}


SEVERITY_LINES = [fields(f"(^|[ ]){name}$", colour=colour) for name, colour in SEVERITIES.items()]
LIMIT_LINES = [fields("^limit ", dashed=True)] + [
    fields(f"^limit .*[(]{name}[)]$", colour=colour) for name, colour in SEVERITIES.items()
]


# Panels


def panel(
    kind: str,
    title: str,
    targets: list[dict] | dict,
    none: str,
    description: str = "",
    overrides: list[dict] = (),
    options: dict | None = None,
    defaults: dict | None = None,
    transformations: list[dict] = (),
    links: list[dict] = (),
    **more: object,
) -> dict:
    """none: what is said where there is nothing to show."""
    targets = targets if isinstance(targets, list) else [targets]
    if not targets[0].get("refId"):
        raise ValueError(title)
    for place, target in enumerate(targets):
        if len(targets) > 1 and target["refId"] == "A":
            target["refId"] = chr(ord("A") + place)
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": targets[0]["datasource"],
        "targets": targets,
        "fieldConfig": {"defaults": {"noValue": none} | (defaults or {}), "overrides": list(overrides)},
        "options": options or {},
        "transformations": list(transformations),
        "links": list(links),
    } | more


def graph(
    title: str, targets: list[dict] | dict, none: str, unit: str = "", style: dict | None = None, **more: object
) -> dict:
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 8, "showPoints": "auto", "spanNulls": False} | (
        style or {}
    )
    defaults = {"custom": custom} | ({"unit": unit} if unit else {}) | more.pop("defaults", {})
    options = {
        "legend": {"displayMode": "table", "placement": "bottom", "showLegend": True, "calcs": ["lastNotNull", "max"]},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return panel("timeseries", title, targets, none, defaults=defaults, options=options, **more)


BARS = {"drawStyle": "bars", "fillOpacity": 80, "lineWidth": 0, "stacking": {"mode": "normal", "group": "A"}}


def stat(
    title: str,
    target: dict,
    none: str,
    unit: str = "",
    colours: list[tuple[float | None, str]] | None = None,
    text: bool = False,
    each: bool = False,
    **more: object,
) -> dict:
    """One number; text: a word or a time; each: one number for each row, named by the row's text."""
    defaults = ({"unit": unit} if unit else {}) | {
        "thresholds": thresholds(colours or [(None, "text")]),
        "color": {"mode": "thresholds"},
    }
    defaults |= more.pop("defaults", {})
    options = {
        "reduceOptions": {"values": text or each, "calcs": ["lastNotNull"], "fields": "/.*/" if text else ""},
        "colorMode": "value",
        "graphMode": "none",
        "textMode": "auto",
        "justifyMode": "auto",
        "orientation": "auto",
    }
    return panel(
        "stat",
        title,
        target | {"format": "table"} if "rawSql" in target else target,
        none,
        defaults=defaults,
        options=options,
        **more,
    )


def table(title: str, target: dict, none: str, sort: tuple[str, bool] | None = None, **more: object) -> dict:
    options = {
        "showHeader": True,
        "cellHeight": "sm",
        "footer": {"show": False, "reducer": ["sum"], "countRows": False},
    }
    if sort:
        options["sortBy"] = [{"displayName": sort[0], "desc": sort[1]}]
    defaults = {"custom": {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False}} | more.pop(
        "defaults", {}
    )
    return panel("table", title, target | {"format": "table"}, none, options=options, defaults=defaults, **more)


def row(title: str, repeat: str = "") -> dict:
    return {"type": "row", "title": title, "collapsed": False, "panels": []} | ({"repeat": repeat} if repeat else {})
