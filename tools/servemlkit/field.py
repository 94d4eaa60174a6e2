"""What the field's bundles are made of: names and sizes by modality, units, statistics for drift, the fault model on the latents.

Shared by tools/make_example_bundles.py and the training worker (trainer/).
"""

from __future__ import annotations

from pathlib import Path

from . import boosting  # isort: skip (sets BLAS up before numpy loads)

import numpy as np

# How the names of a modality's features begin, and the order of modalities: a fault model gets the latents in it.
MODALITIES = {"current": "cur_", "vibration": "vib_"}
AXES = {"current": ["cur_x", "cur_y", "cur_z"], "vibration": ["vib"]}
HIDDEN = {"current": [128, 64], "vibration": [256, 128]}
LATENT = 16
FAULT_TRAINING_SHARE = 0.7  # of the rows of each fault


def unit(name: str) -> str:
    """Unit of a feature, from its name."""
    if "band_" in name or name.endswith(("skew", "kurt", "crest")):
        return "1"
    if name.endswith("dom_freq"):
        return "Hz"
    return "A" if name.startswith("cur_") else "mm/s"


def statistics(x: np.ndarray) -> dict[str, object]:
    """What drift is measured against: moments, and minimum, deciles and maximum of the training rows (ml.training_reference reads it)."""
    return {
        "mean": float(x.mean()),
        "std": float(x.std()),
        "min": float(x.min()),
        "max": float(x.max()),
        "quantiles": [float(q) for q in np.quantile(x, np.linspace(0, 1, 11))],
    }


def fault_model(
    directory: Path, faults: list[str], latents: np.ndarray, labels: np.ndarray, rows: list[int], held_out: list[int]
) -> tuple[dict[str, str], np.ndarray, np.ndarray, dict]:
    """Trains on rows and writes xgb.json; returns (class map, probabilities of every row, held-out rows fit for golden vectors, metrics)."""
    classes = ["normal", *faults]
    index = np.array([classes.index(label) if label in classes else -1 for label in labels])
    predict, trainer = boosting.train(latents[rows], index[rows], len(classes), directory / "xgb.json")
    p = predict(latents)
    found = p[held_out].argmax(axis=1)
    metrics = {
        "trainer": trainer,
        "rows": {"train": len(rows), "test": len(held_out)},
        "accuracy": float((found == index[held_out]).mean()),
        "recall": {name: float((found[index[held_out] == k] == k).mean()) for k, name in enumerate(classes)},
    }
    # XGBoost splits at values that occurred, so a latent can lie on a split to the last digit; a golden vector must not hang on that digit.
    held = np.array(held_out)
    nudged = [np.abs(predict(latents[held] + sign * 1e-5 * (1 + np.abs(latents[held]))) - p[held]).max(axis=1) for sign in (1, -1)]
    stable = held[np.max(nudged, axis=0) < 1e-6]
    return {str(k): name for k, name in enumerate(classes)}, p, stable, metrics
