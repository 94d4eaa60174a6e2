"""Windows of stored signals, as the database will build them when the bundle is scored (docs/rul-windows.md)."""

from __future__ import annotations

import numpy as np

# How many buckets in a row may be missing and take the last value before them: what the bundle says too, as max_fill.
MAX_FILL = 2
BUCKET_SECONDS = {"1m": 60.0, "1h": 3600.0}


def on_grid(times: np.ndarray, values: np.ndarray, bucket: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows for every bucket from the first to the last (those without any are NaN); raw points are steps as they came."""
    if bucket == "raw" or len(times) == 0:
        return times, values
    width = BUCKET_SECONDS[bucket]
    place = np.round((times - times[0]) / width).astype(int)
    grid = np.full((place[-1] + 1, values.shape[1]), np.nan)
    grid[place] = values
    return times[0] + width * np.arange(len(grid)), grid


def carry(values: np.ndarray, most: int = MAX_FILL) -> np.ndarray:
    """Missing values take the last one before them, `most` in a row; what is missing longer stays NaN."""
    if len(values) == 0:
        return values
    rows = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(np.isfinite(values), rows, -1), axis=0)
    filled = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    return np.where((last >= 0) & (rows - last <= most), filled, np.nan)


def slide(values: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """([windows, steps, signals], index of each window's last row): those in which nothing is missing."""
    if len(values) < steps:
        return np.zeros((0, steps, values.shape[1])), np.zeros(0, int)
    windows = np.lib.stride_tricks.sliding_window_view(values, steps, axis=0).transpose(0, 2, 1)
    whole = np.isfinite(windows).all(axis=(1, 2))
    return windows[whole], np.flatnonzero(whole) + steps - 1


def standardise(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and scale per column; what never changes keeps its unit."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale = np.where(scale < 1e-9 * np.maximum(1.0, np.abs(mean)), 1.0, scale)
    return mean, scale
