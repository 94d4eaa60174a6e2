"""A dense autoencoder in plain numpy: ReLU in hidden layers, linear latent and output, trained with Adam.

The networks are tiny (about 100,000 weights), so a few seconds on one core are enough and no framework is needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable

# Matrices this small lose more to threads than they gain. Set before numpy loads its BLAS.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

Layer = tuple[np.ndarray, np.ndarray]  # weight [outputs, inputs], bias [outputs]


def initialise(sizes: list[int], rng: np.random.Generator) -> list[Layer]:
    """He-initialised layers for a chain of sizes, e.g. [63, 128, 64, 16, 64, 128, 63]."""
    layers = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        weight = rng.normal(0.0, np.sqrt(2.0 / inputs), (outputs, inputs)).astype(np.float32)
        layers.append((weight, np.zeros(outputs, np.float32)))
    return layers


def forward(layers: list[Layer], x: np.ndarray, linear: set[int]) -> list[np.ndarray]:
    """Activations of every layer, input first. `linear` holds the indices of layers without a rectifier."""
    activations = [x]
    for index, (weight, bias) in enumerate(layers):
        z = activations[-1] @ weight.T + bias
        activations.append(z if index in linear else np.maximum(z, 0))
    return activations


def train(
    x: np.ndarray,
    hidden: list[int],
    latent: int,
    rng: np.random.Generator,
    epochs: int = 30,
    batch: int = 64,
    rate: float = 2e-3,
    corrupt: Callable[[np.ndarray], np.ndarray] | None = None,
) -> tuple[list[Layer], list[Layer]]:
    """Fits encoder and decoder to the scaled rows of x; returns both as lists of layers.

    With `corrupt` it is a denoising autoencoder: the input is a spoilt copy of each batch, the target the batch itself.
    """
    features = x.shape[1]
    sizes = [features, *hidden, latent, *reversed(hidden), features]
    layers = initialise(sizes, rng)
    linear = {len(hidden), len(layers) - 1}
    x = x.astype(np.float32)
    # All parameters live in one vector and the layers are views of it: Adam is then a handful of passes, not one per array.
    flat = np.concatenate([p.ravel() for layer in layers for p in layer])
    gradient, moment, square, work = (np.zeros_like(flat) for _ in range(4))
    views, gradients, offset = [], [], 0
    for layer in layers:
        shapes = [p.shape for p in layer]
        ends = np.cumsum([offset, *(p.size for p in layer)])
        views.append(tuple(flat[i:j].reshape(s) for i, j, s in zip(ends, ends[1:], shapes)))
        gradients.append(tuple(gradient[i:j].reshape(s) for i, j, s in zip(ends, ends[1:], shapes)))
        offset = ends[-1]
    layers = views
    step = 0
    for epoch in range(epochs):
        # A cosine schedule: the last epochs only polish.
        current = rate * 0.5 * (1 + np.cos(np.pi * epoch / epochs)) + rate * 0.01
        for rows in np.array_split(rng.permutation(len(x)), max(1, len(x) // batch)):
            step += 1
            given = x[rows] if corrupt is None else corrupt(x[rows])
            activations = forward(layers, given, linear)
            delta = (activations[-1] - x[rows]) * np.float32(2.0 / activations[-1].size)
            for index in range(len(layers) - 1, -1, -1):
                if index not in linear:
                    delta = delta * (activations[index + 1] > 0)
                np.matmul(delta.T, activations[index], out=gradients[index][0])
                delta.sum(axis=0, out=gradients[index][1])
                if index:
                    delta = delta @ layers[index][0]
            moment *= 0.9
            moment += np.multiply(gradient, 0.1, out=work)
            square *= 0.999
            square += np.multiply(np.multiply(gradient, gradient, out=work), 0.001, out=work)
            np.sqrt(square, out=work)
            work += 1e-8
            np.divide(moment, work, out=work)
            work *= np.float32(current * np.sqrt(1 - 0.999**step) / (1 - 0.9**step))
            flat -= work
    split = len(hidden) + 1
    return layers[:split], layers[split:]


def evaluate(encoder: list[Layer], decoder: list[Layer], x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean squared error per row, latents) in double precision: the reference for golden vectors."""
    wide = [[(w.astype(np.float64), b.astype(np.float64)) for w, b in part] for part in (encoder, decoder)]
    x = x.astype(np.float64)
    latent = forward(wide[0], x, {len(encoder) - 1})[-1]
    output = forward(wide[1], latent, {len(decoder) - 1})[-1]
    return ((x - output) ** 2).mean(axis=1), latent


def state_dict(encoder: list[Layer], decoder: list[Layer]) -> dict[str, np.ndarray]:
    """Names and shapes as PyTorch's Sequential(Linear, ReLU, …) has them."""
    tensors = {}
    for prefix, part in (("encoder", encoder), ("decoder", decoder)):
        for index, (weight, bias) in enumerate(part):
            tensors[f"{prefix}.{2 * index}.weight"] = weight
            tensors[f"{prefix}.{2 * index}.bias"] = bias
    return tensors
