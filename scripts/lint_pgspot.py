#!/usr/bin/env python3
"""pgspot over sql/: unqualified names, unsafe search paths, functions that somebody else could have made first.

The schemas of sql/schema belong to role millwright and nobody else may create in them, which a single file cannot show:
they count as created here. `thin migrate` runs every file under a fixed search path, so a top-level statement
of a schema file may name a built-in function plainly.
"""

import argparse
import contextlib
import io
import pathlib
import re
import sys

from pgspot.state import Counter, State
from pgspot.visitors import visit_sql

# (files, code, part of the message, why it is right there)
IGNORED = [
    ("sql/schema/", "PS012", "", "CREATE TABLE without IF NOT EXISTS is meant: a migration runs once"),
    ("sql/functions/ops/set_columnstore.sql", "PS0", "", "its path is compat, public: TimescaleDB's policy functions live in either, PUBLIC may create in neither"),
    ("sql/functions/ops/set_retention.sql", "PS0", "", "its path is compat, public: TimescaleDB's policy functions live in either, PUBLIC may create in neither"),
    ("sql/views/ops/010_timescale.sql", "PS0", "", "sets the path itself, to find either the extension's views or compat's"),
]
# Routines that cannot have a SET clause, because they commit or because they run statements under the caller's path.
# What follows from it inside them (unqualified names) is excused too.
WITHOUT_PATH = {
    "compat.create_continuous_aggregate", "compat.refresh_continuous_aggregate", "compat.drop_continuous_aggregate",
    "compat.run_script", "ops.run_due_jobs",
}
FOLLOWS = ("PS001", "PS005", "PS009", "PS016", "PS017")
WITHOUT_SEARCH_PATH = re.compile(r"PS005: .*?: ([\w.]+)\(.* at line (\d+)$")
# Made by the ledger and by compat with IF NOT EXISTS under an owner of ours.
ALSO_OURS = ["ops", "compat"]


def schemas(root: pathlib.Path) -> list[str]:
    names = set(ALSO_OURS)
    for path in (root / "sql").rglob("*.sql"):
        names.update(re.findall(r"^CREATE SCHEMA (?:IF NOT EXISTS )?(\w+)", path.read_text(), re.MULTILINE))
    return sorted(names)


def check(path: pathlib.Path, known: list[str], plpgsql: bool) -> list[str]:
    arguments = argparse.Namespace(
        ignore=[], ignore_lang=[], plpgsql=plpgsql, summary_only=False, sql_fn=[], proc_without_search_path=[])
    state = State(Counter(arguments))
    state.created_schemas = list(known)
    state.searchpath_secure = True
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        visit_sql(state, path.read_text(), toplevel=True)
    # a message may quote several lines of SQL
    return [" ".join(part.split()) for part in re.split(r"\n(?=PS\d{3}: |Unknown)", output.getvalue()) if part.strip()]


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent
    known = schemas(root)
    files = sorted(path for folder in ("schema", "functions", "views", "compat", "grants")
                   for path in (root / "sql" / folder).rglob("*.sql"))
    found, outside = 0, []
    for path in files:
        name = str(path.relative_to(root))
        try:
            lines = check(path, known, plpgsql=True)
        except Exception:
            # pgspot stumbles over SQL-standard bodies (whose names are bound when they are made) and over some
            # PL/pgSQL; plpgsql_check reads those in the database.
            outside.append(name)
            try:
                lines = check(path, known, plpgsql=False)
            except Exception:
                lines = []
        excused = {m[2] for m in map(WITHOUT_SEARCH_PATH.match, lines) if m and m[1] in WITHOUT_PATH}
        for line in lines:
            if line.startswith(FOLLOWS) and line.rsplit(" at line ", 1)[-1] in excused:
                continue
            code = line.split(":", 1)[0]
            if any(name.startswith(p) and code.startswith(c) and part in line for p, c, part, _ in IGNORED):
                continue
            found += 1
            print(f"{name}: {line}")
    print(f"pgspot: {len(files)} files, {found} findings; {len(outside)} files with bodies left to plpgsql_check")
    return 1 if found else 0


sys.exit(main())
