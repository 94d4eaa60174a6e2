"""Learning remaining life from lives that ended: an ensemble of LSTM regressors, and gradient boosting over a longer past to hold it against.

A step of a window has each signal twice: as it is, and less its mean over the first BASELINE steps of the same life. Machines differ from each other
by more than wear changes them; how far one has come from where it began says more. When served, the second is the same sensor with another mean in
the scaler, the machine's own: so each machine's bundle has the fleet's weights and its own scaler.

Members of the ensemble each leave out a part of the lives. What they say of these is what calibration and interval are learned from: no life has a
part in judging what it was trained on, and none is wasted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import conformal, lstm, splits, windows

BASELINE = 20  # steps
MEMBERS = 4
PARTS = 8  # of the lives; each member leaves out one
EPOCHS = 10
# Windows further from the end than so many caps are not trained on: they all look alike, and there are many.
FARTHEST = 1.28
MOST_WINDOWS = 16_000  # of a member: more cost time and gain nothing


@dataclass
class Life:
    """One life's signals on a grid of buckets, NaN where nothing is known, and how many hours were left at the end of each bucket (NaN: it still lasts)."""

    machine: str
    name: str
    values: np.ndarray
    left: np.ndarray

    @property
    def baseline(self) -> np.ndarray:
        return np.nanmean(self.values[:BASELINE], axis=0)

    def is_usable(self, steps: int) -> bool:
        return len(self.values) >= max(BASELINE, steps) and bool(np.isfinite(self.values[:BASELINE]).any(axis=0).all())


def cut(life: Life, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """(windows [n, steps, 2 × signals] in the signals' units, hours left): those that end after the baseline is known."""
    doubled = np.concatenate([life.values, life.values - life.baseline], axis=1)
    found, last = windows.slide(doubled, steps)
    known = last >= BASELINE - 1
    return found[known], life.left[last[known]]


@dataclass
class Model:
    mean: np.ndarray
    scale: np.ndarray
    """Of the 2 × signals columns; the means of the second half are zero."""
    members: list[dict]
    unit: float
    slope: float
    offset: float
    cap: float
    interval: list[list[float]]

    def predict(self, x: np.ndarray) -> np.ndarray:
        z = (x - self.mean) / self.scale
        return self.offset + self.slope * self.unit * np.mean([lstm.predict(m, z) for m in self.members], axis=0)

    def bounds(self, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return conformal.bounds(predicted, self.interval, self.cap)

    def tensors(self) -> dict[str, np.ndarray]:
        tensors = lstm.ensemble(self.members, self.unit * self.slope)
        tensors["head.2.bias"] = tensors["head.2.bias"] + self.offset
        return tensors


def scaling(lives: list[Life]) -> tuple[np.ndarray, np.ndarray]:
    rows = np.concatenate([life.values for life in lives])
    mean, scale = windows.standardise(rows[np.isfinite(rows).all(axis=1)])
    return np.concatenate([mean, np.zeros_like(mean)]), np.concatenate([scale, scale])


def choose_cap(lives: list[Life], step_hours: float, smooth: int = 30) -> float:
    """How many hours before its end a life begins to look different from how it began, by the fleet's mean; at least a quarter of the median life.

    The signals' changes are projected on the direction in which the ends differ from the beginnings. Going back from the end, the cap is where the
    fleet's mean last stands out of the noise of the beginnings by half its width."""
    mean, scale = (a[: len(a) // 2] for a in scaling(lives))
    changed = [(life.values - life.baseline) / scale for life in lives]
    direction = np.nanmean([np.nanmean(c[-smooth // 2 :], axis=0) for c in changed], axis=0)
    direction /= max(1e-9, float(np.linalg.norm(direction)))
    wear = [np.nan_to_num(c) @ direction for c in changed]
    noise = float(np.std(np.concatenate([w[:BASELINE] for w in wear])))
    median = float(np.median([len(w) for w in wear]))
    furthest = int(median)
    level = np.array([np.mean([w[-back - 1] for w in wear if len(w) > back] or [0.0]) for back in range(furthest)])
    averaged = np.convolve(level, np.ones(smooth) / smooth, "same")
    calm = np.flatnonzero(averaged < 0.5 * noise)
    steps = float(calm[0]) if len(calm) else float(furthest)
    return step_hours * float(np.clip(steps, median / 4, median))


def _gather(cuts: list[tuple[np.ndarray, np.ndarray]], of: np.ndarray, farthest: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x = np.concatenate([cuts[i][0] for i in of])
    y = np.concatenate([cuts[i][1] for i in of])
    owner = np.concatenate([np.full(len(cuts[i][1]), i) for i in of])
    near = y <= farthest
    return x[near], y[near], owner[near]


def learn(lives: list[Life], steps: int, cap: float, coverage: float, seed: int, epochs: int = EPOCHS,
          tell: Callable[[float], None] = lambda _: None) -> Model:  # fmt: skip
    """Fits all lives given; who holds some back for judging gives the others only."""
    rng = np.random.default_rng(seed)
    mean, scale = scaling(lives)
    cuts = [cut(life, steps) for life in lives]
    groups = [life.machine for life in lives]
    if len(set(groups)) < 2:
        groups = [life.name for life in lives]
    parts = splits.folds(groups, PARTS, rng)[:MEMBERS]
    farthest, unit = FARTHEST * cap, 0.4 * cap
    members, said, truth, owners = [], [], [], []
    for number, part in enumerate(parts):
        rest = np.setdiff1d(np.arange(len(lives)), part)
        x, y, _ = _gather(cuts, rest if len(rest) else part, farthest)
        if len(x) > MOST_WINDOWS:
            chosen = rng.choice(len(x), MOST_WINDOWS, replace=False)
            x, y = x[chosen], y[chosen]
        member = lstm.fit_regressor(
            (x - mean) / scale, np.minimum(y, cap) / unit, min(epochs, EPOCHS), seed * MEMBERS + number,
            lambda share, n=number: tell((n + share) / len(parts)),
        )  # fmt: skip
        members.append(member)
        x, y, owner = _gather(cuts, part, farthest)
        said.append(unit * lstm.predict(member, (x - mean) / scale))
        truth.append(np.minimum(y, cap))
        owners.append(owner)
    said, truth = np.concatenate(said), np.concatenate(truth)
    # Dropout and a capped target leave a member's estimates a little off: a line through what they said of lives they had not seen.
    slope, offset = np.polyfit(said, truth, 1) if len(said) > 2 and said.std() > 1e-9 else (1.0, 0.0)
    slope = float(np.clip(slope, 0.5, 2.0))
    offset = float(np.mean(truth - slope * said))
    interval = conformal.fit(np.clip(offset + slope * said, 0, cap), truth, coverage)
    return Model(mean, scale, members, unit, slope, offset, cap, interval)
