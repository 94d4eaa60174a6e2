#!/usr/bin/env python3
"""Makes waveforms.json: signals of several lengths and rates with their 21 features by numpy and scipy."""

import json
from pathlib import Path

import numpy as np
from scipy.signal import hilbert

EDGES = [0, 100, 500, 1000, 2000, 4000]


def spectrum(x, rate):
    magnitude = np.abs(np.fft.rfft(x))
    frequency = np.fft.rfftfreq(len(x), 1 / rate)
    shares = [magnitude[(frequency >= a) & (frequency < b)].sum() / (magnitude.sum() + 1e-9) for a, b in zip(EDGES, EDGES[1:])]
    return [*shares, frequency[magnitude.argmax()]]


def features(x, rate):
    mean, std, rms = x.mean(), x.std() + 1e-9, np.sqrt((x**2).mean())
    z = (x - mean) / std
    moments = [mean, std, x.min(), x.max(), np.ptp(x), rms, (z**3).mean(), (z**4).mean(), np.abs(x).max() / (rms + 1e-9)]
    return [float(v) for v in [*moments, *spectrum(x, rate), *spectrum(np.abs(hilbert(x)), rate)]]


def main():
    rng = np.random.default_rng(9)
    cases = []
    # Even and odd, smooth, a large prime, a product with 7, 11 and 13, and the shortest.
    for count, rate in [(2000, 2000), (1200, 4000), (1001, 2000), (509, 1000), (16, 100), (17, 8000), (1024, 20000), (45, 45)]:
        t = np.arange(count) / rate
        x = 2 * np.sin(2 * np.pi * 50 * t) + 0.4 * np.sin(2 * np.pi * rate / 5 * t) * (1 + np.sin(2 * np.pi * 7 * t))
        x = np.round(x + rng.normal(0.01, 0.1, count) + (rng.random(count) > 0.99) * 3, 4)
        cases.append({"rate": rate, "samples": x.tolist(), "features": features(x, rate)})
    (Path(__file__).parent / "waveforms.json").write_text(json.dumps(cases))


if __name__ == "__main__":
    main()
