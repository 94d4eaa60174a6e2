#!/usr/bin/env python3
"""Makes the table of a bench run out of its pieces, compares it with bench/baseline.json, and keeps it in bench/results."""

import argparse
import json
import os
import pathlib
import platform
import time

HERE = pathlib.Path(__file__).resolve().parent
AIMS = {"thin_end_to_end": ("points/s", 60_000), "ratio_executemany_end_to_end": ("ratio", 4), "ratio_values_end_to_end": ("ratio", 4), "latency_p99": ("ms", 20),
        "rules_calm": ("%", 85), "rules_scattered": ("%", 60), "sustained_lost": ("lost", 0), "sustained_disorder": ("lost", 0)}


def load(path: pathlib.Path) -> dict | None:
    """The last line that is there: programs that report each second write one a second."""
    lines = path.read_text().split("\n") if path.exists() else []
    lines = [line for line in lines if line.strip()]
    return json.loads(lines[-1]) if lines else None


def rate(folder: pathlib.Path, name: str) -> float | None:
    run = load(folder / f"{name}.json")
    return run["rows"] / (run["last"] - run["first"]) if run and run["last"] > run["first"] else None


def machine() -> dict:
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return {"cores": len(os.sched_getaffinity(0)), "processor": model}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--write-baseline", action="store_true")
    options = parser.parse_args()
    folder = options.results
    figures: dict[str, float] = {}
    rows: list[tuple[str, str, float | None, str]] = []

    def add(key: str, label: str, value: float | None, unit: str) -> None:
        if value is not None:
            figures[key] = round(value, 2)
            rows.append((key, label, value, unit))

    for kind, words in (("end_to_end", "end to end: published, committed, acknowledged"), ("drain", "drain: from the broker's queue")):
        ours = rate(folder, f"thin_{kind}")
        theirs = {method: rate(folder, f"alternative_{method}_{kind}") for method in ("executemany", "values")}
        add(f"thin_{kind}", f"thin, {words}", ours, "points/s")
        run = load(folder / f"thin_{kind}.json")
        if ours and run.get("batches"):
            add(f"batch_{kind}", "  messages a batch", run["messages"] / run["batches"], "count")
            add(f"database_{kind}", "  time in the database", 100 * run["commit_seconds"] / (run["last"] - run["first"]), "%")
        for method, value in theirs.items():
            add(f"alternative_{method}_{kind}", f"paho + psycopg ({method}), the same", value, "points/s")
        for method, value in theirs.items():
            if ours and value:
                add(f"ratio_{method}_{kind}", f"  thin : paho + psycopg ({method})", ours / value, "ratio")
    latency = load(folder / "latency.json")
    if latency:
        for key in ("p50", "p90", "p99", "max"):
            add(f"latency_{key}", f"alarm, publish to WebSocket, {key}", latency[f"{key}_ms"], "ms")
        if "relay_p50_ms" in latency:
            add("latency_relay", "  of it after the outbox row was written, p50", latency["relay_p50_ms"], "ms")
        add("latency_received", f"  notifications received, of {latency['published']}", latency["received"], "count")

    sustained = load(folder / "sustained.json")
    if sustained:
        add("sustained_received", f"200 alarms/s for a minute: transitions told, of {sustained['sent']:,}", sustained["received"], "count")
        add("sustained_lost", "  lost", sustained["sent"] - sustained["received"], "lost")
        add("sustained_disorder", "  gaps in the sequence, machines out of order", sustained["gaps"] + sustained["wrong_stories"], "lost")
        add("sustained_p99", "  publish to WebSocket, p99", sustained["p99_ms"], "ms")
    rules = load(folder / "rules.json")
    for key in ("calm", "standing", "scattered", "undamped") if rules else ():
        label = f"1,000 rules, {rules[key]['label']}: throughput kept"
        add(f"rules_{key}", label, rules[key]["kept"], "%")
    skab = load(folder / "skab.json")
    for key, words in (("default", "SKAB valve1/0..7, rule learned from anomaly-free.csv alone"), ("untuned_held_back", "SKAB valve1/4..7, learned from each file's first 400 rows"),
                       ("tuned", "SKAB valve1/0..3, best of the grid of backtests there"), ("tuned_held_back", "SKAB valve1/4..7, the same, held back")) if skab else ():
        add(f"skab_{key}_precision", f"{words}: precision", skab[key]["precision"], "share")
        add(f"skab_{key}_recall", "  recall", skab[key]["recall"], "share")
        add(f"skab_{key}_f1", "  F1", skab[key]["f1"], "share")

    baseline_file = HERE / "baseline.json"
    baseline = json.loads(baseline_file.read_text())["figures"] if baseline_file.exists() else {}
    print(f"{'':74}{'now':>12}  {'unit':9}{'baseline':>12}{'change':>9}  aim")
    for key, label, value, unit in rows:
        digits = 0 if unit in ("points/s", "count", "lost") else 3 if unit == "share" else 1
        before = baseline.get(key)
        change = f"{(value / before - 1) * 100:+.0f} %" if before else ""
        aim = ""
        if key in AIMS:
            less = unit in ("ms", "lost")
            met = value <= AIMS[key][1] if less else value >= AIMS[key][1]
            aim = f"{'=' if unit == 'lost' else '<' if less else '≥'} {AIMS[key][1]:,} {'met' if met else 'MISSED'}"
        was = f"{before:,.{digits}f}" if before else ""
        print(f"{label:74}{value:>12,.{digits}f}  {unit:9}{was:>12}{change:>9}  {aim}".rstrip())
    stored = load(folder / "stored.json")
    if stored:
        print(f"\nstored rows {stored['rows']:,}, quarantined messages {stored['quarantined']:,}")
    result = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": machine(), "figures": figures}
    kept = HERE / "results"
    kept.mkdir(exist_ok=True)
    name = kept / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    name.write_text(json.dumps(result, indent=2) + "\n")
    print(f"kept as {name.relative_to(HERE.parent)}")
    if options.write_baseline:
        baseline_file.write_text(json.dumps(result, indent=2) + "\n")
        print(f"written to {baseline_file.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
