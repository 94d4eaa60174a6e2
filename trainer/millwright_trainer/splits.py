"""Honest splits: nothing of a life, of a recording or of a stretch of time lies on two sides.

Windows overlap. A split of windows at random would put nearly the same window into training and test; so lives are split as wholes, and times at
two moments with a gap as long as a window between the parts.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

TRAIN, VALIDATION, TEST = 0.6, 0.2, 0.2


def by_group(groups: Sequence[Hashable], test: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of row indices, (rest, test), of which each group (machine or life) lies in one: about the share `test` of the groups in the second."""
    names = sorted(set(groups), key=repr)
    if len(names) < 2:
        return np.arange(len(groups)), np.arange(0)
    order = rng.permutation(len(names))
    count = min(len(names) - 1, max(1, round(test * len(names))))
    chosen = {names[i] for i in order[:count]}
    inside = np.array([g in chosen for g in groups])
    return np.flatnonzero(~inside), np.flatnonzero(inside)


def folds(groups: Sequence[Hashable], count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Row indices in `count` parts (fewer where there are fewer groups), each group in exactly one."""
    names = sorted(set(groups), key=repr)
    order = rng.permutation(len(names))
    place = {names[i]: n % min(count, len(names)) for n, i in enumerate(order)}
    numbers = np.array([place[g] for g in groups])
    return [np.flatnonzero(numbers == n) for n in range(min(count, len(names)))]


def by_time(begins: np.ndarray, ends: np.ndarray, shares: tuple[float, float, float] = (TRAIN, VALIDATION, TEST)) -> tuple[np.ndarray, ...]:
    """Indices (train, validation, test) of windows from begins to ends, in this order of time. Windows that reach over a cut are in none."""
    order = np.argsort(ends, kind="stable")
    first, second = (ends[order[min(len(order) - 1, int(len(order) * share))]] for share in (shares[0], shares[0] + shares[1]))
    return (
        np.flatnonzero(ends <= first),
        np.flatnonzero((begins >= first) & (ends <= second)),
        np.flatnonzero(begins >= second),
    )
