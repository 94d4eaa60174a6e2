#!/usr/bin/env python3
"""Makes serve_ml bundles for the demo from a recording of features.

    make_example_bundles.py --output .millwright/serve_ml [--data features.csv] [--limit 6] [--seed 7]

Without --data the recording is made by `simulator dataset` (the program of this repository; --simulator says where it is).

The CSV has one row per measurement: the 84 feature columns (cur_{x,y,z}_*, vib_*), `label` (normal, or the fault's name), `equipment` and
`power`. Each pair of equipment and power becomes a bundle `<out>/<equipment>/<power>/<version>/`.

How a bundle is made. The normal rows are cut into three parts at random: 60 % train the scaler and the autoencoders, 20 % set the thresholds,
20 % and all faulty rows are only ever used to report metrics. A threshold is MARGIN times the QUANTILE of the scores of its 20 %; nothing is tuned
on the rows that the metrics come from.

A bundle of case B or C has a fault model too: trees over the concatenated latents, trained on the normal training rows and 70 % of the faulty ones;
its metrics come from the normal test rows and the other 30 %. xgboost trains it where it is installed, numpy otherwise.

Forms differ on purpose, so that the demo uses every reader: of each four bundles one is of case C, one of B, one of A and one of A with currents
alone, and weights alternate between safetensors and PyTorch's form. An unchanged recording and script leave existing bundles as they are.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from servemlkit import autoencoder, field, formats  # isort: skip (sets BLAS up before numpy loads)

import numpy as np

QUANTILE = 0.995
MARGIN = 1.5
GOLDEN_ROWS = 8
# Normal measurements of each machine that the simulator is asked for: enough to train on, few enough for a first start.
SAMPLES = 300
# (case, modalities) in turn.
KINDS = [("C", ["current", "vibration"]), ("B", ["current", "vibration"]), ("A", ["current", "vibration"]), ("A", ["current"])]
VERSION = "v1"
ROOT = Path(__file__).resolve().parent.parent
SCRIPT_FILES = [Path(__file__), *sorted((Path(__file__).parent / "servemlkit").glob("*.py"))]


def read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Feature names in the file's order, and the rows."""
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        names = [n for n in reader.fieldnames or [] if n.startswith(tuple(field.MODALITIES.values()))]
    missing = {"label", "equipment", "power"} - set(reader.fieldnames or [])
    if missing or not names:
        sys.exit(f"{path}: columns are missing: {', '.join(sorted(missing)) or 'features'}")
    return names, rows


def make(
    directory: Path, names: list[str], rows: list[dict[str, str]], case: str, modalities: list[str], torch_form: bool, seed: int
) -> dict:
    """Trains and writes one bundle; returns its metrics."""
    rng = np.random.default_rng(seed)
    used = [n for n in names if n.startswith(tuple(field.MODALITIES[m] for m in modalities))]
    x = np.array([[float(row[n]) for n in used] for row in rows])
    labels = np.array([row["label"] for row in rows])
    normal = rng.permutation(np.flatnonzero(labels == "normal"))
    if len(normal) < 60:
        sys.exit(f"{directory}: only {len(normal)} normal rows; at least 60 are needed")
    train, held_out, test = np.split(normal, [int(len(normal) * 0.6), int(len(normal) * 0.8)])
    faulty = np.flatnonzero(labels != "normal")

    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    modal_map = {m: [n for n in used if m in modalities and n.startswith(field.MODALITIES[m])] for m in field.MODALITIES}
    formats.write_spec(directory / "feature_spec.yaml", used, modal_map)

    thresholds: dict[str, float | None] = dict.fromkeys(field.MODALITIES)
    scores, latents = {}, {}
    for modality in modalities:
        columns = [used.index(n) for n in modal_map[modality]]
        mean, scale = x[train][:, columns].mean(axis=0), x[train][:, columns].std(axis=0)
        scale[scale < 1e-12] = 1.0
        formats.write_json(directory / f"standard_scaler_{modality}.json", {"mean": mean.tolist(), "scale": scale.tolist()})
        z = (x[:, columns] - mean) / scale
        encoder, decoder = autoencoder.train(z[train], field.HIDDEN[modality], field.LATENT, rng)
        scores[modality], latents[modality] = autoencoder.evaluate(encoder, decoder, z)
        thresholds[modality] = MARGIN * float(np.quantile(scores[modality][held_out], QUANTILE))
        tensors = autoencoder.state_dict(encoder, decoder)
        if torch_form:
            formats.write_torch(directory / f"ae_{modality}.pt", tensors)
        else:
            formats.write_safetensors(directory / f"ae_{modality}.safetensors", tensors)

    usable = np.concatenate([test, rng.permutation(faulty)])
    classes: dict[str, str] = {}
    model_metrics: dict = {}
    if case != "A" and len(faulty):
        stacked = np.concatenate([latents[m] for m in modalities], axis=1)
        known = sorted(set(labels) - {"normal"})
        faults = known[:1] if case == "B" else known
        learned, held = list(train), list(test)
        for fault in faults:
            of_fault = rng.permutation(np.flatnonzero(labels == fault))
            cut = int(len(of_fault) * field.FAULT_TRAINING_SHARE)
            learned += of_fault[:cut].tolist()
            held += of_fault[cut:].tolist()
        classes, chances, usable, model_metrics = field.fault_model(directory, faults, stacked, labels, learned, held)
    else:
        case = "A"

    flagged = np.any([scores[m] > thresholds[m] for m in modalities], axis=0)
    golden = [*usable[labels[usable] == "normal"][: GOLDEN_ROWS // 2], *usable[labels[usable] != "normal"][: GOLDEN_ROWS // 2]]
    formats.write_json(
        directory / "golden.json",
        {
            "schema_version": 1,
            "relative_tolerance": 1e-5,
            "vectors": [
                {
                    "features": x[i].tolist(),
                    "scores": {m: float(scores[m][i]) for m in modalities},
                    "latents": {m: latents[m][i].tolist() for m in modalities},
                    **({"probabilities": {classes[str(k)]: float(v) for k, v in enumerate(chances[i])}} if classes else {}),
                }
                for i in golden
            ],
        },
    )
    metrics = {
        **({"fault_model": model_metrics} if classes else {}),
        "rows": {"train": len(train), "threshold": len(held_out), "test_normal": len(test), "test_faulty": len(faulty)},
        "false_alarm_rate": float(flagged[test].mean()),
        "detection_rate": {
            str(label): float(flagged[labels == label].mean()) for label in sorted(set(labels[faulty]))
        },
    }
    formats.write_json(
        directory / "metadata.json",
        {
            "schema_version": 2,
            "equipment_id": rows[0]["equipment"],
            "power": rows[0]["power"],
            "model_version": directory.name,
            "modalities": modalities,
            "case": case,
            "faults": [name for name in classes.values() if name != "normal"],
            **({"class_map": classes} if classes else {}),
            "th_ae": thresholds,
            "threshold_rule": f"{MARGIN} times the {QUANTILE} quantile of held-out normal scores",
            "metrics": metrics,
            "units": {n: field.unit(n) for n in used},
            "training_data_sha256": hashlib.sha256(np.ascontiguousarray(x[train]).tobytes()).hexdigest(),
            "training_statistics": {n: field.statistics(x[train][:, i]) for i, n in enumerate(used)},
            "files_sha256": formats.hashes(directory),
        },
    )
    return metrics


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", "--out", required=True, type=Path, dest="out")
    parser.add_argument("--data", type=Path, help="the recording; default: made by the simulator")
    parser.add_argument("--simulator", type=Path, default=ROOT / ".build/release/simulator")
    parser.add_argument("--limit", type=int, default=0, help="at most this many bundles (0: all)")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as work:
        if arguments.data is None:
            arguments.data = Path(work) / "features.csv"
            subprocess.run([arguments.simulator, "dataset", "--samples", str(SAMPLES), "--out", arguments.data], check=True)
        run(arguments)


def run(arguments: argparse.Namespace) -> None:
    """Makes every bundle, unless the same ones stand there already."""
    digest = hashlib.sha256(f"{arguments.limit} {arguments.seed}".encode())
    for path in [arguments.data, *SCRIPT_FILES]:
        digest.update(path.read_bytes())
    stamp = arguments.out / ".made-from"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        print(f"{arguments.out}: up to date")
        return

    names, rows = read(arguments.data)
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault((row["equipment"], row["power"]), []).append(row)
    keys = sorted(groups)[: arguments.limit or None]
    for number, key in enumerate(keys):
        begin = time.monotonic()
        case, modalities = KINDS[number % len(KINDS)]
        directory = arguments.out / key[0] / key[1] / VERSION
        metrics = make(directory, names, groups[key], case, modalities, number % 2 == 1, arguments.seed + number)
        found = ", ".join(f"{name} {rate:.0%}" for name, rate in metrics["detection_rate"].items()) or "nothing to detect"
        named = f", faults named right {metrics['fault_model']['accuracy']:.1%}" if "fault_model" in metrics else ""
        print(
            f"{number + 1}/{len(keys)} {'/'.join(key)}: case {case}, {' + '.join(modalities)}, false alarms"
            f" {metrics['false_alarm_rate']:.1%}, detected {found}{named}, {time.monotonic() - begin:.1f} s",
            flush=True,
        )
    stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    main()
