"""Figures of merit, each where it is said what it is."""

from __future__ import annotations

import numpy as np


def detection(flagged: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Point by point: precision, recall, F1, accuracy, false alarms among what was normal, missed among what was not."""
    hits, false = int((flagged & labels).sum()), int((flagged & ~labels).sum())
    missed, calm = int((~flagged & labels).sum()), int((~flagged & ~labels).sum())
    return {
        "accuracy": (hits + calm) / max(1, len(labels)),
        "precision": hits / max(1, hits + false),
        "recall": hits / max(1, hits + missed),
        "f1_score": 2 * hits / max(1, 2 * hits + false + missed),
        "false_alarm_rate": false / max(1, false + calm),
        "missed_alarm_rate": missed / max(1, hits + missed),
    }


def nasa(error: np.ndarray) -> float:
    """The score of the 2008 prognostics challenge, summed: estimates that are too late cost more (e^(d/10) - 1) than too early ones (e^(-d/13) - 1)."""
    return float(np.where(error < 0, np.expm1(-error / 13), np.expm1(error / 10)).sum())


def remaining_life(predicted: np.ndarray, lower: np.ndarray, upper: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    error = predicted - truth
    return {
        "rmse": float(np.sqrt((error**2).mean())),
        "mae": float(np.abs(error).mean()),
        "bias": float(error.mean()),
        "coverage": float(((truth >= lower) & (truth <= upper)).mean()),
        "width": float((upper - lower).mean()),
        "nasa_score_mean": nasa(error) / max(1, len(error)),
    }
