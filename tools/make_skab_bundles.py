#!/usr/bin/env python3
"""Makes one bundle for each valve1 recording of SKAB, by the benchmark's protocol: trained on the recording's first 400 rows, to score the rest.

    make_skab_bundles.py --output DIRECTORY [--skab ../shared/data/skab]

Writes DIRECTORY/skab-valve1-<n>/pump/v1. Each is a dense autoencoder (60-32-2-32-60, numpy alone) over a window of the newest 60 values of the volume flow;
its score is the mean squared error of the whole window, so a verdict looks back and never ahead. The threshold is MARGIN times the QUANTILE of the scores of
windows within the same 400 rows; no labelled row is trained on or used for a threshold.

Steps, sizes, MARGIN and the signal (volume flow; the others drift with the room or hide the valve in their noise) were chosen by the mean F1 of valve1/0..3.
valve1/4..7 took no part in that, but for a first look at means and moving averages of all eight, which had shown where the valve is seen. metadata.json holds
the rates of its own recording and of all. bench/serveml_skab.py scores the same rows with Millwright itself and compares.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from servemlkit import autoencoder, formats  # isort: skip (sets BLAS up before numpy loads)

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FEATURES = ["Volume Flow RateRMS"]
TRAINING_ROWS = 400
STEPS = 60
HIDDEN, LATENT, EPOCHS = [32], 2, 40
QUANTILE, MARGIN = 0.99, 1.1
RECORDINGS, TUNED_ON = range(8), range(4)
SEED = 7
GOLDEN_ROWS = 3


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """(rows of FEATURES, labels)."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return np.array([[float(row[name]) for name in FEATURES] for row in rows]), np.array([float(row["anomaly"]) > 0 for row in rows])


def windows(x: np.ndarray) -> np.ndarray:
    """[rows - STEPS + 1, STEPS, features]: the window that ends with each row that has one."""
    return np.lib.stride_tricks.sliding_window_view(x, STEPS, axis=0).transpose(0, 2, 1)


def rates(flagged: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """F1, false-alarm rate and missed-alarm rate, point by point."""
    hits, false, missed = (flagged & labels).sum(), (flagged & ~labels).sum(), (~flagged & labels).sum()
    return {
        "f1": float(2 * hits / max(1, 2 * hits + false + missed)),
        "false_alarm_rate": float(false / max(1, (~labels).sum())),
        "missed_alarm_rate": float(missed / max(1, labels.sum())),
    }


def mean(results: list[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([result[name] for result in results])) for name in results[0]}


class Recording(NamedTuple):
    """What became of one recording: rates and scores of the rows after the first TRAINING_ROWS."""

    directory: Path
    source: Path
    metadata: dict
    rates: dict[str, float]
    scores: np.ndarray
    flagged: np.ndarray
    labels: np.ndarray


def make(directory: Path, number: int, source: Path) -> Recording:
    """Trains and writes everything but metadata.json."""
    rng = np.random.default_rng(SEED + number)
    x, labels = read(source)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    formats.write_spec(directory / "feature_spec.yaml", FEATURES, {"hydraulic": FEATURES}, STEPS)
    middle, scale = x[:TRAINING_ROWS].mean(axis=0), x[:TRAINING_ROWS].std(axis=0)
    formats.write_json(directory / "standard_scaler_hydraulic.json", {"mean": middle.tolist(), "scale": scale.tolist()})
    rows = windows((x - middle) / scale).reshape(len(x) - STEPS + 1, -1)
    training = rows[: TRAINING_ROWS - STEPS + 1]
    encoder, decoder = autoencoder.train(training, HIDDEN, LATENT, rng, epochs=EPOCHS)
    formats.write_safetensors(directory / "ae_hydraulic.safetensors", autoencoder.state_dict(encoder, decoder))
    scores, latents = autoencoder.evaluate(encoder, decoder, rows)
    threshold = MARGIN * float(np.quantile(scores[: len(training)], QUANTILE))
    raw = windows(x)
    formats.write_json(
        directory / "golden.json",
        {
            "schema_version": 1,
            "vectors": [
                {"features": raw[i].T.tolist(), "scores": {"hydraulic": float(scores[i])}, "latents": {"hydraulic": latents[i].tolist()}}
                for i in np.linspace(0, len(rows) - 1, GOLDEN_ROWS).astype(int)
            ],
        },
    )
    metadata = {
        "schema_version": 2,
        "equipment_id": directory.parent.parent.name,
        "power": directory.parent.name,
        "model_version": directory.name,
        "modalities": ["hydraulic"],
        "case": "A",
        "faults": [],
        "th_ae": {"hydraulic": threshold},
        "sequence_score": "window",
        "threshold_rule": f"{MARGIN} times the {QUANTILE} quantile of the scores of windows within the first {TRAINING_ROWS} rows",
        "training_data_sha256": hashlib.sha256(np.ascontiguousarray(x[:TRAINING_ROWS]).tobytes()).hexdigest(),
        "files_sha256": formats.hashes(directory),
    }
    scored, labels = scores[len(training) :], labels[TRAINING_ROWS:]
    return Recording(directory, source, metadata, rates(scored > threshold, labels), scored, scored > threshold, labels)


def make_all(output: Path, skab: Path) -> tuple[list[Recording], dict]:
    """Makes the eight bundles; returns them and the rates over all."""
    sources = [skab / f"valve1/{n}.csv" for n in RECORDINGS]
    absent = [str(path) for path in sources if not path.exists()]
    if absent:
        sys.exit(f"SKAB's recordings are missing: {', '.join(absent)}")
    made = [make(output / f"skab-valve1-{n}" / "pump" / "v1", n, sources[n]) for n in RECORDINGS]
    over = {
        "all": mean([r.rates for r in made]),
        "tuned_on_0_to_3": mean([made[n].rates for n in TUNED_ON]),
        "held_back_4_to_7": mean([made[n].rates for n in RECORDINGS if n not in TUNED_ON]),
        "all_rows_pooled": rates(np.concatenate([r.flagged for r in made]), np.concatenate([r.labels for r in made])),
    }
    protocol = f"SKAB valve1/0..7: each bundle trained on the first {TRAINING_ROWS} rows of its recording, all others scored, no point adjustment"
    for recording in made:
        metrics = {**recording.rates, "skab": {"protocol": protocol, **over}}
        formats.write_json(recording.directory / "metadata.json", {**recording.metadata, "metrics": metrics})
    return made, over


def show(name: str, result: dict[str, float]) -> None:
    print(f"{name:18} F1 {result['f1']:.3f}   false alarms {result['false_alarm_rate']:.1%}   missed {result['missed_alarm_rate']:.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--skab", type=Path, default=ROOT / "../shared/data/skab")
    arguments = parser.parse_args()
    made, over = make_all(arguments.output, arguments.skab)
    for n, recording in enumerate(made):
        show(f"valve1/{n}", recording.rates)
    for name, result in over.items():
        show(name, result)


if __name__ == "__main__":
    main()
