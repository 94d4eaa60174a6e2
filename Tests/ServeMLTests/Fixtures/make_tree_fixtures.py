#!/usr/bin/env python3
"""Makes small XGBoost models with whatever xgboost is installed, and what it predicts for some rows.

    make_tree_fixtures.py [--output DIRECTORY] [--rows 20] [--rounds 5] [--only NAME…]

Writes <version>-<name>.json or .ubj beside <version>-<name>.expected.json {"rows": [[number|null]], "outputs": [[number]]}. Run it once per version of
xgboost; null stands for a missing value. More rows than are committed: give another directory and point MILLWRIGHT_TREE_FIXTURES at it.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import xgboost as xgb

FEATURES = 6


def target(name, x, rng):
    signal = np.nan_to_num(x[:, 0] * 1.5 - x[:, 1] + x[:, 2] * x[:, 3])
    if name.startswith(("binary", "dart", "categorical", "hinge", "logitraw", "missing", "deep", "base")):
        return (signal + rng.normal(0, 0.5, len(x)) > 0).astype(int)
    if name.startswith("multi") or name.startswith("soft"):
        return np.digitize(signal, [-1, 1])
    if name.startswith(("poisson",)):
        return rng.poisson(np.exp(np.clip(signal * 0.3, -2, 2)))
    if name.startswith(("gamma", "tweedie")):
        return np.exp(np.clip(signal * 0.3, -2, 2)) + 0.01
    return signal


CASES = {
    "binary": ({"objective": "binary:logistic"}, "json"),
    "binary_ubj": ({"objective": "binary:logistic"}, "ubj"),
    "missing": ({"objective": "binary:logistic"}, "json"),
    "softprob": ({"objective": "multi:softprob", "num_class": 3}, "json"),
    "softprob_ubj": ({"objective": "multi:softprob", "num_class": 3}, "ubj"),
    "softmax": ({"objective": "multi:softmax", "num_class": 3}, "json"),
    "squarederror": ({"objective": "reg:squarederror"}, "json"),
    "absoluteerror": ({"objective": "reg:absoluteerror"}, "ubj"),
    "poisson": ({"objective": "count:poisson"}, "json"),
    "gamma": ({"objective": "reg:gamma"}, "json"),
    "tweedie": ({"objective": "reg:tweedie"}, "json"),
    "logitraw": ({"objective": "binary:logitraw"}, "json"),
    "hinge": ({"objective": "binary:hinge"}, "json"),
    "base_score": ({"objective": "binary:logistic", "base_score": 0.2}, "json"),
    "dart": ({"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.5, "skip_drop": 0.0}, "json"),
    "dart_ubj": ({"objective": "multi:softprob", "num_class": 3, "booster": "dart", "rate_drop": 0.3}, "ubj"),
    "categorical": ({"objective": "binary:logistic", "tree_method": "hist", "max_cat_to_onehot": 1}, "json"),
    "categorical_onehot": ({"objective": "binary:logistic", "tree_method": "hist", "max_cat_to_onehot": 100}, "ubj"),
    "deep": ({"objective": "binary:logistic", "max_depth": 12, "min_child_weight": 0.1, "lambda": 0.1}, "ubj"),
}


def make(name, parameters, form, output, rows, rounds):
    rng = np.random.default_rng(sum(map(ord, name)))
    x = rng.normal(0, 1, (500 + rows, FEATURES)).astype(np.float32)
    types = ["q"] * FEATURES
    if name.startswith("categorical"):
        x[:, 1] = rng.integers(0, 9, len(x))
        x[:, 4] = rng.integers(0, 4, len(x))
        types[1] = types[4] = "c"
    if name in ("missing", "deep", "dart") or name.startswith("categorical"):
        x[rng.random(x.shape) < 0.15] = np.nan
    y = target(name, x, rng)
    data = xgb.DMatrix(x[:500], y[:500], feature_types=types, enable_categorical=True)
    booster = xgb.train({"max_depth": 3, "eta": 0.3, "seed": 1, **parameters}, data, rounds)
    # The version that writes is what a reader must cope with.
    stem = f"{xgb.__version__}-{name}"
    booster.save_model(output / f"{stem}.{form}")
    outputs = booster.predict(xgb.DMatrix(x[500:], feature_types=types, enable_categorical=True))
    expected = {
        "rows": [[None if np.isnan(v) else float(v) for v in row] for row in x[500:]],
        "outputs": np.asarray(outputs, float).reshape(rows, -1).tolist(),
    }
    (output / f"{stem}.expected.json").write_text(json.dumps(expected))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "trees")
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=list(CASES))
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name in arguments.only:
        make(name, *CASES[name], arguments.output, arguments.rows, arguments.rounds)


if __name__ == "__main__":
    main()
