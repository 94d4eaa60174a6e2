#!/usr/bin/env python3
"""Prints every query of the Grafana dashboards as an EXPLAIN for psql, macros and variables filled in: `make lint` runs them
as grafana_reader, so that a renamed column or a missing grant is found before a person opens the dashboard. What they answer is
the business of Tests/grafana, which also expands them."""

import datetime
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "Tests/grafana"))
import macros  # noqa: E402

UNTIL = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)

for path in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json")):
    board = json.loads(path.read_text())
    variables = board["templating"]["list"]
    context = macros.Context(
        UNTIL - datetime.timedelta(days=1),
        UNTIL,
        {v["name"]: macros.Variable(["M-1", "O'Brien"] if v["multi"] else ["M-1"], [], v["multi"]) for v in variables},
    )
    queries = [(f"variable {v['name']}", v["query"], context) for v in variables]
    queries += [
        (f"annotation {a['name']}", a["target"]["rawSql"], context)
        for a in board["annotations"]["list"]
        if "rawSql" in a.get("target", {})
    ]
    queries += [
        (p["title"], t["rawSql"], context.with_one(p["repeats"], "O'Brien", "") if p["repeats"] else context)
        for p in macros.panels(board)
        for t in p.get("targets", [])
        if "rawSql" in t
    ]
    for title, sql, context in queries:
        print(f"\\set where '{path.name}: {title.replace(chr(39), '')}'")
        print(f"EXPLAIN {macros.expanded(macros.interpolated(sql, context), context).text}\n;")
        print("\\if :ERROR\n    \\echo :where\n\\endif")
