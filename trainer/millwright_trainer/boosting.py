"""Gradient boosting over features of the whole life so far: no bundle has this form (ServeML reads no such regressor), it is what the LSTM is held against.

Features at a moment: each signal averaged over four fading memories, its change from the life's beginning and from the longer memories, and an index of
wear (the signals projected on the direction in which the training lives' ends differ from their beginnings) with its level, slopes and spread; age.
"""

from __future__ import annotations

import numpy as np
import xgboost

from .remaining import BASELINE, Life, scaling

MEMORIES = (4, 10, 25, 60)  # steps
INDEX_MEMORIES = (3, 8, 20, 50)
PARAMETERS = {"max_depth": 3, "eta": 0.05, "subsample": 0.5, "colsample_bytree": 0.3, "min_child_weight": 20, "tree_method": "hist", "max_bin": 64}
ROUNDS = 300


def fading(x: np.ndarray, memory: float) -> np.ndarray:
    """Exponentially weighted means, each over all rows up to it."""
    keep = np.exp(-1 / memory)
    total, weight, out = np.zeros(x.shape[1]), 0.0, np.empty_like(x)
    for row, values in enumerate(x):
        total, weight = keep * total + values, keep * weight + 1
        out[row] = total / weight
    return out


def rise(part: np.ndarray) -> float:
    """Slope of the least-squares line, per step."""
    t = np.arange(len(part)) - (len(part) - 1) / 2
    return float(t @ part / max(1e-9, t @ t))


class Booster:
    def __init__(self, lives: list[Life], steps: int, cap: float, seed: int, threads: int = 1, farthest: float = 1.28):
        self.steps, self.cap = steps, cap
        half = len(lives[0].values[0])
        mean, scale = scaling(lives)
        self.mean, self.scale = mean[:half], scale[:half]
        ends = np.mean([((life.values - life.baseline) / self.scale)[-15:].mean(axis=0) for life in lives], axis=0)
        self.direction = ends / max(1e-9, float(np.linalg.norm(ends)))
        x = np.concatenate([self.features(life) for life in lives])
        y = np.concatenate([life.left[steps - 1 :] for life in lives])
        near = y <= farthest * cap
        x, y = x[near], np.minimum(y[near], cap)
        common = PARAMETERS | {"seed": seed, "nthread": threads}
        data = xgboost.DMatrix(x, y)
        self.model = xgboost.train(common, data, ROUNDS)

    def features(self, life: Life) -> np.ndarray:
        """[rows from steps - 1 on, features]."""
        z = (life.values - self.mean) / self.scale
        base = z[:BASELINE].mean(axis=0)
        memories = [fading(z, m) for m in MEMORIES]
        wear = (z - base) @ self.direction
        index = [fading(wear[:, None], m)[:, 0] for m in INDEX_MEMORIES]
        rows = []
        for i in range(self.steps - 1, len(z)):
            long, short = wear[max(0, i - 59) : i + 1], wear[i - self.steps + 1 : i + 1]
            slope = [rise(long), rise(short)]
            rows.append(
                np.concatenate(
                    [memories[0][i], memories[1][i], memories[2][i], memories[1][i] - base, memories[0][i] - memories[3][i],
                     memories[1][i] - memories[1][max(0, i - 15)], [m[i] for m in index], slope,
                     [short.std(), wear[: i + 1].min(), wear[i], i + 1, base @ self.direction]]
                )
            )  # fmt: skip
        return np.array(rows)

    def predict(self, life: Life) -> np.ndarray:
        """For each row from steps - 1 on."""
        return np.clip(self.model.predict(xgboost.DMatrix(self.features(life))), 0, self.cap)

