"""The 21 features of a waveform's axis, to the letter as the field has them and as Sources/ServeML/Waveform computes them.

The reference that Tests/ServeMLTests/Fixtures/waveforms.json is made with. Bands include the constant bin, so the dominant frequency of anything with
a mean is 0: models are trained with what was measured so.
"""

from __future__ import annotations

import numpy as np

EDGES = [0, 100, 500, 1000, 2000, 4000]
BANDS = [f"band_{a}_{b}" for a, b in zip(EDGES, EDGES[1:])]
SUFFIXES = [
    *("mean", "std", "min", "max", "p2p", "rms", "skew", "kurt", "crest"), *BANDS, "dom_freq", *(f"env_{b}" for b in BANDS), "env_dom_freq"
]  # fmt: skip


def envelope(x: np.ndarray) -> np.ndarray:
    """Magnitude of the analytic signal (Hilbert), as scipy.signal.hilbert gives it."""
    count = len(x)
    weights = np.zeros(count)
    weights[0] = 1
    weights[1 : (count + 1) // 2] = 2
    if count % 2 == 0:
        weights[count // 2] = 1
    return np.abs(np.fft.ifft(np.fft.fft(x) * weights))


def spectrum(x: np.ndarray, rate: float) -> list[float]:
    magnitude = np.abs(np.fft.rfft(x))
    frequency = np.fft.rfftfreq(len(x), 1 / rate)
    shares = [magnitude[(frequency >= a) & (frequency < b)].sum() / (magnitude.sum() + 1e-9) for a, b in zip(EDGES, EDGES[1:])]
    return [*shares, frequency[magnitude.argmax()]]


def features(x: np.ndarray, rate: float) -> list[float]:
    """In the order of SUFFIXES."""
    mean, std, rms = x.mean(), x.std() + 1e-9, np.sqrt((x**2).mean())
    z = (x - mean) / std
    moments = [mean, std, x.min(), x.max(), np.ptp(x), rms, (z**3).mean(), (z**4).mean(), np.abs(x).max() / (rms + 1e-9)]
    return [float(v) for v in [*moments, *spectrum(x, rate), *spectrum(envelope(x), rate)]]
