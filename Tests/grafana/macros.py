"""Queries as Grafana sends them: first its page fills in variables, then its PostgreSQL data source expands macros.

After public/app/features/templating (formats), grafana-data's value formats and pkg/tsdb/grafana-postgresql-datasource (macros), by behaviour.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import urllib.parse

UTC = datetime.timezone.utc
ALL = "$__all"


def _singlequote(values: list[str]) -> str:
    return ",".join("'" + v.replace("'", "\\'") + "'" for v in values)


def _sqlstring(values: list[str]) -> str:
    return ",".join("'" + v.replace("'", "''") + "'" for v in values)


FORMATS = {
    "raw": lambda name, v, t: ",".join(v),
    "csv": lambda name, v, t: ",".join(v),
    "text": lambda name, v, t: " + ".join(t),
    "singlequote": lambda name, v, t: _singlequote(v),
    "sqlstring": lambda name, v, t: _sqlstring(v),
    "doublequote": lambda name, v, t: ",".join('"' + x.replace('"', '\\"') + '"' for x in v),
    "pipe": lambda name, v, t: "|".join(v),
    "percentencode": lambda name, v, t: urllib.parse.quote(v[0] if len(v) == 1 else "{" + ",".join(v) + "}", safe=""),
    "queryparam": lambda name, v, t: "&".join(f"var-{name}={urllib.parse.quote(x, safe='')}" for x in v),
}


@dataclasses.dataclass
class Variable:
    """What is chosen: values and their texts. many: it may be several, and then the data source's own format quotes each."""

    values: list[str]
    texts: list[str]
    many: bool


@dataclasses.dataclass
class Context:
    since: datetime.datetime
    until: datetime.datetime
    variables: dict[str, Variable]
    interval: str = "1m"
    zone: str = "utc"

    def with_one(self, name: str, value: str, text: str) -> Context:
        return dataclasses.replace(self, variables=self.variables | {name: Variable([value], [text], False)})

    def built_in(self, name: str) -> str | None:
        seconds = parsed_interval(self.interval)
        span = (self.until - self.since).total_seconds()
        return {
            "__from": str(round(self.since.timestamp() * 1000)),
            "__to": str(round(self.until.timestamp() * 1000)),
            "__interval": self.interval,
            "__interval_ms": str(round(seconds * 1000)),
            "__timezone": self.zone,
            "__range": f"{round(span)}s",
            "__range_s": str(round(span)),
            "__range_ms": str(round(span * 1000)),
            "__dashboard": "board",
            "__user.login": "admin",
            "__org": "1",
        }.get(name)


VARIABLE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}")


def interpolated(text: str, context: Context) -> str:
    """Variables filled in. What is no variable ($__timeFilter) stays as it is."""

    def one(match: re.Match) -> str:
        name, form = match[1] or match[2] or match[4], match[3] or match[6]
        if (value := context.built_in(name)) is not None:
            if form and form.startswith("date"):
                moment = context.since if name == "__from" else context.until
                return (
                    moment.isoformat().replace("+00:00", "Z")
                    if form in ("date", "date:iso")
                    else str(int(moment.timestamp()))
                )
            return FORMATS[form](name, [value], [value]) if form in FORMATS else value
        if name not in context.variables:
            return match[0]
        variable = context.variables[name]
        if form:
            return FORMATS[form](name, variable.values, variable.texts)
        # the data source's own format: several are quoted, one is put in as it is, its quotes doubled
        if variable.many:
            return _sqlstring(variable.values)
        return variable.values[0].replace("'", "''") if variable.values else ""

    return VARIABLE.sub(one, text)


def title(text: str, context: Context) -> str:
    """Variables of a title: their texts."""
    return VARIABLE.sub(
        lambda m: " + ".join(context.variables[n].texts) if (n := m[1] or m[4]) in context.variables else m[0], text
    )


UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2629746, "y": 31556952}


def parsed_interval(text: str) -> float:
    match = re.fullmatch(r"(\d+)(ms|[smhdwMy])", text.strip().strip("'\" "))
    if not match:
        raise ValueError(f"no interval: {text!r}")
    return int(match[1]) * UNITS[match[2]]


@dataclasses.dataclass
class Query:
    text: str
    # what time series are filled with where they have gaps, and at which interval: $__timeGroup's third argument
    fill: str | None = None
    fill_seconds: float = 0


# up to the first closing parenthesis: an argument with parentheses of its own breaks there, and so it does in Grafana
MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")


def expanded(text: str, context: Context) -> Query:
    """Macros of the PostgreSQL data source, with timescaledb on. One that it does not know is an error there, too."""
    since, until = (t.astimezone(UTC).isoformat().replace("+00:00", "Z") for t in (context.since, context.until))
    result, at, fill = [], 0, (None, 0.0)
    while match := MACRO.search(text, at):
        result.append(text[at : match.start()])
        at = match.end()
        arguments = [a.strip() for a in match[2].split(",")]
        name, first = match[1], arguments[0]
        if name in ("__timeGroup", "__timeGroupAlias"):
            seconds = parsed_interval(arguments[1])
            if len(arguments) == 3:
                fill = (arguments[2], seconds)
            result.append(f"time_bucket('{seconds:.3f}s', {first})" + (' AS "time"' if name.endswith("Alias") else ""))
        elif name == "__timeFilter":
            result.append(f"{first} BETWEEN '{since}' AND '{until}'")
        elif name in ("__timeFrom", "__timeTo"):
            result.append(f"'{since if name == '__timeFrom' else until}'")
        elif name == "__time":
            result.append(f'{first} AS "time"')
        elif name == "__timeEpoch":
            result.append(f'extract(epoch from {first}) as "time"')
        elif name == "__unixEpochFilter":
            result.append(
                f"{first} >= {int(context.since.timestamp())} AND {first} <= {int(context.until.timestamp())}"
            )
        elif name in ("__unixEpochFrom", "__unixEpochTo"):
            result.append(str(int((context.since if name.endswith("From") else context.until).timestamp())))
        elif name == "__unixEpochGroup":
            result.append(f"floor(({first})/{parsed_interval(arguments[1]):.0f})*{parsed_interval(arguments[1]):.0f}")
        else:
            raise ValueError(f"unknown macro ${name}")
    result.append(text[at:])
    return Query("".join(result), *fill)


def interval_for(span: datetime.timedelta, least: str = "1s", points: int = 1000) -> str:
    """$__interval: the range over the points of the panel, rounded as Grafana does, at least the panel's own."""
    steps = [
        "1s",
        "2s",
        "5s",
        "10s",
        "15s",
        "20s",
        "30s",
        "1m",
        "2m",
        "5m",
        "10m",
        "15m",
        "20m",
        "30m",
        "1h",
        "2h",
        "3h",
        "6h",
        "12h",
        "1d",
        "7d",
        "30d",
    ]
    wanted = max(span.total_seconds() / points, parsed_interval(least))
    return next((s for s in steps if parsed_interval(s) >= wanted * 0.8), "365d")


def panels(board: dict) -> list[dict]:
    """Panels with, as "repeats", the variable that they are repeated by: their own or their row's."""
    found, repeat = [], None
    for panel in board["panels"]:
        if panel["type"] == "row":
            repeat = panel.get("repeat")
            found += [p | {"repeats": repeat} for p in panel.get("panels", [])]
        else:
            found.append(panel | {"repeats": panel.get("repeat") or repeat})
    return found
