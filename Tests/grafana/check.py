#!/usr/bin/env python3
"""Grafana's boards against a database: every query of every panel, variable and annotation is expanded as Grafana does and asked as grafana_reader.

check.py --full URL --empty URL [--pictures FOLDER] [--times] [--field FILE]: FULL has Tests/grafana/data.sql, EMPTY nothing. The user must be able to
SET ROLE. Prints TAP. Pictures are of what each query answers, to look at."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime
import json
import pathlib
import re
import sys
import zoneinfo

import psycopg
import yaml

import macros
import schema

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOARDS = ROOT / "deploy/grafana/dashboards"
UTC = datetime.timezone.utc
NUMBERS = {20, 21, 23, 26, 700, 701, 1700}
TEXTS = {18, 19, 25, 1043}
TIMES = {1114, 1184}
# what Grafana can show: the rest arrives as text nobody can read, or not at all
SHOWN = NUMBERS | TEXTS | TIMES | {16, 1082}
RANGES = {
    "6 h": datetime.timedelta(hours=6),
    "7 d": datetime.timedelta(days=7),
    "30 d": datetime.timedelta(days=30),
    "1 y": datetime.timedelta(days=365),
}

passed = failed = 0


def ok(good: bool, name: str, *notes: object) -> bool:
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f"{'ok' if good else 'not ok'} {passed + failed} - {name}")
    if not good:
        for note in notes:
            print("#   " + str(note).strip().replace("\n", "\n#   "))
    return good


@dataclasses.dataclass
class Answer:
    names: list[str]
    types: list[int]
    rows: list[tuple]
    milliseconds: float | None = None

    def column(self, name: str) -> list:
        return [r[self.names.index(name)] for r in self.rows]


class Reader:
    """A session as grafana_reader: its rights, and the settings of its role."""

    def __init__(self, url: str) -> None:
        self.session = psycopg.connect(url, autocommit=True)
        settings = self.session.execute(
            "SELECT unnest(rolconfig) FROM pg_roles WHERE rolname = 'grafana_reader'"
        ).fetchall()
        for (setting,) in settings:
            name, _, value = setting.partition("=")
            # not parameterised: a list of names
            self.session.execute(f"SET {name} = {value}" if name == "search_path" else f"SET {name} = '{value}'")
        self.session.execute("SET SESSION AUTHORIZATION grafana_reader")
        self.session.execute("SET timezone = 'UTC'")
        self.plant = zoneinfo.ZoneInfo(self.session.execute("SELECT plant.time_zone()").fetchone()[0])

    def ask(self, text: str) -> Answer:
        with psycopg.ClientCursor(self.session) as cursor:
            cursor.execute(text.encode())
            return Answer(
                [d.name for d in cursor.description], [d.type_code for d in cursor.description], cursor.fetchall()
            )

    def time(self, text: str) -> float:
        plan = self.session.execute("EXPLAIN (ANALYZE, FORMAT JSON, TIMING off) " + text).fetchone()[0][0]
        return plan["Planning Time"] + plan["Execution Time"]


def options(board: dict, reader: Reader, context: macros.Context, name: str, first: bool = False) -> macros.Context:
    """The board's variables, each asked with those before it; many: all of them, first: the first only."""
    for variable in board["templating"]["list"]:
        where = f"{name}: variable {variable['name']}"
        text = macros.expanded(macros.interpolated(variable["query"], context), context).text
        try:
            answer = reader.ask(text)
        except psycopg.Error as error:
            ok(False, where, error, text)
            continue
        ok(
            answer.names == ["__value", "__text"]
            and len(set(answer.column("__value"))) == len(answer.rows)
            and all(isinstance(v, str) for row in answer.rows for v in row),
            f"{where}: values and texts, each value once",
            answer,
        )
        values, texts = answer.column("__value"), answer.column("__text")
        many = variable["multi"] and not first
        if not variable["multi"] and not values:
            values, texts = [""], [""]
        context.variables[variable["name"]] = macros.Variable(
            values if many else values[:1], texts if many else texts[:1], variable["multi"]
        )
        variable["found"] = list(zip(values, texts))
    return context


def contexts(panel: dict, board: dict, context: macros.Context) -> list[macros.Context]:
    """One for each repetition."""
    if not panel["repeats"]:
        return [context]
    chosen = context.variables[panel["repeats"]]
    return [context.with_one(panel["repeats"], v, t) for v, t in zip(chosen.values, chosen.texts)]


def wrong(panel: dict, target: dict, answer: Answer) -> list[str]:
    """What the panel could not show."""
    found, kind = [], panel["type"]
    by = dict(zip(answer.names, answer.types))
    if len(set(answer.names)) != len(answer.names):
        found.append("two columns have one name")
    if unknown := [n for n, t in by.items() if t not in SHOWN]:
        found.append(f"Grafana cannot show the type of {unknown}")
    numbers = [n for n, t in by.items() if t in NUMBERS]
    if target["format"] == "time_series":
        texts = [n for n, t in by.items() if t in TEXTS]
        if answer.names[0] != "time" or by["time"] not in TIMES:
            found.append(f"the first column is no time: {answer.names}")
        elif not numbers or set(texts) - {"metric"}:
            found.append(f"a series needs time, metric and numbers: {by}")
        else:
            times = answer.column("time")
            if None in times or times != sorted(times):
                found.append("times are missing or not in order")
            keys = list(zip(times, answer.column("metric") if "metric" in by else times))
            if len(set(keys)) != len(keys):
                found.append("a series has two values at one time")
            if "metric" in by and None in answer.column("metric"):
                found.append("a series has no name")
    elif target["refId"] == "U":
        if answer.names != ["unit"] or len(answer.rows) != 1:
            found.append(f"not a unit: {answer}")
    elif kind == "stat":
        values = panel["options"]["reduceOptions"]["values"]
        if panel["options"]["reduceOptions"]["fields"] == "/.*/":
            if len(answer.names) != 1 or len(answer.rows) > 1:
                found.append(f"a text is one column of at most one row: {answer.names}")
        elif values and (len(numbers) != 1 or len(answer.names) != 2):
            found.append(f"each row needs a name and a number: {answer.names}")
        elif not values and (len(answer.names) != 1 or len(numbers) != 1 or len(answer.rows) > 1):
            found.append(f"a number is one column of at most one row: {answer.names}, {len(answer.rows)} rows")
    elif kind in ("bargauge", "piechart"):
        if len(numbers) != 1 or len(answer.names) != 2:
            found.append(f"each row needs a name and a number: {answer.names}")
    elif kind == "table":
        for override in panel["fieldConfig"]["overrides"]:
            if override["matcher"]["id"] == "byName" and override["matcher"]["options"] not in by:
                found.append(f"an override is for {override['matcher']['options']!r}, which is no column")
            if override["matcher"]["id"] == "byRegexp" and not any(
                re.search(override["matcher"]["options"], n) for n in by
            ):
                found.append(f"an override is for {override['matcher']['options']!r}, which fits no column")
        for url in re.findall(r'"url": "([^"]+)"', json.dumps(panel["fieldConfig"])):
            for column in re.findall(r"__data\.fields\.(\w+)", url):
                if column not in by:
                    found.append(f"a link needs the column {column}")
    return found


class Report:
    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.times: list[tuple[float, str]] = []
        self.pictures: list[tuple[str, dict, list]] = []


def ask_all(
    board: dict,
    reader: Reader,
    context: macros.Context,
    where: str,
    filled: bool,
    report: Report,
    time: bool = False,
    picture: bool = False,
) -> None:
    """filled: each panel must have rows."""
    silent: list[str] = []
    faults: list[str] = []
    asked = 0
    for panel in macros.panels(board):
        for place in contexts(panel, board, context):
            place = dataclasses.replace(
                place, interval=macros.interval_for(place.until - place.since, panel.get("interval", "1s"))
            )
            shown, rows = macros.title(panel["title"], place), 0
            answers = []
            for target in panel.get("targets", []):
                if "rawSql" not in target:
                    rows = 1
                    continue
                asked += 1
                try:
                    query = macros.expanded(macros.interpolated(target["rawSql"], place), place)
                    answer = reader.ask(query.text)
                    faults += [f"{shown} {target['refId']}: {x}" for x in wrong(panel, target, answer)]
                    if "by day" in panel["title"] and any(
                        t.astimezone(reader.plant).strftime("%H:%M") != "00:00" for t in answer.column("time")
                    ):
                        faults.append(f"{shown}: its days are not those of the plant ({reader.plant})")
                    if time:
                        report.times.append((reader.time(query.text), f"{board['title']}: {shown} {target['refId']}"))
                except (psycopg.Error, ValueError, IndexError) as error:
                    faults.append(f"{shown} {target['refId']}: {error}\n{target['rawSql']}")
                    continue
                if target["refId"] not in ("L", "U"):
                    rows += sum(
                        any(v is not None for n, v in zip(answer.names, r) if n not in ("time", "metric"))
                        for r in answer.rows
                    )
                answers.append((target, query, answer))
            if not rows:
                silent.append(shown)
            if picture and answers:
                report.pictures.append((board["title"], panel | {"title": shown}, answers))
            # a count is a row, and 0 is a number
            if (
                panel["type"] == "stat"
                and not filled
                and re.search(r"\bcount\(|coalesce\(sum", answers[0][0]["rawSql"] if answers else "")
            ):
                empty = [a for _, _, a in answers if not a.rows or any(v is None for r in a.rows for v in r)]
                if empty:
                    faults.append(f"{shown}: nothing is not shown as 0")
    ok(not faults, f"{where}: {asked} queries answer, with what their panels need", *faults)
    if filled:
        ok(not silent, f"{where}: each panel has something to show", *silent)


def check_links(boards: dict[str, dict]) -> None:
    """Each link goes to a board that is there and to variables that it has; where a link leads one leads back; alarms lead to the page."""
    leads: dict[str, set[str]] = collections.defaultdict(set)
    for uid, board in boards.items():
        own = {v["name"] for v in board["templating"]["list"]}
        faults = []
        text = json.dumps(board["panels"])
        for url in re.findall(r'"url": "([^"]*)"', text):
            url = json.loads(f'"{url}"')
            for name in re.findall(r"\$\{(\w+)(?=[:}])", url):
                if not name.startswith("__") and name not in own:
                    faults.append(f"{url}: no variable {name} here")
            if not url.startswith("/d/"):
                if not re.fullmatch(r"\$\{page:raw\}/#/alarms/\$\{__data\.fields\.\w+\}", url):
                    faults.append(f"{url}: leads neither to a board nor to an alarm")
                continue
            target = re.match(r"/d/([\w-]+)", url)[1]
            if target not in boards:
                faults.append(f"{url}: no such board")
                continue
            leads[uid].add(target)
            theirs = {v["name"] for v in boards[target]["templating"]["list"]}
            for name in re.findall(r"var-([\w]+)=|\$\{(\w+):queryparam\}", url):
                if (name[0] or name[1]) not in theirs:
                    faults.append(f"{url}: {boards[target]['title']} has no variable {name[0] or name[1]}")
            if "${__url_time_range}" not in url:
                faults.append(f"{url}: the time is lost on the way")
        ok(not faults, f"{board['title']}: its links lead somewhere", *faults)
    lonely = [
        f"{boards[a]['title']} leads to {boards[b]['title']}, and nothing back"
        for a in leads
        for b in leads[a]
        if a not in leads[b]
    ]
    ok(not lonely, "where a link leads one leads back", *lonely)
    unreachable = [b["title"] for u, b in boards.items() if not leads[u]]
    ok(not unreachable, "each board leads on", *unreachable)


def check_macros() -> None:
    """What Grafana makes of a query, by hand."""
    context = macros.Context(
        datetime.datetime(2026, 1, 1, tzinfo=UTC),
        datetime.datetime(2026, 1, 2, tzinfo=UTC),
        {
            "many": macros.Variable(["O'B", "x"], ["b", "c"], True),
            "one": macros.Variable(["O'B"], ["t"], False),
            "none": macros.Variable([], [], True),
        },
        interval="5m",
    )
    for given, wanted in {
        "$__timeFilter(a.b)": "a.b BETWEEN '2026-01-01T00:00:00Z' AND '2026-01-02T00:00:00Z'",
        "$__timeGroupAlias(t, $__interval, 0)": "time_bucket('300.000s', t) AS \"time\"",
        "$__timeGroup(t,'1h')": "time_bucket('3600.000s', t)",
        "${many:sqlstring} $many": "'O''B','x' 'O''B','x'",
        "${many:singlequote}": "'O\\'B','x'",
        "${many:csv}|${many:pipe}": "O'B,x|O'B|x",
        "${many:queryparam}": "var-many=O%27B&var-many=x",
        "$one [[one]] ${one:percentencode}": "O''B O''B O%27B",
        "(ARRAY[${none:sqlstring}])": "(ARRAY[])",
        "${__from} ${__to:date:iso} $__interval_ms": "1767225600000 2026-01-02T00:00:00Z 300000",
        "$__unixEpochFilter(x)": "x >= 1767225600 AND x <= 1767312000",
        "$__timeFrom()::timestamptz": "'2026-01-01T00:00:00Z'::timestamptz",
        # arguments end at the first closing parenthesis, in Grafana too
        "$__timeFilter(f(a))": "f(a BETWEEN '2026-01-01T00:00:00Z' AND '2026-01-02T00:00:00Z')",
    }.items():
        ok(
            (made := macros.expanded(macros.interpolated(given, context), context).text) == wanted,
            f"Grafana expands {given}",
            made,
            wanted,
        )
    try:
        macros.expanded("$__timeFitler(a)", context)
        ok(False, "a macro that Grafana does not know is an error")
    except ValueError:
        ok(True, "a macro that Grafana does not know is an error")


def check_looks(boards: dict[str, dict]) -> None:
    for board in boards.values():
        faults = [p["title"] for p in macros.panels(board) if not p["fieldConfig"]["defaults"].get("noValue")]
        ok(not faults, f"{board['title']}: each panel says what it means when there is nothing", *faults)
        places = [
            (p["gridPos"]["x"], p["gridPos"]["y"], p["gridPos"]["w"], p["gridPos"]["h"], p["title"])
            for p in board["panels"]
        ]
        clashes = [
            f"{a[4]} and {b[4]}"
            for i, a in enumerate(places)
            for b in places[i + 1 :]
            if a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
        ]
        ok(not clashes, f"{board['title']}: panels do not overlap", *clashes)


def check_metrics(boards: dict[str, dict]) -> None:
    """Each metric that a board asks Prometheus for is one that thin or the database has."""
    sources = "\n".join(
        p.read_text()
        for folder, kind in (("Sources/Thin", "*.swift"), ("sql/functions", "*.sql"))
        for p in (ROOT / folder).rglob(kind)
    )
    missing = [
        f"{b['title']}: {m}"
        for b in boards.values()
        for p in macros.panels(b)
        for t in p["targets"]
        if "expr" in t
        for m in re.findall(r"\b((?:thin|millwright|process)_\w+)", t["expr"])
        if f"{re.sub('_bucket$', '', m)}" not in sources
    ]
    ok(not missing, "each metric is one that there is", *missing)


def check_annotations(boards: dict[str, dict], reader: Reader, context: macros.Context, filled: bool) -> None:
    for board in boards.values():
        for one in board["annotations"]["list"]:
            if one.get("builtIn"):
                continue
            answer = reader.ask(
                macros.expanded(
                    macros.interpolated(one["target"]["rawSql"], options(board, reader, context, board["title"])),
                    context,
                ).text
            )
            good = (
                answer.names == ["time", "timeend", "text", "tags"]
                and answer.types[0] in TIMES
                and answer.types[1] in TIMES
            )
            ok(
                good and all(r[0] is not None and r[1] >= r[0] and r[2] for r in answer.rows),
                f"{board['title']}: annotation {one['name']}",
                answer.names,
            )
            if filled and board["uid"] in (
                "millwright-plant",
                "millwright-sensors",
                "millwright-anomalies",
                "millwright-maintenance",
            ):
                ok(answer.rows, f"{board['title']}: annotation {one['name']} has something to say")


# What a rule of a provisioning file may have: Grafana drops other keys without a word.
RULE = {
    "uid",
    "title",
    "condition",
    "data",
    "noDataState",
    "execErrState",
    "for",
    "keepFiringFor",
    "missing_series_evals_to_resolve",
    "labels",
    "annotations",
    "isPaused",
}


def check_alerts(boards: dict[str, dict], full: Reader, empty: Reader) -> None:
    text = (ROOT / "deploy/grafana/provisioning/alerting/millwright.yml").read_text()
    ok("$" not in text, "the alert rules name no variable, which Grafana would take for one of its environment")
    groups = yaml.safe_load(text)["groups"]
    rules = [r | {"every": g["interval"]} for g in groups for r in g["rules"]]
    ok(rules and len({r["uid"] for r in rules}) == len(rules), "alert rules have uids of their own")
    for rule in rules:
        faults = [f"{k} is not known" for k in set(rule) - RULE - {"every"}]
        faults += [f"{k} is missing" for k in ("for", "keepFiringFor", "noDataState", "execErrState") if k not in rule]
        if rule.get("noDataState") not in ("OK", "NoData", "Alerting", "KeepLast") or rule.get("execErrState") not in (
            "OK",
            "Error",
            "Alerting",
            "KeepLast",
        ):
            faults.append("noDataState or execErrState is no state")
        if macros.parsed_interval(rule["for"]) < macros.parsed_interval(rule["every"]):
            faults.append("it fires at the first look: a value that flaps would page")
        parts = {d["refId"]: d for d in rule["data"]}
        condition = parts.get(rule["condition"], {"model": {}})["model"]
        if (
            condition.get("type") != "threshold"
            or condition.get("expression") not in parts
            or any(d["model"]["refId"] != k for k, d in parts.items())
        ):
            faults.append("its condition is no threshold of a query of its own")
        notes = rule["annotations"]
        if not any(
            p["id"] == int(notes["__panelId__"])
            for b in boards.values()
            if b["uid"] == notes["__dashboardUid__"]
            for p in b["panels"]
            if p["type"] != "row"
        ):
            faults.append("its panel is not there")
        for name, reader in (("full", full), ("empty", empty)):
            answer = reader.ask(parts["A"]["model"]["rawSql"])
            numbers = [t in NUMBERS for t in answer.types]
            labels = [tuple(v for v, n in zip(r, numbers) if not n) for r in answer.rows]
            if (
                sum(numbers) != 1
                or any(t not in NUMBERS | TEXTS for t in answer.types)
                or len(set(labels)) != len(labels)
                or any(v is None for r in answer.rows for v in r)
            ):
                faults.append(f"{name}: it needs one number, never NULL, and texts that tell its rows apart: {answer}")
            for label in re.findall(r"\.Labels\.(\w+)", json.dumps(notes)):
                if label not in answer.names:
                    faults.append(f"no label {label}")
            # nothing wrong is a zero, not nothing
            if not answer.rows and (name == "full" or rule["noDataState"] not in ("OK", "KeepLast")):
                faults.append(f"{name}: it has no rows")
        ok(not faults, f"alert rule: {rule['title']}", *faults)


def documented(path: pathlib.Path) -> list[tuple[str, str]]:
    """Queries of a page: heading and SQL of each ```sql block."""
    found = re.findall(r"^#+ (.+?)$|^```sql\n(.*?)^```", path.read_text(), re.M | re.S)
    heading, result = "", []
    for title, text in found:
        heading = title or heading
        if text:
            result.append((heading, text))
    return result


def check_documented(full: Reader, empty: Reader, context: macros.Context) -> None:
    queries = documented(ROOT / "docs/grafana.md")
    ok(len(queries) >= 10, f"docs/grafana.md has {len(queries)} queries")
    for heading, text in queries:
        try:
            query = macros.expanded(macros.interpolated(text, context), context).text
            rows = full.ask(query).rows
            empty.ask(query)
            ok(rows, f"docs/grafana.md: {heading}")
        except (psycopg.Error, ValueError) as error:
            ok(False, f"docs/grafana.md: {heading}", error, text)


def check_field(path: pathlib.Path | None, full: Reader, empty: Reader) -> None:
    """The boards of the original system: their statements, where the file is."""
    if path is None or not path.exists():
        print(f"ok {passed + failed + 1} - the original system's boards # SKIP needs ../shared/field/dashboards.sql")
        return
    statements = [s.strip() for s in re.sub(r"^--.*$", "", path.read_text(), flags=re.M).split(";") if s.strip()]
    for statement in statements:
        try:
            rows = full.ask(statement).rows
            empty.ask(statement)
            ok(rows, f"as the original's boards ask: {statement[:90]}", statement)
        except psycopg.Error as error:
            ok(False, f"as the original's boards ask: {statement[:90]}", error, statement)


def check_field_types(full: Reader) -> None:
    """The same without the file: what its statements rely on."""
    answer = full.ask(
        "SELECT device, sensor_type, count(*) FROM sensor_data WHERE time > now() - INTERVAL '2 hours' GROUP BY 1, 2 ORDER BY 1, 2"
    )
    types = {r[1] for r in answer.rows if r[0] == "press-01"}
    ok({"x", "y", "z", "vibe"} <= types, "a machine's currents are x, y, z and its vibration vibe", types)
    ok(
        not full.ask("SELECT 1 FROM sensor_data WHERE device IS NULL OR sensor_type IS NULL LIMIT 1").rows,
        "each point has a device and a type",
    )
    for statement in (
        "SELECT modalities -> 0, bundle_path, created_at FROM serve_ml_predictions LIMIT 1",
        "SELECT event_time, device_id FROM anomaly_events LIMIT 1",
        "SELECT prediction_time, device_id, rul_value, confidence, uncertainty FROM rul_predictions LIMIT 1",
    ):
        ok(full.ask(statement).rows, statement)
    try:
        full.session.execute("CREATE TABLE public.no (a integer)")
        ok(False, "grafana_reader writes nothing")
    except psycopg.Error as error:
        ok(error.sqlstate in ("25006", "42501"), "grafana_reader writes nothing", error)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", required=True)
    parser.add_argument("--empty", required=True)
    parser.add_argument("--field", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--times", action="store_true")
    parser.add_argument(
        "--speak",
        action="store_true",
        help="the first machine says something now: FULL may have been made minutes ago, and the original's boards ask for five",
    )
    arguments = parser.parse_args()
    report = Report(arguments)
    if arguments.speak:
        with psycopg.connect(arguments.full) as session:
            session.execute(
                """INSERT INTO telemetry.reading (time, value, sensor_id) SELECT now(), l.value, l.sensor_id
                FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.equipment_id = 'press-01' AND l.value IS NOT NULL"""
            )
    boards = {b["uid"]: b for b in (json.loads(p.read_text()) for p in sorted(BOARDS.glob("*.json")))}

    sys.path.insert(0, str(ROOT / "deploy/grafana/boards"))
    import build

    stale = [name for name, text in build.made().items() if (BOARDS / name).read_text() != text] + [
        p.name for p in BOARDS.glob("*.json") if p.name not in build.made()
    ]
    ok(not stale, "deploy/grafana/dashboards is what deploy/grafana/boards/build.py makes", *stale)
    for board in boards.values():
        faults = schema.faults(board)
        ok(not faults, f"{board['title']}: fits the dashboard schema", *faults)
    check_macros()
    check_looks(boards)
    check_links(boards)
    check_metrics(boards)

    full, empty = Reader(arguments.full), Reader(arguments.empty)
    now = datetime.datetime.now(UTC)
    for board in boards.values():
        for span_name, span in RANGES.items():
            for first in (False, True):
                where = f"{board['title']}, {span_name}, {'the first of each' if first else 'all'}"
                week = span_name == "7 d" and not first
                context = options(board, full, macros.Context(now - span, now, {}), where, first)
                ask_all(
                    board,
                    full,
                    context,
                    where,
                    filled=week,
                    report=report,
                    time=arguments.times and span_name in ("6 h", "7 d") and not first,
                    picture=week and arguments.pictures is not None,
                )
        where = f"{board['title']}, empty database"
        ask_all(
            board,
            empty,
            options(board, empty, macros.Context(now - RANGES["7 d"], now, {}, zone="Asia/Seoul"), where),
            where,
            filled=False,
            report=report,
        )
    week = macros.Context(now - RANGES["7 d"], now, {}, interval="1h")
    check_annotations(boards, full, dataclasses.replace(week, variables={}), True)
    check_annotations(boards, empty, dataclasses.replace(week, variables={}), False)
    check_alerts(boards, full, empty)
    machine = {
        "equipment": macros.Variable(["press-01"], ["press-01"], False),
        "sensor": macros.Variable(["vibration"], ["vibration"], False),
        "location": macros.Variable(["Hall A", "O'Brien hall"], ["Hall A", "O'Brien hall"], True),
    }
    check_documented(full, empty, dataclasses.replace(week, variables=machine))
    check_field_types(full)
    check_field(arguments.field, full, empty)
    print(f"1..{passed + failed}")
    if report.times:
        print("# slowest queries, ms (planning and execution, EXPLAIN ANALYZE)")
        for milliseconds, name in sorted(report.times, reverse=True)[:25]:
            print(f"# {milliseconds:9.1f}  {name}")
        print(f"# {sum(t > 200 for t, _ in report.times)} of {len(report.times)} queries take more than 200 ms")
    if arguments.pictures:
        import render

        print(f"# {render.all_pictures(report.pictures, arguments.pictures)} pictures in {arguments.pictures}")
    return failed > 0


sys.exit(main())
