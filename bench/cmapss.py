#!/usr/bin/env python3
"""Remaining life on NASA's C-MAPSS FD001, by the trainer's own code.

    bench/cmapss                          cross-validation by engine (five folds)
    bench/cmapss --folds 0,1              some of the folds
    bench/cmapss --boosting               gradient boosting over the whole past beside it, which no bundle can be, and the mean of the two

Each engine is held back in one fold, with everything that was learned for it (scaling, weights, calibration, interval) from the other 80. Its life is
cut at ten moments chosen at random, 7 to 145 cycles before its end (at least 30 cycles after its beginning); 1 cycle counts as 1 hour. The truth is
capped at 125, as usual for this benchmark. The official test file is not used.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from millwright_trainer import boosting, conformal, measures, remaining

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
    took = "" if seconds is None else f"   {seconds:.0f} s"
    print(
        f"{name:34} RMSE {figures['rmse']:5.2f}   bias {figures['bias']:+5.2f}   80 % interval covers {figures['coverage']:.1%}, {figures['width']:.0f} wide"
        f"   NASA score {figures['nasa_score_mean']:.2f} an estimate{took}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=FILE)
    parser.add_argument("--folds", default=",".join(map(str, range(FOLDS))))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--boosting", action="store_true")
    parser.add_argument("--json", type=Path, help="write the figures there")
    arguments = parser.parse_args()
    if not arguments.file.exists():
        print(f"skipped: C-MAPSS ({arguments.file} is missing)")
        return
    lives, names = read(arguments.file)
    moments = cuts(lives, arguments.seed)
    parts = np.array_split(np.random.default_rng(3).permutation(len(lives)), FOLDS)
    rows: dict[str, list] = {"lstm": [], "boosting": [], "mean of both": []}
    seconds = dict.fromkeys(rows, 0.0)
    for number in map(int, arguments.folds.split(",")):
        held = parts[number]
        known = [lives[i] for i in range(len(lives)) if i not in set(held)]
        began = time.monotonic()
        model = remaining.learn(known, STEPS, CAP, COVERAGE, arguments.seed)
        seconds["lstm"] += time.monotonic() - began
        x = np.concatenate([remaining.cut(lives[i], STEPS)[0][len(lives[i].values) - STEPS - moments[i]] for i in held])
        truth = np.minimum(CAP, np.concatenate([moments[i] for i in held]).astype(float))
        said = np.clip(model.predict(x), 0, CAP)
        low, high = model.bounds(said)
        rows["lstm"].append(np.stack([said, low, high, truth]))
        if arguments.boosting:
            began = time.monotonic()
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
            seconds["boosting"] += time.monotonic() - began
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
