"""What needs no database: splits, windows, intervals, the two implementations of each network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from millwright_trainer import boosting, bundle, conformal, gate, lstm, measures, reference, remaining, splits, windows
from millwright_trainer.errors import TrainingError
from millwright_trainer.kinds import window_autoencoder
from servemlkit import autoencoder, formats, waveform
from support import ROOT, Tap

ROUNDS = 200


def fleet(count: int, rng: np.random.Generator, steps: int = 60) -> list[remaining.Life]:
    """Lives of different length whose second signal rises over the last 40 steps."""
    lives = []
    for n in range(count):
        length = int(rng.integers(steps, 2 * steps))
        left = np.arange(length)[::-1].astype(float)
        wear = np.maximum(0, 40 - left) / 10 + rng.normal(0, 1)
        values = np.stack([rng.normal(5, 1, length), wear + rng.normal(0, 0.3, length)], axis=1)
        lives.append(remaining.Life(f"m{n}", f"life {n}", values, left))
    return lives


def case_splits_by_group(tap: Tap) -> None:
    rng = np.random.default_rng(1)
    mixed = lost = empty = 0
    for _ in range(ROUNDS):
        groups = [f"g{i}" for i in rng.integers(0, rng.integers(2, 12), rng.integers(2, 80))]
        rest, test = splits.by_group(groups, 0.2, rng)
        mixed += bool({groups[i] for i in rest} & {groups[i] for i in test})
        lost += sorted([*rest, *test]) != list(range(len(groups)))
        empty += len(set(groups)) > 1 and (not len(rest) or not len(test))
        parts = splits.folds(groups, 4, rng)
        names = [{groups[i] for i in p} for p in parts]
        mixed += any(a & b for n, a in enumerate(names) for b in names[:n])
        lost += sorted(i for p in parts for i in p) != list(range(len(groups)))
    tap.equal((mixed, lost, empty), (0, 0, 0), f"no machine or life lies on two sides of {ROUNDS} random splits, and none is lost")


def case_splits_by_time(tap: Tap) -> None:
    rng = np.random.default_rng(2)
    wrong = 0
    for _ in range(ROUNDS):
        length = rng.integers(1, 30)
        begins = np.sort(rng.integers(0, 2000, rng.integers(10, 300))).astype(float)
        order = rng.permutation(len(begins))
        begins, ends = begins[order], (begins + length)[order]
        train, validation, test = splits.by_time(begins, ends)
        # a naive oracle: no window of a later part may begin before one of an earlier part ended
        for early, late in ((train, validation), (validation, test), (train, test)):
            wrong += any(begins[j] < ends[i] for i in early for j in late)
        wrong += len(set(train) | set(validation) | set(test)) != len(train) + len(validation) + len(test)
    tap.equal(wrong, 0, f"windows of two parts never overlap in time, in {ROUNDS} random splits")


def case_windows(tap: Tap) -> None:
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(ROUNDS):
        values = np.where(rng.random((rng.integers(1, 40), 2)) < 0.3, np.nan, rng.normal(0, 1, 1))
        most = int(rng.integers(0, 4))
        naive = values.copy()
        for column in range(2):
            last, missing = np.nan, 0
            for row in range(len(values)):
                missing = 0 if np.isfinite(values[row, column]) else missing + 1
                last = values[row, column] if missing == 0 else last
                naive[row, column] = last if missing <= most else np.nan
        wrong += not np.array_equal(windows.carry(values, most), naive, equal_nan=True)
        steps = int(rng.integers(1, 6))
        found, ends = windows.slide(naive, steps)
        whole = [i for i in range(steps - 1, len(naive)) if np.isfinite(naive[i - steps + 1 : i + 1]).all()]
        wrong += list(ends) != whole or not all(np.array_equal(w, naive[i - steps + 1 : i + 1]) for w, i in zip(found, whole))
    tap.equal(wrong, 0, "missing steps are filled and windows cut as a naive loop does it")
    times, grid = windows.on_grid(np.array([0.0, 60, 240]), np.array([[1.0], [2], [3]]), "1m")
    tap.ok(list(times) == [0, 60, 120, 180, 240] and np.isnan(grid[2:4]).all() and grid[4] == 3, "buckets without any value are rows of nothing")


def case_conformal(tap: Tap) -> None:
    rng = np.random.default_rng(4)
    covered = []
    for _ in range(40):
        truth = rng.uniform(0, 125, 800)
        said = np.clip(truth + rng.normal(0, 3 + truth / 8), 0, 125)
        table = conformal.fit(said[:400], truth[:400], 0.8)
        low, high = conformal.bounds(said[400:], table, 125)
        covered.append(np.mean((truth[400:] >= low) & (truth[400:] <= high)))
    tap.ok(0.77 <= np.mean(covered) <= 0.83, f"an interval of 80 % covers {np.mean(covered):.1%} of what it had not seen, whose spread grows")
    near, far = (np.diff(conformal.bounds(np.array([v]), table, 125), axis=0)[0, 0] for v in (10.0, 80.0))
    tap.ok(near < far, f"and is narrower near the end ({near:.0f}) than far from it ({far:.0f})")


def case_measures(tap: Tap) -> None:
    figures = measures.detection(np.array([1, 1, 0, 0, 1], bool), np.array([1, 0, 1, 0, 1], bool))
    tap.equal((figures["precision"], figures["recall"], figures["accuracy"]), (2 / 3, 2 / 3, 0.6), "precision, recall and accuracy by hand")
    tap.ok(abs(measures.nasa(np.array([10.0, -13.0])) - 2 * (np.e - 1)) < 1e-9, "the NASA score of 10 too late and 13 too early is e - 1 each")
    tap.ok(gate.threshold(np.zeros(50), 0.99, 1.2) > 0, "a threshold is never zero")


def case_waveform(tap: Tap) -> None:
    worst = 0.0
    for sample in json.loads((ROOT / "Tests/ServeMLTests/Fixtures/waveforms.json").read_text()):
        found = np.array(waveform.features(np.array(sample["samples"]), sample["rate"]))
        worst = max(worst, float(np.max(np.abs(found - sample["features"]) / (1e-6 + np.abs(sample["features"])))))
    tap.ok(worst < 1e-6, f"a waveform's features are those that ServeML is held against (within {worst:.1e})")


def case_networks(tap: Tap) -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(0, 1, (64, 9, 5))
    y = x[:, -3:, 0].mean(axis=1)
    members = [lstm.fit_regressor(x, y, 2, seed, hidden=7, head=3) for seed in range(3)]
    mean = 20 * np.mean([lstm.predict(m, x) for m in members], axis=0)
    found = reference.value(reference.single(lstm.ensemble(members, 20)), x)
    tap.ok(np.abs(found - mean).max() < 1e-3, f"an ensemble as one LSTM says its members' mean (within {np.abs(found - mean).max():.1e})")
    tap.ok(np.std([lstm.predict(m, x) for m in members], axis=0).max() > 1e-3, "and the members differ")
    p = lstm.fit_autoencoder(x, 2, 1, hidden=6)
    tensors = reference.single(lstm.autoencoder_tensors(p))
    latent, output = lstm.reconstruct(p, x.astype(np.float32))
    score, latents, _ = reference.scores(tensors, x)
    tap.ok(np.abs(score - ((np.asarray(output) - x) ** 2).mean(axis=(1, 2))).max() < 1e-4, "an LSTM autoencoder scores alike in JAX and numpy")
    tap.ok(np.abs(latents - np.asarray(latent)).max() < 1e-4, "and has the same latents")
    rows = x.reshape(64, -1)
    parts = autoencoder.train(rows, [8], 2, np.random.default_rng(1), epochs=2)
    with tempfile.TemporaryDirectory() as folder:
        formats.write_safetensors(Path(folder) / "a.safetensors", autoencoder.state_dict(*parts))
        dense = reference.read_safetensors(Path(folder) / "a.safetensors")
    tap.ok(np.abs(reference.scores(dense, x)[0] - autoencoder.evaluate(*parts, rows)[0]).max() < 1e-9, "a dense one scores alike after it was written and read")


def case_directions(tap: Tap) -> None:
    rng = np.random.default_rng(7)
    z, _ = windows.slide(rng.normal(0, 1, (400, 2)), 12)
    tensors = window_autoencoder.fit(z, "dense", 200, 1, ways=["low", "both"])
    calm = np.quantile(reference.scores(tensors, z)[0], 0.99)
    fresh, _ = windows.slide(rng.normal(0, 1, (300, 2)), 12)

    def found(first: float, second: float) -> float:
        return float((reference.scores(tensors, fresh + np.array([first, second]))[0] > calm).mean())

    rates = {"low": found(-1.5, 0), "high": found(1.5, 0), "second up": found(0, 1.5), "second down": found(0, -1.5)}
    tap.ok(min(rates["low"], rates["second up"], rates["second down"]) > 0.6, f"a lasting shift of 1.5 deviations the wrong way is found: {rates}")
    tap.ok(rates["high"] < 0.25, f"the other way it is none: {rates['high']:.0%}")


def case_remaining(tap: Tap) -> None:
    rng = np.random.default_rng(6)
    lives = fleet(16, rng)
    model = remaining.learn(lives[:12], 10, 40.0, 0.8, seed=3)
    x, left = (np.concatenate(a) for a in zip(*(remaining.cut(life, 10) for life in lives[12:])))
    truth = np.minimum(left, 40)
    said = np.clip(model.predict(x), 0, 40)
    rmse, constant = np.sqrt(((said - truth) ** 2).mean()), truth.std()
    tap.ok(rmse < 0.6 * constant, f"wear that is there is learned: RMSE {rmse:.1f} of lives it had not seen, a constant has {constant:.1f}")
    again = remaining.learn(lives[:12], 10, 40.0, 0.8, seed=3)
    tap.ok(np.array_equal(again.predict(x), model.predict(x)), "the same data and seed give the same model")
    tensors = reference.single(model.tensors())
    tap.ok(np.abs(reference.value(tensors, (x - model.mean) / model.scale) - model.predict(x)).max() < 1e-2, "its tensors say the same")
    moved = remaining.Life("m", "moved", lives[0].values + np.array([0.0, 3.0]), lives[0].left)
    shift = remaining.cut(moved, 10)[0][:, :, 2:] - remaining.cut(lives[0], 10)[0][:, :, 2:]
    tap.ok(np.abs(shift).max() < 1e-9, "what a signal adds to a life from its beginning on is in no change from the beginning")
    cap = remaining.choose_cap(lives, 1.0)
    tap.ok(20 <= cap <= 60, f"the cap is about where wear begins to show, 40 hours before the end: {cap:.0f}")
    booster = boosting.Booster(lives[:12], 10, 40.0, seed=1)
    said = np.concatenate([booster.predict(life)[remaining.BASELINE - 10 :] for life in lives[12:]])
    tap.ok(np.sqrt(((said - truth) ** 2).mean()) < 0.6 * constant, "boosting learns it as well")


def case_memory(tap: Tap) -> None:
    """The kernel's bound, in a process of its own, as the worker's child sets it."""
    program = """
import os, sys
from millwright_trainer import limits
limits.bound(256 << 20, 0, os.getppid())
kept = []
try:
    for _ in range(64):
        kept.append(bytearray(16 << 20))
except MemoryError:
    print("refused", len(kept) * 16)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | {"PYTHONPATH": f"{ROOT}/trainer:{ROOT}/tools"})
    word, _, megabytes = done.stdout.strip().partition(" ")
    tap.ok(word == "refused" and 64 <= int(megabytes) <= 256, f"memory beyond the bound of 256 MB is refused ({megabytes} MB were had)", done.stderr)


def case_journals(tap: Tap) -> None:
    """Bundles that were moved to their place and never acknowledged, of a dead worker and of a living one."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)

        def leave(worker: str, job: int) -> bundle.Workshop:
            shop = bundle.Workshop(root, worker)
            path = shop.stage(job) / f"m/p/{job}"
            path.mkdir(parents=True)
            bundle.finish(path, {bundle.OWNER: {"job": job, "worker": bundle.folder_name(worker), "attempt": 1}})
            shop.place(job, [f"m/p/{job}"])
            return shop

        states = {1: True, 2: False, 3: None, 4: False}
        for job in (1, 2, 3):
            os.close(leave(f"dead {job}", job).lock)
        living = leave("living", 4)
        living.clean_dead(states.get)
        tap.equal(sorted(p.name for p in root.glob("m/p/*")), ["1", "3", "4"], "of dead workers what the database refused goes, what it took stays, what is open waits")
        living.close_journals(living.own, states.get)
        tap.equal(sorted(p.name for p in root.glob("m/p/*")), ["1", "3"], "a worker closes its own journals when the database is back")
        states[3] = False
        living.clean_dead(states.get)
        living.close()
        left = sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())
        tap.equal(left, ["m/p/1/metadata.json"], "and in the end nothing else is left")


def case_names(tap: Tap) -> None:
    refused = 0
    hostile = ["a/b", "a/b/c/d", "../b/c", "a/../c", "/b/c", "a//c", ".a/b/c", "a/b/.trainer", "a\0/b/c", "a/b/c\n", "a" * 65 + "/b/c", ""]
    for name in hostile:
        try:
            bundle.check_name(name)
        except TrainingError:
            refused += 1
    tap.equal(refused, len(hostile), "names of bundles that lead anywhere else are refused")
    with tempfile.TemporaryDirectory() as folder:
        odd = ["plain", "Volume Flow RateRMS", "yes", "a: b", "- x", "&anchor", "유량", "12", 'quo"te', "null"]
        formats.write_spec(Path(folder) / "spec.yaml", odd, {"m": odd}, 3)
        text = (Path(folder) / "spec.yaml").read_text()
    lines = [line[2:] for line in text.splitlines()[1 : 1 + len(odd)]]
    read = [json.loads(line) if line.startswith('"') else line for line in lines]
    plain = [line for line in lines if not line.startswith('"')]
    tap.equal((read, plain), (odd, odd[:2]), "names that YAML would take for something else stand in quotes")
