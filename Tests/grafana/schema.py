"""Whether a board is one that Grafana reads: Grafana's own schema, as the types of grafana-foundation-sdk.

The types drop what they do not know. So a board is read by them and written again: what is gone then was misspelt, or is newer than the types
(LATER names those, and why they are right)."""

from __future__ import annotations

import json
import typing

from grafana_foundation_sdk.cog import encoder, plugins
from grafana_foundation_sdk.models import dashboard

plugins.register_default_plugins()

# What the types (of Grafana 10.1) leave open: the built-in annotation and a variable's definition, which each board that Grafana saves has, and the
# query of an annotation, which is its data source's own. maxPerRow is newer.
LATER = {"panels[].maxPerRow", "annotations.list[].builtIn", "templating.list[].definition"} | {
    f"annotations.list[].target.{name}"
    for name in ("refId", "datasource", "format", "rawQuery", "editorMode", "rawSql")
}
ENUMS = {
    "type": {"row", "stat", "table", "timeseries", "bargauge", "piechart", "status-history"},
    "drawStyle": {"line", "bars", "points"},
    "showPoints": {"auto", "never", "always"},
    "displayMode": {"list", "table", "hidden", "basic", "gradient", "lcd"},
    "placement": {"bottom", "right"},
    "colorMode": {"value", "background", "none"},
    "graphMode": {"none", "area"},
    "cellHeight": {"sm", "md", "lg"},
}


def _gone(given: object, read: object, path: str) -> typing.Iterator[str]:
    if isinstance(given, dict):
        if not isinstance(read, dict):
            yield f"{path}: {given!r} became {read!r}"
            return
        for key, value in given.items():
            here = f"{path}.{key}" if path else key
            if key not in read:
                # null is the same as nothing
                if value is not None and value != [] and here not in LATER:
                    yield f"{here} is not known"
            else:
                yield from _gone(value, read[key], here)
    elif isinstance(given, list):
        if not isinstance(read, list) or len(read) != len(given):
            yield f"{path}: {given!r} became {read!r}"
            return
        for a, b in zip(given, read):
            yield from _gone(a, b, path + "[]")
    elif given != read and not (
        isinstance(given, (int, float)) and isinstance(read, (int, float)) and float(given) == float(read)
    ):
        yield f"{path}: {given!r} became {read!r}"


def _wrong_words(value: object, path: str) -> typing.Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if (
                key in ENUMS
                and isinstance(inner, str)
                and path.endswith(("panels[]", "custom", "legend", "options"))
                and inner not in ENUMS[key]
            ):
                yield f"{path}.{key}: {inner!r} is none of {sorted(ENUMS[key])}"
            yield from _wrong_words(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _wrong_words(inner, path + "[]")


def faults(board: dict) -> list[str]:
    read = json.loads(json.dumps(dashboard.Dashboard.from_json(json.loads(json.dumps(board))), cls=encoder.JSONEncoder))
    return sorted(set(_gone(board, read, "")) | set(_wrong_words(board, "")))
