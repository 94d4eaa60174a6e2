#!/usr/bin/env python3
"""Prints every query of the Grafana dashboards as an EXPLAIN for psql, macros and variables filled in: `make lint` runs them
as grafana_reader, so that a renamed column or a missing grant is found before a person opens the dashboard."""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
FROM, TO = "'2026-01-01T00:00:00Z'", "'2026-01-02T00:00:00Z'"


def filled(sql: str) -> str:
    sql = re.sub(r"\$__timeFilter\(([^)]*)\)", rf"\1 BETWEEN {FROM} AND {TO}", sql)
    sql = sql.replace("$__timeFrom()", FROM).replace("$__timeTo()", TO)
    return sql.replace("$equipment", "M-1").replace("$sensor", "'x'")


for path in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json")):
    board = json.loads(path.read_text())
    queries = [(f"variable {v['name']}", v["query"]) for v in board["templating"]["list"] if v["type"] == "query"]
    queries += [(p["title"], t["rawSql"]) for p in board["panels"] for t in p.get("targets", []) if "rawSql" in t]
    for title, sql in queries:
        print(f"\\set where '{path.name}: {title.replace(chr(39), '')}'")
        print(f"EXPLAIN {filled(sql)}\n;")
        print("\\if :ERROR\n    \\echo :where\n\\endif")
