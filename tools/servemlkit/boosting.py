"""Fault models: gradient-boosted trees over the latents, written in XGBoost's JSON form.

With xgboost installed it does the training. Without it a small histogram booster in numpy trains the same kind of trees (second order, logistic or
softmax loss), so that the demo has fault models wherever numpy is.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

ROUNDS = 60
DEPTH = 3
RATE = 0.3
REGULARISATION = 1.0
CUTS = 32


def probabilities(margins: np.ndarray) -> np.ndarray:
    """[rows, classes] from margins: one column means logistic, more mean softmax."""
    if margins.shape[1] == 1:
        one = 1 / (1 + np.exp(-margins[:, 0]))
        return np.stack([1 - one, one], axis=1)
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class Booster:
    """Trees as lists of arrays in XGBoost's node order: children by index, leaves with left = −1 and their value as the condition."""

    def __init__(self, features: int, outputs: int):
        self.features, self.outputs, self.trees = features, outputs, []

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        x = x.astype(np.float32)
        quantiles = np.linspace(0, 1, CUTS + 2)[1:-1]
        cuts = [np.unique(np.quantile(column, quantiles).astype(np.float32)) for column in x.T]
        # Bin b holds values below cut b, so "x < cut" sends the bins up to b to the left.
        bins = np.stack([np.searchsorted(c, column, side="right") for c, column in zip(cuts, x.T)], axis=1)
        margins = np.zeros((len(x), self.outputs))
        for _ in range(ROUNDS):
            p = probabilities(margins)
            for group in range(self.outputs):
                one = p[:, 1] if self.outputs == 1 else p[:, group]
                gradient = one - (y == (1 if self.outputs == 1 else group))
                hessian = np.maximum(one * (1 - one) * (1 if self.outputs == 1 else 2), 1e-6)
                tree, leaves = self._grow(bins, cuts, gradient, hessian)
                self.trees.append((group, tree))
                margins[:, group] += leaves

    def _grow(self, bins, cuts, gradient, hessian):
        tree = {"left": [], "right": [], "feature": [], "condition": [], "parent": []}
        leaves = np.zeros(len(bins))
        offsets = np.arange(self.features) * (CUTS + 1)

        def node(rows, depth, parent):
            index = len(tree["left"])
            for key, value in (("left", -1), ("right", -1), ("feature", 0), ("condition", 0.0), ("parent", parent)):
                tree[key].append(value)
            g, h = gradient[rows].sum(), hessian[rows].sum()
            best = None
            if depth < DEPTH and len(rows) >= 4:
                flat = (bins[rows] + offsets).ravel()
                size = self.features * (CUTS + 1)
                left_g = np.bincount(flat, np.repeat(gradient[rows], self.features), size).reshape(self.features, -1).cumsum(axis=1)
                left_h = np.bincount(flat, np.repeat(hessian[rows], self.features), size).reshape(self.features, -1).cumsum(axis=1)
                right_g, right_h = g - left_g, h - left_h
                gain = left_g**2 / (left_h + REGULARISATION) + right_g**2 / (right_h + REGULARISATION)
                gain[(left_h < 0.1) | (right_h < 0.1)] = -np.inf
                feature, cut = np.unravel_index(gain.argmax(), gain.shape)
                if cut < len(cuts[feature]) and gain[feature, cut] > g**2 / (h + REGULARISATION) + 1e-6:
                    best = (int(feature), int(cut))
            if best is None:
                value = np.float32(-RATE * g / (h + REGULARISATION))
                tree["condition"][index] = float(value)
                leaves[rows] = value
                return index
            feature, cut = best
            goes_left = bins[rows, feature] <= cut
            tree["feature"][index], tree["condition"][index] = feature, float(cuts[feature][cut])
            tree["left"][index] = node(rows[goes_left], depth + 1, index)
            tree["right"][index] = node(rows[~goes_left], depth + 1, index)
            return index

        node(np.arange(len(bins)), 0, 2147483647)
        return tree, leaves

    def predict(self, x: np.ndarray) -> np.ndarray:
        x = x.astype(np.float32)
        margins = np.zeros((len(x), self.outputs), np.float32)
        for group, tree in self.trees:
            left, right, feature, condition = (np.array(tree[k]) for k in ("left", "right", "feature", "condition"))
            condition = condition.astype(np.float32)
            at = np.zeros(len(x), int)
            for _ in range(DEPTH):
                inner = left[at] >= 0
                below = x[np.arange(len(x)), feature[at]] < condition[at]
                at = np.where(inner, np.where(below, left[at], right[at]), at)
            margins[:, group] += condition[at]
        return probabilities(margins.astype(float))

    def save(self, path: Path) -> None:
        def tree(number, nodes):
            count = len(nodes["left"])
            zeros = [0] * count
            return {
                "base_weights": [0.0] * count, "categories": [], "categories_nodes": [], "categories_segments": [],
                "categories_sizes": [], "default_left": zeros, "id": number, "left_children": nodes["left"],
                "loss_changes": [0.0] * count, "parents": nodes["parent"], "right_children": nodes["right"],
                "split_conditions": nodes["condition"], "split_indices": nodes["feature"], "split_type": zeros,
                "sum_hessian": [0.0] * count,
                "tree_param": {"num_deleted": "0", "num_feature": str(self.features), "num_nodes": str(count), "size_leaf_vector": "1"},
            }  # fmt: skip

        model = {
            "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(self.trees))},
            "iteration_indptr": list(range(0, len(self.trees) + 1, self.outputs)),
            "tree_info": [group for group, _ in self.trees],
            "trees": [tree(number, nodes) for number, (_, nodes) in enumerate(self.trees)],
        }
        binary = self.outputs == 1
        objective = (
            {"name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"}}
            if binary
            else {"name": "multi:softprob", "softmax_multiclass_param": {"num_class": str(self.outputs)}}
        )
        learner = {
            "attributes": {}, "feature_names": [], "feature_types": [],
            "gradient_booster": {"model": model, "name": "gbtree"},
            "learner_model_param": {
                "base_score": "5E-1", "boost_from_average": "1", "num_class": "0" if binary else str(self.outputs),
                "num_feature": str(self.features), "num_target": "1",
            },
            "objective": objective,
        }  # fmt: skip
        path.write_text(json.dumps({"learner": learner, "version": [3, 0, 3]}, separators=(",", ":")))


def train(x: np.ndarray, y: np.ndarray, classes: int, path: Path) -> tuple[object, str]:
    """Trains on latents x [rows, features] and classes y, writes the model; returns (predict(x) → [rows, classes], the trainer's name)."""
    try:
        import xgboost
    except ImportError:
        booster = Booster(x.shape[1], 1 if classes == 2 else classes)
        booster.fit(x, y)
        booster.save(path)
        return booster.predict, "servemlkit"
    parameters = {"max_depth": DEPTH, "eta": RATE, "lambda": REGULARISATION, "seed": 7, "nthread": 1}
    parameters |= {"objective": "binary:logistic"} if classes == 2 else {"objective": "multi:softprob", "num_class": classes}
    model = xgboost.train(parameters, xgboost.DMatrix(x.astype(np.float32), y), ROUNDS)
    model.save_model(path)

    def predict(rows: np.ndarray) -> np.ndarray:
        out = model.predict(xgboost.DMatrix(rows.astype(np.float32))).astype(float)
        return np.stack([1 - out, out], axis=1) if out.ndim == 1 else out

    return predict, f"xgboost {xgboost.__version__}"
