#!/usr/bin/env python3
"""Scores SKAB's recordings with Millwright, by the benchmark's protocol, and compares with what numpy computed when the bundles were made.

    serveml_skab.py --binary .build/release/serveml-bench [--skab ../shared/data/skab]

Fails where a score differs by more than 1e-5, a verdict differs, or the mean F1 is below 0.70. Skipped where there are no recordings.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import make_skab_bundles as skab  # noqa: E402

import numpy as np  # noqa: E402

TOLERANCE = 1e-5
LEAST_F1 = 0.70


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--skab", type=Path, default=ROOT / "../shared/data/skab")
    arguments = parser.parse_args()
    if not (arguments.skab / "valve1/0.csv").exists():
        print(f"bench/serveml_skab.py: skipped, there are no recordings in {arguments.skab} (--skab names the folder)")
        return
    results, worst, different = [], 0.0, 0
    with tempfile.TemporaryDirectory() as work:
        made, _ = skab.make_all(Path(work), arguments.skab)
        for number, recording in enumerate(made):
            command = [arguments.binary, recording.directory, "--csv", recording.source]
            lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
            rows = np.array([[float(cell) for cell in line.split(",")] for line in lines if line[0].isdigit()])
            rows = rows[rows[:, 0] >= skab.TRAINING_ROWS]
            worst = max(worst, float(np.abs(rows[:, 1] / recording.scores - 1).max()))
            different += int(((rows[:, 2] > 0) != recording.flagged).sum())
            results.append(skab.rates(rows[:, 2] > 0, recording.labels))
            skab.show(f"valve1/{number}", results[-1])
    all_of_them = skab.mean(results)
    skab.show("mean of all", all_of_them)
    skab.show("mean of 0..3", skab.mean([results[n] for n in skab.TUNED_ON]))
    skab.show("mean of 4..7", skab.mean([results[n] for n in skab.RECORDINGS if n not in skab.TUNED_ON]))
    print(f"against numpy: largest relative difference of a score {worst:.1e}, verdicts that differ {different}")
    if worst > TOLERANCE or different or all_of_them["f1"] < LEAST_F1:
        sys.exit("bench/serveml_skab.py: not as it should be")


if __name__ == "__main__":
    main()
