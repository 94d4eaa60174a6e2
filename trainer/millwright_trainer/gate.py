"""Gates: an autoencoder per modality, thresholds from validation alone, and what the whole says of data that nothing saw."""

from __future__ import annotations

import numpy as np

from . import measures

FEWEST_ROWS = 30  # in each part of the split


def threshold(scores: np.ndarray, quantile: float, margin: float) -> float:
    """`margin` times a quantile of the scores of normal validation data; never zero, so that a perfect score is no alarm."""
    return max(1e-12, margin * float(np.quantile(scores, quantile)))


def judge(ratios: np.ndarray, labels: np.ndarray) -> dict:
    """Of rows that nothing saw: ratios is the largest score / threshold, labels the fault's name or normal."""
    flagged, faulty = ratios > 1, labels != "normal"
    figures = measures.detection(flagged, faulty) if faulty.any() else {"false_alarm_rate": float(flagged.mean()), "f1_score": None}
    return figures | {
        "rows_judged": {"normal": int((~faulty).sum()), "faulty": int(faulty.sum())},
        "detection_rate": {str(name): float(flagged[labels == name].mean()) for name in sorted(set(labels[faulty]))},
    }
