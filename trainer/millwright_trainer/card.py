"""The model card: what a person must know before trusting a model, made from what was measured and from nothing else."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import numpy as np


def digest(*arrays: np.ndarray) -> str:
    """Of the data that was trained on: the same data gives the same hash."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(str(array.shape).encode())
        sha.update(np.ascontiguousarray(array, "<f8").tobytes())
    return sha.hexdigest()


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def make(kind: str, spec: dict, purpose: str, data: dict, method: dict, metrics: dict, limits: list[str], where_not: list[str]) -> dict:
    """Sections of a card. `where_not` is never empty: each model has places where it must not be used."""
    return {
        "title": f"{kind} {spec.get('bundle', '')}".strip(),
        "kind": kind,
        "purpose": purpose,
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": data,
        "method": method | {"seed": spec.get("seed")},
        "metrics": metrics,
        "limits": limits,
        "must_not_be_used": where_not,
    }
