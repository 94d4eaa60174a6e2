"""LSTMs in JAX, by PyTorch's names and order of gates (input, forget, cell, output), so that ServeML reads what comes out.

An ensemble of regressors is one LSTM: the members' recurrent weights stand as blocks on the diagonal, their heads likewise, and the last layer is
their mean. One bundle, one pass, less error than any member.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

Parameters = dict[str, jax.Array]
BATCH = 128


def _uniform(key: jax.Array, shape: tuple[int, ...], fan: int) -> jax.Array:
    bound = 1 / np.sqrt(fan)
    return jax.random.uniform(key, shape, minval=-bound, maxval=bound)


def _cell(key: jax.Array, inputs: int, hidden: int, steps: int) -> Parameters:
    k = jax.random.split(key, 3)
    # Chrono initialisation (Tallec and Ollivier 2018): units begin as averages over one step to the whole window.
    forget = jnp.log(jax.random.uniform(k[2], (hidden,), minval=1.0, maxval=max(2.0, steps - 1.0)))
    bias = jnp.zeros(4 * hidden).at[hidden : 2 * hidden].set(forget).at[:hidden].set(-forget)
    return {"wi": _uniform(k[0], (inputs, 4 * hidden), hidden), "wh": _uniform(k[1], (hidden, 4 * hidden), hidden), "b": bias}


def run(p: Parameters, x: jax.Array) -> jax.Array:
    """Hidden states [steps, batch, hidden] for x [batch, steps, inputs]."""
    gates = (x @ p["wi"] + p["b"]).swapaxes(0, 1)
    zero = jnp.zeros((x.shape[0], p["wh"].shape[0]), x.dtype)

    def step(carried: tuple[jax.Array, jax.Array], z: jax.Array):
        hidden, cell = carried
        i, f, g, o = jnp.split(z + hidden @ p["wh"], 4, axis=-1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        hidden = jax.nn.sigmoid(o) * jnp.tanh(cell)
        return (hidden, cell), hidden

    return jax.lax.scan(step, (zero, zero), gates)[1]


def regress(p: dict, x: jax.Array, mask: jax.Array | float = 1.0) -> jax.Array:
    last = run(p["lstm"], x)[-1] * mask
    return jax.nn.relu(last @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]


def reconstruct(p: dict, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    latent = run(p["encoder"], x)[-1]
    states = run(p["decoder"], jnp.repeat(latent[:, None], x.shape[1], axis=1))
    return latent, states.swapaxes(0, 1) @ p["w"] + p["b"]


def _regression_loss(p: dict, x: jax.Array, y: jax.Array, key: jax.Array, drop: float) -> jax.Array:
    mask = (jax.random.uniform(key, (x.shape[0], p["w1"].shape[0])) > drop) / (1 - drop)
    return ((regress(p, x, mask) - y) ** 2).mean()


def _reconstruction_loss(p: dict, x: jax.Array, y: jax.Array, key: jax.Array, drop: float) -> jax.Array:
    return ((reconstruct(p, x)[1] - x) ** 2).mean()


@partial(jax.jit, static_argnums=0)
def _epoch(loss: Callable, state: tuple, x: jax.Array, y: jax.Array, keys: jax.Array, rate: float, decay: float, drop: float):
    """One pass by Adam with clipped gradients and decoupled weight decay; x is [batches, batch, …]."""

    def step(state: tuple, batch: tuple):
        p, first, second, t = state
        g = jax.grad(loss)(p, *batch, drop)
        t = t + 1
        norm = jnp.sqrt(sum(jnp.sum(a * a) for a in jax.tree.leaves(g)))
        g = jax.tree.map(lambda a: a * jnp.minimum(1.0, 1.0 / (norm + 1e-12)), g)
        first = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, first, g)
        second = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, second, g)
        unit = lambda m, s: m / (1 - 0.9**t) / (jnp.sqrt(s / (1 - 0.999**t)) + 1e-8)  # noqa: E731
        p = jax.tree.map(lambda a, m, s: a - rate * (unit(m, s) + decay * a), p, first, second)
        return (p, first, second, t), None

    return jax.lax.scan(step, state, (x, y, keys))[0]


def _fit(loss: Callable, p: dict, x: np.ndarray, y: np.ndarray, epochs: int, rate: float, decay: float, drop: float, seed: int,
         tell: Callable[[float], None]) -> dict:  # fmt: skip
    rng = np.random.default_rng(seed)
    zeros = lambda: jax.tree.map(jnp.zeros_like, p)  # noqa: E731
    state = (p, zeros(), zeros(), 0.0)
    batch = min(BATCH, len(x))
    count = len(x) // batch
    for epoch in range(epochs):
        rows = rng.permutation(len(x))[: count * batch].reshape(count, batch)
        current = rate * (0.5 * (1 + np.cos(np.pi * epoch / epochs)) + 0.01)
        keys = jax.random.split(jax.random.PRNGKey(seed * 1009 + epoch), count)
        state = _epoch(loss, state, x[rows], y[rows], keys, current, decay, drop)
        jax.block_until_ready(state[0])
        tell((epoch + 1) / epochs)
    return state[0]


def fit_regressor(x: np.ndarray, y: np.ndarray, epochs: int, seed: int, tell: Callable[[float], None] = lambda _: None, hidden: int = 24,
                  head: int = 16) -> dict:  # fmt: skip
    """Fits y [windows], scaled to about one, to x [windows, steps, features], scaled."""
    key = jax.random.split(jax.random.PRNGKey(seed), 3)
    p = {
        "lstm": _cell(key[0], x.shape[2], hidden, x.shape[1]),
        "w1": _uniform(key[1], (hidden, head), hidden),
        "b1": jnp.zeros(head),
        "w2": _uniform(key[2], (head,), head),
        "b2": jnp.float32(y.mean()),
    }
    return _fit(_regression_loss, p, x.astype(np.float32), y.astype(np.float32), epochs, 4e-3, 1e-4, 0.2, seed, tell)


def fit_autoencoder(x: np.ndarray, epochs: int, seed: int, tell: Callable[[float], None] = lambda _: None, hidden: int = 24) -> dict:
    key = jax.random.split(jax.random.PRNGKey(seed), 3)
    features = x.shape[2]
    p = {
        "encoder": _cell(key[0], features, hidden, x.shape[1]),
        "decoder": _cell(key[1], hidden, hidden, x.shape[1]),
        "w": _uniform(key[2], (hidden, features), hidden),
        "b": jnp.zeros(features),
    }
    x = x.astype(np.float32)
    return _fit(_reconstruction_loss, p, x, np.zeros(len(x), np.float32), epochs, 5e-3, 0.0, 0.0, seed, tell)


_regress, _reconstruct = jax.jit(regress), jax.jit(reconstruct)


def predict(p: dict, x: np.ndarray) -> np.ndarray:
    if len(x) == 0:
        return np.zeros(0)
    return np.asarray(_regress(p, jnp.asarray(x, jnp.float32)), np.float64)


def ensemble(members: list[dict], unit: float) -> dict[str, np.ndarray]:
    """Tensors of one LSTM and head that give the members' mean, times `unit`."""
    count = len(members)
    parts = [jax.tree.map(lambda a: np.asarray(a, np.float64), m) for m in members]
    hidden, head = parts[0]["w1"].shape
    total = count * hidden
    w_ih = np.zeros((4, total, parts[0]["lstm"]["wi"].shape[0]))
    w_hh = np.zeros((4, total, total))
    bias = np.zeros((4, total))
    w1, w2 = np.zeros((count * head, total)), np.zeros((1, count * head))
    for n, m in enumerate(parts):
        h, d = slice(n * hidden, (n + 1) * hidden), slice(n * head, (n + 1) * head)
        w_ih[:, h] = m["lstm"]["wi"].T.reshape(4, hidden, -1)
        w_hh[:, h, h] = m["lstm"]["wh"].T.reshape(4, hidden, hidden)
        bias[:, h] = m["lstm"]["b"].reshape(4, hidden)
        w1[d, h] = m["w1"].T
        w2[0, d] = m["w2"] * unit / count
    return {
        "lstm.weight_ih_l0": w_ih.reshape(4 * total, -1),
        "lstm.weight_hh_l0": w_hh.reshape(4 * total, total),
        "lstm.bias_ih_l0": bias.reshape(-1),
        "lstm.bias_hh_l0": np.zeros(4 * total),
        "head.0.weight": w1,
        "head.0.bias": np.concatenate([m["b1"] for m in parts]),
        "head.2.weight": w2,
        "head.2.bias": np.array([sum(float(m["b2"]) for m in parts) * unit / count]),
    }


def autoencoder_tensors(p: dict) -> dict[str, np.ndarray]:
    tensors = {}
    for name in ("encoder", "decoder"):
        cell = p[name]
        tensors |= {
            f"{name}.weight_ih_l0": np.asarray(cell["wi"]).T,
            f"{name}.weight_hh_l0": np.asarray(cell["wh"]).T,
            f"{name}.bias_ih_l0": np.asarray(cell["b"]),
            f"{name}.bias_hh_l0": np.zeros(len(cell["b"])),
        }
    return tensors | {"output.weight": np.asarray(p["w"]).T, "output.bias": np.asarray(p["b"])}
