"""Kind window_autoencoder: a dense or LSTM autoencoder over windows of stored signals, for machines that nobody computes features of."""

from __future__ import annotations

import numpy as np
from servemlkit import autoencoder, field, formats

from .. import bundle, card, gate, reading, reference, splits, windows
from ..context import Context, Result
from ..errors import TrainingError

MODALITY = "signals"
EPOCHS = {"dense": 40, "lstm": 40}
# With directions: how far signals are shifted in training, in standard deviations, the wrong way and the other one, and how often all is seen.
SHIFT, OTHER_SHIFT, SHIFT_EPOCHS = 6.0, 4.0, 15
GOLDEN = 4
MOST_WINDOWS = 20_000


def sizes(inputs: int) -> tuple[list[int], int]:
    """(hidden layers, latents) of a dense one: narrow, or it learns to copy."""
    return [int(np.clip(inputs // 2, 8, 128))], int(np.clip(inputs // 30, 2, 16))


def denoising(z: np.ndarray, ways: list[str], epochs: int, seed: int) -> reference.Tensors:
    """A dense autoencoder that has learned to take shifts of level out again, in the ways in which each signal goes when something is wrong.

    What it takes out is the score: the shift, averaged over the window, and not the noise, which it lets through. So a small lasting shift stands out that
    in an autoencoder's usual error would drown. A shift the other way is shown to it as normal, and is no score.
    """
    rng = np.random.default_rng(seed)
    count, steps, signals = z.shape
    copies = int(np.clip(MOST_WINDOWS // max(1, count), 1, 9))
    x = np.repeat(z.astype(np.float32), copies, axis=0)
    sign = np.array([{"low": -1.0, "high": 1.0}.get(w, 0.0) for w in ways])
    # a third of the copies lies as a whole on the other side
    other = rng.uniform(0, OTHER_SHIFT, (len(x), 1, signals)) * -sign * (rng.random((len(x), 1, 1)) < 1 / 3)
    x = (x + other).astype(np.float32).reshape(len(x), -1)

    def spoil(batch: np.ndarray) -> np.ndarray:
        rows = len(batch)
        # a shift begins before the window, or at any of its steps
        begin = np.where(rng.random((rows, 1, 1)) < 0.5, 0, rng.integers(0, steps, (rows, 1, 1)))
        on = np.arange(steps)[None, :, None] >= begin
        chosen = rng.random((rows, 1, signals)) < 0.5
        chosen[np.arange(rows), 0, rng.integers(0, signals, rows)] = True
        way = np.where(sign == 0, rng.choice([-1.0, 1.0], (rows, 1, signals)), sign)
        shift = rng.uniform(0, SHIFT, (rows, 1, signals)) * way * chosen * (rng.random((rows, 1, 1)) < 2 / 3)
        return (batch + (on * shift).reshape(rows, -1)).astype(np.float32)

    hidden = int(np.clip(2 * steps * signals, 64, 256))
    return autoencoder.state_dict(*autoencoder.train(x, [hidden], min(steps * signals, 256), rng, epochs=epochs, corrupt=spoil))


def fit(z: np.ndarray, architecture: str, epochs: int, seed: int, tell=lambda _: None, ways: list[str] | None = None) -> reference.Tensors:
    """Tensors of an autoencoder of scaled windows [windows, steps, signals]; with ways (low, high or both of each signal) one that looks for shifts."""
    if len(z) > MOST_WINDOWS:
        z = z[np.sort(np.random.default_rng(seed).choice(len(z), MOST_WINDOWS, replace=False))]
    if ways is not None:
        tensors = denoising(z, ways, min(epochs, SHIFT_EPOCHS), seed)
        tell(1.0)
        return reference.single(tensors)
    epochs = min(epochs, EPOCHS[architecture])
    if architecture == "dense":
        rows = z.reshape(len(z), -1)
        hidden, latent = sizes(rows.shape[1])
        tensors = autoencoder.state_dict(*autoencoder.train(rows, hidden, latent, np.random.default_rng(seed), epochs=epochs))
        tell(1.0)
    else:
        from .. import lstm

        tensors = lstm.autoencoder_tensors(lstm.fit_autoencoder(z, epochs, seed, tell))
    return reference.single(tensors)


def train(context: Context) -> Result:
    spec = context.spec
    steps, bucket, machine = int(spec.get("steps", 30)), spec.get("bucket", "1m"), spec["equipment_id"]
    architecture = spec.get("architecture", "dense")
    quantile, margin = float(spec.get("threshold_quantile", 0.99)), float(spec.get("threshold_margin", 1.2))
    seed = int(spec.get("seed", 0)) % 2**20
    directions = spec.get("directions")
    if directions and architecture != "dense":
        raise TrainingError("bad_spec", "directions are for the architecture dense")
    cuts: list[tuple[np.ndarray, np.ndarray, np.ndarray, str]] = []
    with context.reader() as connection:
        names = spec.get("signals") or reading.signals(connection, machine)
        if not names:
            raise TrainingError("no_signals", f"{machine} has no signals")
        if set(directions or {}) - set(names):
            raise TrainingError("bad_spec", f"directions name {sorted(set(directions) - set(names))[0]}, which is none of the signals")
        for label, ranges in (("normal", spec.get("normal", [])), (None, spec.get("abnormal", []))):
            for r in ranges:
                times, values = windows.on_grid(*reading.window(connection, machine, r["from"], r["to"], bucket, names), bucket)
                x, last = windows.slide(windows.carry(values), steps)
                if len(x):
                    cuts.append((x, times[last - steps + 1], times[last], label or r.get("label", "fault")))
    if not cuts or all(c[3] != "normal" for c in cuts):
        raise TrainingError("too_few_samples", f"no window of {steps} complete steps of {', '.join(names[:5])} lies in the normal times")
    x = np.concatenate([c[0] for c in cuts])
    begins, ends = np.concatenate([c[1] for c in cuts]), np.concatenate([c[2] for c in cuts])
    labels = np.concatenate([np.full(len(c[0]), c[3], dtype=object) for c in cuts])
    normal = np.flatnonzero(labels == "normal")
    train_, validation, test = (normal[part] for part in splits.by_time(begins[normal], ends[normal]))
    smallest = min(len(train_), len(validation), len(test))
    if smallest < gate.FEWEST_ROWS:
        raise TrainingError(
            "too_few_samples", f"{len(normal)} normal windows leave {smallest} in the smallest part of the split; {gate.FEWEST_ROWS} are needed"
        )
    mean, scale = windows.standardise(x[train_].reshape(-1, len(names)))
    z = (x - mean) / scale
    context.progress(0.1, f"{len(normal)} normal windows, {len(x) - len(normal)} others, {len(names)} signals")
    ways = [directions.get(n, "both") for n in names] if directions else None
    tensors = fit(z[train_], architecture, int(spec.get("epochs", 200)), seed, context.part(0.1, 0.85), ways)
    scores, latents, _ = reference.scores(tensors, z)
    limit = gate.threshold(scores[validation], quantile, margin)
    judged = np.concatenate([test, np.flatnonzero(labels != "normal")])
    metrics = gate.judge(scores[judged] / limit, labels[judged]) | {"windows": {"train": len(train_), "validation": len(validation), "test": len(test)}}
    context.progress(0.9, f"false alarms {metrics['false_alarm_rate']:.2%} of {len(test)} windows that nothing saw")

    name = spec["bundle"]
    directory = context.directory(name)
    formats.write_spec(directory / "feature_spec.yaml", names, {MODALITY: names}, steps)
    formats.write_json(directory / f"standard_scaler_{MODALITY}.json", {"mean": mean.tolist(), "scale": scale.tolist()})
    formats.write_safetensors(directory / f"ae_{MODALITY}.safetensors", tensors)
    golden = judged[np.linspace(0, len(judged) - 1, GOLDEN).astype(int)]
    vectors = [{"features": x[i].T.tolist(), "scores": {MODALITY: float(scores[i])}, "latents": {MODALITY: latents[i].tolist()}} for i in golden]
    formats.write_json(directory / "golden.json", {"schema_version": 1, "relative_tolerance": 1e-4, "vectors": vectors})
    data_hash = card.digest(x[train_])
    bundle.finish(
        directory,
        context.identity(name)
        | {
            "modalities": [MODALITY], "case": "A", "faults": [], "th_ae": {MODALITY: limit}, "sequence_score": "window",
            "threshold_rule": f"{margin:g} times the {quantile:g} quantile of the scores of normal validation windows",
            "window": {"bucket": bucket, "steps": steps, "signals": [{"feature": n, "sensor": n} for n in names]}
            | ({} if bucket == "raw" else {"max_fill": windows.MAX_FILL}),
            "metrics": metrics, "training_data_sha256": data_hash,
            "training_statistics": {n: field.statistics(x[train_][:, -1, i]) for i, n in enumerate(names)},
        },
    )  # fmt: skip
    described = {
        "machine": machine, "signals": names, "from": card.moment(begins[normal].min()), "to": card.moment(ends[normal].max()),
        "normal_windows": len(normal), "other_windows": len(x) - len(normal), "sha256": data_hash,
    }  # fmt: skip
    method = {
        "model": f"{architecture} autoencoder over {steps} steps of {bucket}" + (f", looking for shifts: {directions}" if directions else ""), "threshold": f"{margin:g} × the {quantile:g} quantile of validation",
        "split": "by time: the first 60 % trained, the next 20 % set the threshold, the last 20 % judged; windows over a cut are in none",
    }  # fmt: skip
    where_not = [
        f"on another machine than {machine}, or after its sensors were moved or changed",
        "in operating states that did not occur in the normal times that it was trained on: they look like faults to it",
        "as proof that nothing is wrong: it sees only these signals",
    ]
    limits = [] if (labels != "normal").any() else ["no faults were known: how many it finds was not measured"]
    return Result([name], metrics, card.make("window_autoencoder", spec, "Says when signals look unlike normal operation.", described, method, metrics, limits, where_not))
