#!/usr/bin/env python3
"""Makes waveforms.json: signals of several lengths and rates with their 21 features by numpy."""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[3] / "tools"))
from servemlkit.waveform import features  # noqa: E402


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
