"""Intervals that cover what they say: quantiles of the errors on lives that the estimate had not learned from, by what was estimated.

Errors near the end of a life are smaller than far from it, so they are taken within overlapping ranges of the estimate. Split-conformal quantiles: the
⌈(n + 1)·p⌉-th of n errors.
"""

from __future__ import annotations

import numpy as np

KNOTS = 12
NEIGHBOURS = 0.2  # of the errors, around each knot


def quantile(values: np.ndarray, p: float) -> float:
    ordered = np.sort(values)
    return float(ordered[min(len(ordered), max(1, int(np.ceil((len(ordered) + 1) * p)))) - 1])


def fit(predicted: np.ndarray, truth: np.ndarray, coverage: float, weight: np.ndarray | None = None) -> list[list[float]]:
    """[[estimate, lower offset, upper offset], …], estimates ascending. Offsets are added to the estimate; between knots they are interpolated."""
    order = np.argsort(predicted, kind="stable")
    p, error = predicted[order], (truth - predicted)[order]
    tail = (1 - coverage) / 2
    width = max(10, int(len(p) * NEIGHBOURS))
    table = []
    for centre in np.linspace(0, len(p) - 1, KNOTS).astype(int):
        begin = int(np.clip(centre - width // 2, 0, max(0, len(p) - width)))
        part = error[begin : begin + width]
        # the lower quantile is the upper one of the mirrored errors
        table.append([float(p[centre]), -quantile(-part, 1 - tail), quantile(part, 1 - tail)])
    return table


def bounds(predicted: np.ndarray, table: list[list[float]], cap: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    knots, low, high = np.array(table).T
    lower = predicted + np.interp(predicted, knots, low)
    upper = predicted + np.interp(predicted, knots, high)
    return np.clip(lower, 0, cap), np.clip(upper, 0, cap)
