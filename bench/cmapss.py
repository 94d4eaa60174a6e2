#!/usr/bin/env python3
"""Remaining life on NASA's C-MAPSS FD001, by the trainer's own code.

    bench/cmapss                          cross-validation by engine (five folds)
    bench/cmapss --folds 0,1              some of the folds
    bench/cmapss --product URL            through the product: URL is a migrated database that may be changed, as its administrator
    bench/cmapss --boosting               gradient boosting over the whole past beside it, which no bundle can be, and the mean of the two

Each engine is held back in one fold, with everything that was learned for it (scaling, weights, calibration, interval) from the other 80. Its life is
cut at ten moments chosen at random, 7 to 145 cycles before its end (at least 30 cycles after its beginning); 1 cycle counts as 1 hour. The truth is
capped at 125, as usual for this benchmark. The official test file is not used.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from millwright_trainer import boosting, conformal, measures, reference, remaining
from millwright_trainer.settings import Settings
from millwright_trainer.worker import Worker

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "../shared/data/cmapss/train_FD001.txt"
STEPS, CAP, COVERAGE, FOLDS, CUTS, NEAREST, FURTHEST = 30, 125.0, 0.8, 5, 10, 7, 145
SENSORS = [f"s{n}" for n in range(1, 22)]


def read(path: Path) -> tuple[list[remaining.Life], list[str]]:
    """The engines' lives: those sensors that change, and the cycle counter as one more signal."""
    raw = np.loadtxt(path)
    change = [n for n in range(21) if len(np.unique(raw[:, 5 + n])) > 2]
    names = [SENSORS[n] for n in change] + ["cycle"]
    lives = []
    for unit in np.unique(raw[:, 0]).astype(int):
        rows = raw[raw[:, 0] == unit]
        values = np.concatenate([rows[:, [5 + n for n in change]], rows[:, 1:2]], axis=1)
        lives.append(remaining.Life(f"engine-{unit:03}", f"engine-{unit:03}", values, np.arange(len(rows))[::-1].astype(float)))
    return lives, names


def cuts(lives: list[remaining.Life], seed: int) -> list[np.ndarray]:
    """Cycles left at the chosen moments of each engine."""
    rng = np.random.default_rng(seed)
    return [rng.integers(NEAREST, min(FURTHEST, len(life.values) - STEPS) + 1, CUTS) for life in lives]


def show(name: str, figures: dict[str, float], seconds: float | None = None) -> None:
    took = "" if seconds is None else f"   {seconds:.0f} s of one processor"
    print(
        f"{name:34} RMSE {figures['rmse']:5.2f}   bias {figures['bias']:+5.2f}   80 % interval covers {figures['coverage']:.1%}, {figures['width']:.0f} wide"
        f"   NASA score {figures['nasa_score_mean']:.2f} an estimate{took}",
        flush=True,
    )


def product(lives: list[remaining.Life], names: list[str], moments: list[np.ndarray], url: str, seed: int) -> dict[str, float]:
    """Imports 80 engines with their failures and 20 that still run, cut at one of their moments; trains by the queue; asks their bundles."""
    import psycopg

    held = np.sort(np.array_split(np.random.default_rng(3).permutation(len(lives)), FOLDS)[0])
    truth = {int(i): int(moments[i][0]) for i in held}
    now = int(time.time()) // 3600 * 3600
    csv = ["equipment_id,component,component_type,installed_at,removed_at,end_reason"]
    with psycopg.connect(url, autocommit=True) as c, tempfile.TemporaryDirectory() as folder:
        c.execute("INSERT INTO plant.equipment (id, name, type) SELECT n, n, 'turbofan' FROM unnest(%s::text[]) AS n", ([life.machine for life in lives],))
        c.execute(
            "INSERT INTO plant.sensor (equipment_id, name, type) SELECT e, s, 'turbofan' FROM unnest(%s::text[]) AS e CROSS JOIN unnest(%s::text[]) AS s",
            ([life.machine for life in lives], names),
        )
        sensors = dict(c.execute("SELECT equipment_id || ' ' || name, id FROM plant.sensor WHERE type = 'turbofan'").fetchall())
        began = time.monotonic()
        with c.cursor().copy("COPY telemetry.reading (sensor_id, time, value) FROM STDIN") as out:
            for i, life in enumerate(lives):
                count = len(life.values) - truth.get(i, 0)
                # who still runs ran until now; who failed did so before
                first = now - 3600 * (count if i in truth else 400)
                ended = first + 3600 * count
                times = [datetime.fromtimestamp(t, UTC).isoformat() for t in (first, ended)]
                csv.append(f"{life.machine},engine,engine,{times[0]}," + ("," if i in truth else f"{times[1]},failed"))
                for row in range(count):
                    stamp = datetime.fromtimestamp(first + 3600 * row + 60, UTC)
                    for column, name in enumerate(names):
                        out.write_row((sensors[f"{life.machine} {name}"], stamp, float(life.values[row, column])))
        outcomes = c.execute("SELECT outcome, count(*) FROM plant.import_lives(%s, 'C-MAPSS FD001') GROUP BY outcome", ("\n".join(csv) + "\n",)).fetchall()
        print(f"imported in {time.monotonic() - began:.0f} s: {dict(outcomes)}", flush=True)
        spec = {"equipment_type": "turbofan", "bucket": "1h", "steps": STEPS, "cap_hours": CAP, "signals": names, "seed": seed, "architecture": "lstm"}
        job = c.execute("SELECT ml.queue_training('rul', %s)", (json.dumps(spec),)).fetchone()[0]
        settings = Settings(url, Path(folder), f"bench-{time.time_ns()}", ("rul",), 6 << 30, 7200.0, 1.0, 1, 0)
        worker = Worker(settings)
        worker.run(once=True)
        worker.workshop.close()
        state, error, metrics = c.execute("SELECT state, error, metrics FROM ml.training_job WHERE id = %s", (job,)).fetchone()
        if state != "succeeded":
            sys.exit(f"the training ended as {state}: {error}")
        print(f"trained in {metrics['training_time']:.0f} s on {metrics['lives_learned']} lives; the job's own split: RMSE {metrics['rmse']:.2f}", flush=True)
        said, low, high = [], [], []
        for i in truth:
            (path,) = Path(folder).glob(f"{lives[i].machine}/*/*")
            metadata = json.loads((path / "metadata.json").read_text())
            scaler = json.loads((path / "standard_scaler_wear.json").read_text())
            found = c.execute(
                "SELECT w.values FROM ml.training_window(%s, to_timestamp(%s), to_timestamp(%s), '1h', %s) AS w",
                (lives[i].machine, now - 3600 * STEPS, now, [s["sensor"] for s in metadata["window"]["signals"]]),
            ).fetchall()
            z = (np.array([r[0] for r in found], float) - scaler["mean"]) / scaler["scale"]
            value = np.clip(reference.value(reference.read_safetensors(path / "regressor_wear.safetensors"), z[None]), 0, CAP)
            bounds = conformal.bounds(value, metadata["remaining_life"]["interval"], CAP)
            for target, number in zip((said, low, high), (value, *bounds)):
                target.append(float(number[0]))
    return measures.remaining_life(*map(np.array, (said, low, high)), np.minimum(CAP, np.array(list(truth.values()), float)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=FILE)
    parser.add_argument("--folds", default=",".join(map(str, range(FOLDS))))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--product", metavar="URL")
    parser.add_argument("--boosting", action="store_true")
    parser.add_argument("--json", type=Path, help="write the figures there")
    arguments = parser.parse_args()
    if not arguments.file.exists():
        print(f"skipped: C-MAPSS ({arguments.file} is missing)")
        return
    lives, names = read(arguments.file)
    moments = cuts(lives, arguments.seed)
    if arguments.product:
        show("through the product, 20 engines", product(lives, names, moments, arguments.product, arguments.seed))
        return
    parts = np.array_split(np.random.default_rng(3).permutation(len(lives)), FOLDS)
    rows: dict[str, list] = {"lstm": [], "boosting": [], "mean of both": []}
    seconds = dict.fromkeys(rows, 0.0)
    for number in map(int, arguments.folds.split(",")):
        held = parts[number]
        known = [lives[i] for i in range(len(lives)) if i not in set(held)]
        began = time.process_time()
        model = remaining.learn(known, STEPS, CAP, COVERAGE, arguments.seed)
        seconds["lstm"] += time.process_time() - began
        x = np.concatenate([remaining.cut(lives[i], STEPS)[0][len(lives[i].values) - STEPS - moments[i]] for i in held])
        truth = np.minimum(CAP, np.concatenate([moments[i] for i in held]).astype(float))
        said = np.clip(model.predict(x), 0, CAP)
        low, high = model.bounds(said)
        rows["lstm"].append(np.stack([said, low, high, truth]))
        if arguments.boosting:
            began = time.process_time()
            inner = np.array_split(np.random.default_rng(arguments.seed).permutation(len(known)), 4)
            out, right, ours = [], [], []
            # what boosting says of lives it has not seen, for its interval
            for part in inner:
                rest = [known[i] for i in range(len(known)) if i not in set(part)]
                booster = boosting.Booster(rest, STEPS, CAP, arguments.seed)
                for i in part:
                    near = known[i].left[STEPS - 1 :] <= remaining.FARTHEST * CAP
                    out.append(booster.predict(known[i])[near])
                    right.append(np.minimum(CAP, known[i].left[STEPS - 1 :][near]))
            booster = boosting.Booster(known, STEPS, CAP, arguments.seed)
            tree = np.concatenate([booster.predict(lives[i])[len(lives[i].values) - STEPS - moments[i]] for i in held])
            table = conformal.fit(np.concatenate(out), np.concatenate(right), COVERAGE)
            low, high = conformal.bounds(tree, table, CAP)
            rows["boosting"].append(np.stack([tree, low, high, truth]))
            seconds["boosting"] += time.process_time() - began
            both = (said + tree) / 2
            low, high = (np.mean(pair, axis=0) for pair in zip(model.bounds(said), conformal.bounds(tree, table, CAP)))
            rows["mean of both"].append(np.stack([both, low, high, truth]))
        print(f"  fold {number}: {len(known)} engines learned from, RMSE {np.sqrt(((said - truth) ** 2).mean()):.2f}", file=sys.stderr, flush=True)
    figures = {}
    for name, found in rows.items():
        if found:
            said, low, high, truth = np.concatenate(found, axis=1)
            figures[name] = measures.remaining_life(said, low, high, truth) | {"seconds": round(seconds[name], 1), "estimates": len(said)}
    print(f"C-MAPSS FD001, {len(lives)} engines, {figures['lstm']['estimates']} estimates of engines that were not learned from, {len(names)} signals")
    show("LSTM ensemble (as it is served)", figures["lstm"], seconds["lstm"])
    if arguments.boosting:
        show("gradient boosting over the past", figures["boosting"], seconds["boosting"])
        show("mean of the two (not servable)", figures["mean of both"])
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
