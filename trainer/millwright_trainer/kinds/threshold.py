"""Kind threshold: new thresholds for a bundle that there is, from what it says of normal data; weights and scalers stay as they are."""

from __future__ import annotations

import json
import shutil

import numpy as np
from servemlkit import field

from .. import bundle, card, gate, reading, reference, splits, windows
from ..context import Context, Result
from ..errors import TrainingError
from .autoencoder import from_store

SKIPPED = ("metadata.json",)


def train(context: Context) -> Result:
    spec = context.spec
    name = spec["bundle"]
    source = context.root / bundle.check_name(f"{spec['equipment_id']}/{spec['power']}/{spec['source_version']}")
    if not (source / "metadata.json").is_file():
        raise TrainingError("no_bundle", f"{source.relative_to(context.root)} is not there")
    metadata = json.loads((source / "metadata.json").read_text())
    modalities = [m for m in metadata["modalities"] if (metadata.get("th_ae") or {}).get(m) is not None]
    tensors = {}
    for m in modalities:
        if not (source / f"ae_{m}.safetensors").is_file() or not (source / f"standard_scaler_{m}.json").is_file():
            raise TrainingError("unsupported_form", f"{m} has no safetensors with a scaler in JSON; thresholds can be learned for bundles that have")
        tensors[m] = reference.read_safetensors(source / f"ae_{m}.safetensors")
    if not modalities:
        raise TrainingError("unsupported_form", "the bundle has no modality with a threshold")
    golden = json.loads((source / "golden.json").read_text()) if (source / "golden.json").is_file() else {"vectors": []}
    if "window" in metadata:
        order, x, begins, ends, labels = stored_windows(context, metadata)
    else:
        # the order of the features, from the bundle's own statistics
        rows = from_store(context)
        order = list(metadata.get("training_statistics") or [])
        rows = sorted((r for r in rows if order and all(n in r[2] for n in order)), key=lambda r: r[1])
        x = np.array([[[float(r[2][n]) for n in order]] for r in rows]).reshape(len(rows), 1, len(order))
        begins, ends = (np.array([r[i] for r in rows]) for i in (0, 1))
        labels = np.array([r[3] for r in rows], dtype=object)
    normal = np.flatnonzero(labels == "normal")
    if len(normal) < 2 * gate.FEWEST_ROWS:
        raise TrainingError("too_few_samples", f"{len(normal)} normal inputs; at least {2 * gate.FEWEST_ROWS} are needed")
    # nothing is trained here: half sets the thresholds, half judges them
    validation, _, test = (normal[p] for p in splits.by_time(begins[normal], ends[normal], (0.5, 0.0, 0.5)))
    quantile, margin = float(spec.get("threshold_quantile", 0.99)), float(spec.get("threshold_margin", 1.2))
    last = metadata.get("sequence_score") == "last"
    thresholds, ratios = dict(metadata["th_ae"]), []
    for m in modalities:
        scaler = json.loads((source / f"standard_scaler_{m}.json").read_text())
        columns = [order.index(n) for n in order if belongs(n, m, metadata)]
        scores = reference.scores(tensors[m], (x[:, :, columns] - np.array(scaler["mean"])) / np.array(scaler["scale"]), last)[0]
        thresholds[m] = gate.threshold(scores[validation], quantile, margin)
        ratios.append(scores / thresholds[m])
    ratio = np.max(ratios, axis=0)
    judged = np.concatenate([test, np.flatnonzero(labels != "normal")])
    before = np.max([r * thresholds[m] / metadata["th_ae"][m] for r, m in zip(ratios, modalities)], axis=0)
    metrics = gate.judge(ratio[judged], labels[judged]) | {
        "thresholds": thresholds, "thresholds_before": metadata["th_ae"], "false_alarm_rate_before": float((before[test] > 1).mean()),
    }  # fmt: skip
    directory = context.directory(name)
    for file in source.iterdir():
        if file.is_file() and file.name not in SKIPPED:
            shutil.copyfile(file, directory / file.name)
    changed = {"th_ae": thresholds, "metrics": metrics, "threshold_rule": f"{margin:g} times the {quantile:g} quantile of normal inputs of job {context.job}"}
    bundle.finish(directory, {k: v for k, v in metadata.items() if k != "files_sha256"} | context.identity(name) | changed)
    described = {"inputs": len(normal), "golden_vectors": len(golden["vectors"]), "source": spec["source_version"], "sha256": card.digest(x[validation])}
    method = {"model": f"as {spec['source_version']}", "threshold": changed["threshold_rule"], "split": "by time: the first half set them, the second judged"}
    where_not = [f"wherever {spec['source_version']} must not be used: only its thresholds are new"]
    return Result([name], metrics, card.make("threshold", spec, "New thresholds for a bundle.", described, method, metrics, [], where_not))


def belongs(feature: str, modality: str, metadata: dict) -> bool:
    return len(metadata["modalities"]) == 1 or feature.startswith(field.MODALITIES.get(modality, modality))


def stored_windows(context: Context, metadata: dict) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    spec, window = context.spec, metadata["window"]
    if any(s.get("statistic", "mean") != "mean" or "sensor" not in s for s in window["signals"]):
        raise TrainingError("unsupported_form", "windows of other statistics than means of named sensors are not read yet")
    features, sensors = [s["feature"] for s in window["signals"]], [s["sensor"] for s in window["signals"]]
    unique = sorted(set(sensors))
    cuts = []
    with context.reader() as connection:
        for label, ranges in (("normal", spec.get("normal", [])), (None, spec.get("abnormal", []))):
            for r in ranges:
                found = reading.window(connection, spec["equipment_id"], r["from"], r["to"], window["bucket"], unique)
                times, values = windows.on_grid(*found, window["bucket"])
                x, last = windows.slide(windows.carry(values[:, [unique.index(s) for s in sensors]]), window["steps"])
                cuts.append((x, times[last - window["steps"] + 1], times[last], np.full(len(x), label or r.get("label", "fault"), dtype=object)))
    if not cuts:
        raise TrainingError("too_few_samples", "no times are given")
    return features, *(np.concatenate([c[i] for c in cuts]) for i in range(4))
