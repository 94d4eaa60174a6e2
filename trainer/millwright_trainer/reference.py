"""What a bundle's tensors say of an input, in double precision and numpy alone: the reference for golden vectors, and how a bundle is scored anew.

The other implementation of what Sources/ServeML computes; thin replays the golden vectors when it loads a bundle, so the two are held against each other.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

from .errors import TrainingError

Tensors = dict[str, np.ndarray]
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


def read_safetensors(path: Path) -> Tensors:
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] not in _TYPES:
            raise TrainingError("unsupported_form", f"{path.name}: tensor {name} is of type {entry['dtype']}")
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], _TYPES[entry["dtype"]]).reshape(entry["shape"]).astype(np.float64)
    return tensors


def single(tensors: Tensors) -> Tensors:
    """As they will be read: float32, computed with in double."""
    return {name: np.asarray(tensor, np.float32).astype(np.float64) for name, tensor in tensors.items()}


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _lstm(tensors: Tensors, prefix: str, x: np.ndarray) -> np.ndarray:
    """Hidden states [batch, steps, hidden] of the last layer."""
    layer = 0
    while f"{prefix}.weight_ih_l{layer}" in tensors:
        w_ih, w_hh = tensors[f"{prefix}.weight_ih_l{layer}"], tensors[f"{prefix}.weight_hh_l{layer}"]
        bias = sum(tensors[name] for kind in ("bias_ih", "bias_hh") if (name := f"{prefix}.{kind}_l{layer}") in tensors)
        hidden = cell = np.zeros((len(x), w_hh.shape[1]))
        states = np.zeros((*x.shape[:2], w_hh.shape[1]))
        for step in range(x.shape[1]):
            i, f, g, o = np.split(x[:, step] @ w_ih.T + hidden @ w_hh.T + bias, 4, axis=1)
            cell = _sigmoid(f) * cell + _sigmoid(i) * np.tanh(g)
            hidden = _sigmoid(o) * np.tanh(cell)
            states[:, step] = hidden
        x = states
        layer += 1
    return x


def _dense(tensors: Tensors, prefix: str, x: np.ndarray) -> np.ndarray:
    """Linear layers prefix.0, prefix.2, … with rectifiers between."""
    numbers = sorted(int(n.split(".")[-2]) for n in tensors if n.startswith(prefix + ".") and n.endswith(".weight"))
    for number in numbers:
        x = x @ tensors[f"{prefix}.{number}.weight"].T + tensors[f"{prefix}.{number}.bias"]
        x = x if number == numbers[-1] else np.maximum(x, 0)
    return x


def value(tensors: Tensors, x: np.ndarray) -> np.ndarray:
    """Of a regressor, for scaled windows [windows, steps, features]."""
    return _dense(tensors, "head", _lstm(tensors, "lstm", x)[:, -1])[:, 0]


def scores(tensors: Tensors, x: np.ndarray, last: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(mean squared error, latents, squared errors [windows, steps, features]) of an autoencoder for scaled windows."""
    if "encoder.weight_ih_l0" in tensors:
        latent = _lstm(tensors, "encoder", x)[:, -1]
        states = _lstm(tensors, "decoder", np.repeat(latent[:, None], x.shape[1], axis=1))
        output = states @ tensors["output.weight"].T + tensors["output.bias"]
    elif "encoder.0.weight" in tensors:
        latent = _dense(tensors, "encoder", x.reshape(len(x), -1))
        output = _dense(tensors, "decoder", latent).reshape(x.shape)
    else:
        raise TrainingError("unsupported_form", f"no autoencoder of a known form: {', '.join(sorted(tensors)[:4])}")
    error = (x - output) ** 2
    return (error[:, -1:] if last else error).mean(axis=(1, 2)), latent, error
