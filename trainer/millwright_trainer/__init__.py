"""The training worker: takes jobs from ml.training_job, trains outside of any transaction, and leaves whole bundles under SERVE_ML_ROOT.

Bundles are written by servemlkit, which lies in tools/ of the repository and beside this package where it is installed.
"""

import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("servemlkit") is None:
    sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))
