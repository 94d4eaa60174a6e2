"""Kind autoencoder: bundles of the field's form, from stored features or from recordings that came as files."""

from __future__ import annotations

import numpy as np
from servemlkit import autoencoder, field, formats, waveform

from .. import bundle, card, gate, reading, splits, windows
from ..context import Context, Result
from ..errors import TrainingError

EPOCHS = 40
PAIR_SECONDS = 2.0  # the two modalities of one measurement lie no further apart
GOLDEN = 8
FEWEST_FAULTY = 20
ROLES = {f"{state}_{modality}": (state, modality) for state in ("normal", "abnormal") for modality in field.MODALITIES}
Rows = list[tuple[float, float, dict[str, float], str]]  # begin, end, features, label


def train(context: Context) -> Result:
    spec = context.spec
    rows = from_files(context) if spec.get("source") == "files" else from_store(context)
    modalities = [m for m in field.MODALITIES if m in spec.get("modalities", field.MODALITIES)]
    names = {m: [f"{axis}_{s}" for axis in field.AXES[m] for s in waveform.SUFFIXES] for m in modalities}
    # a modality is used where measurements have all of its features
    complete = {m: sum(all(n in r[2] for n in names[m]) for r in rows) for m in modalities}
    most = max(complete.values(), default=0)
    modalities = [m for m in modalities if complete[m] >= max(1, most // 2)]
    used = [n for m in modalities for n in names[m]]
    rows = [r for r in rows if all(isinstance(r[2].get(n), int | float) and np.isfinite(r[2][n]) for n in used)]
    if not modalities or not rows:
        raise TrainingError("too_few_samples", "no measurement has the features of a modality: " + ", ".join(waveform.SUFFIXES[:3]) + ", …")
    rows.sort(key=lambda r: r[1])
    begins, ends = (np.array([r[i] for r in rows]) for i in (0, 1))
    x = np.array([[float(r[2][n]) for n in used] for r in rows])
    labels = np.array([r[3] for r in rows], dtype=object)
    normal = np.flatnonzero(labels == "normal")
    if len(normal) < 3 * gate.FEWEST_ROWS:
        raise TrainingError("too_few_samples", f"{len(normal)} normal measurements; at least {3 * gate.FEWEST_ROWS} are needed")
    train_, validation, test = (normal[p] for p in splits.by_time(begins[normal], ends[normal]))
    if min(len(train_), len(validation), len(test)) < gate.FEWEST_ROWS // 2:
        raise TrainingError("too_few_samples", f"{len(normal)} normal measurements lie too close together in time to be split by it")
    context.progress(0.1, f"{len(normal)} normal measurements, {len(rows) - len(normal)} others, {' and '.join(modalities)}")

    name = spec["bundle"]
    directory = context.directory(name)
    rng = np.random.default_rng(int(spec.get("seed", 0)))
    quantile, margin = float(spec.get("threshold_quantile", 0.99)), float(spec.get("threshold_margin", 1.2))
    thresholds: dict[str, float | None] = dict.fromkeys(field.MODALITIES)
    scores, latents = {}, {}
    for number, modality in enumerate(modalities):
        columns = [used.index(n) for n in names[modality]]
        mean, scale = windows.standardise(x[train_][:, columns])
        formats.write_json(directory / f"standard_scaler_{modality}.json", {"mean": mean.tolist(), "scale": scale.tolist()})
        z = (x[:, columns] - mean) / scale
        epochs = min(EPOCHS, int(spec.get("epochs", EPOCHS)))
        encoder, decoder = autoencoder.train(z[train_], field.HIDDEN[modality], field.LATENT, rng, epochs=epochs)
        scores[modality], latents[modality] = autoencoder.evaluate(encoder, decoder, z)
        thresholds[modality] = gate.threshold(scores[modality][validation], quantile, margin)
        formats.write_safetensors(directory / f"ae_{modality}.safetensors", autoencoder.state_dict(encoder, decoder))
        context.progress(0.1 + 0.7 * (number + 1) / len(modalities), f"{modality}: threshold {thresholds[modality]:.4g}")

    classes, chances, stable, fault_metrics, faults = {}, np.zeros((0, 0)), None, {}, []
    counts = {f: int((labels == f).sum()) for f in sorted(set(labels[labels != "normal"]))}
    learned, held = list(train_), list(test)
    for fault, count in counts.items():
        # by time as well: the first of each fault are learned from, the last are judged
        places = np.flatnonzero(labels == fault)
        if count >= FEWEST_FAULTY and spec.get("model_type", "xgboost") == "xgboost":
            faults.append(fault)
            cut = int(count * field.FAULT_TRAINING_SHARE)
            learned += places[:cut].tolist()
            held += places[cut:].tolist()
    if faults:
        stacked = np.concatenate([latents[m] for m in modalities], axis=1)
        classes, chances, stable, fault_metrics = field.fault_model(directory, faults, stacked, labels, learned, held)
    case = "A" if not faults else "B" if len(faults) == 1 else "C"
    formats.write_spec(directory / "feature_spec.yaml", used, {m: names[m] if m in modalities else [] for m in field.MODALITIES})

    # the gate saw no faulty row; what the fault model learned from judges nothing
    judged = np.setdiff1d(np.concatenate([test, np.flatnonzero(labels != "normal")]), np.array(learned, int))
    ratios = np.max([scores[m] / thresholds[m] for m in modalities], axis=0)
    metrics = gate.judge(ratios[judged], labels[judged]) | {
        "rows": {"train": len(train_), "validation": len(validation), "test": len(test)}, **({"fault_model": fault_metrics} if faults else {})
    }  # fmt: skip
    usable = judged if stable is None else np.intersect1d(stable, judged)
    golden = usable[np.linspace(0, len(usable) - 1, min(GOLDEN, len(usable))).astype(int)]
    vectors = [
        {"features": x[i].tolist(), "scores": {m: float(scores[m][i]) for m in modalities}, "latents": {m: latents[m][i].tolist() for m in modalities}}
        | ({"probabilities": {classes[str(k)]: float(v) for k, v in enumerate(chances[i])}} if faults else {})
        for i in golden
    ]
    formats.write_json(directory / "golden.json", {"schema_version": 1, "relative_tolerance": 1e-4, "vectors": vectors})
    data_hash = card.digest(x[train_])
    bundle.finish(
        directory,
        context.identity(name)
        | {"modalities": modalities, "case": case, "faults": faults, "th_ae": thresholds, "units": {n: field.unit(n) for n in used}}
        | ({"class_map": classes} if faults else {})
        | {
            "threshold_rule": f"{margin:g} times the {quantile:g} quantile of the scores of normal validation measurements", "metrics": metrics,
            "training_data_sha256": data_hash, "training_statistics": {n: field.statistics(x[train_][:, i]) for i, n in enumerate(used)},
        },
    )  # fmt: skip
    described = {"normal_measurements": len(normal), "faulty_measurements": counts, "modalities": modalities, "sha256": data_hash}
    method = {
        "model": "dense autoencoder per modality" + (", gradient-boosted trees on the latents" if faults else ""),
        "threshold": f"{margin:g} × the {quantile:g} quantile of validation", "split": "by time: 60 % trained, 20 % set thresholds, 20 % judged",
    }  # fmt: skip
    where_not = [
        f"on another machine or power class than {name.rsplit('/', 1)[0]}", "with waveforms of another sampling rate or length than it was trained on",
        "in operating states that its normal data does not have",
    ]  # fmt: skip
    limits = [] if counts else ["no faults were known: how many it finds was not measured"]
    limits += [f"{f}: {c} measurements, too few for the fault model" for f, c in counts.items() if f not in faults]
    return Result([name], metrics, card.make("autoencoder", spec, "Says when a measurement looks unlike normal operation.", described, method, metrics, limits, where_not))


def from_store(context: Context) -> Rows:
    """What predictions and waveforms left behind; the two waveforms of one measurement are joined by the nearest."""
    spec = context.spec
    power = None if spec.get("power") in (None, "default") else spec["power"]
    with context.reader() as connection:
        found = reading.features(connection, spec["equipment_id"], power, spec.get("normal", []))
        faulty = [r | {"label": r.get("label", "fault")} for r in spec.get("abnormal", [])]
        found += reading.features(connection, spec["equipment_id"], power, faulty)
    whole: Rows = [(t, t, f, label) for t, modality, f, label in found if modality is None]
    halves = {m: [(t, f, label) for t, modality, f, label in found if modality == m] for m in field.MODALITIES}
    currents, vibrations = halves["current"], halves["vibration"]
    times = np.array([v[0] for v in vibrations])
    if not currents or not vibrations:
        return whole + [(t, t, f, label) for t, f, label in currents or vibrations]
    taken: set[int] = set()
    for t, f, label in currents:
        nearest = int(np.abs(times - t).argmin())
        if abs(times[nearest] - t) <= PAIR_SECONDS and nearest not in taken and vibrations[nearest][2] == label:
            taken.add(nearest)
            whole.append((min(t, times[nearest]), max(t, times[nearest]), f | vibrations[nearest][1], label))
    return whole


def from_files(context: Context) -> Rows:
    """Stretches of window_seconds of the recordings. A current and a vibration file of the same state are a pair in the order they came in."""
    spec = context.spec
    seconds = float(spec.get("window_seconds", 1))
    rows: Rows = []
    shift = 0.0
    with context.reader() as connection:
        files: dict[tuple[str, str], list[tuple[np.ndarray, np.ndarray]]] = {}
        for upload in spec.get("uploads", []):
            if upload["role"] in ROLES:
                files.setdefault(ROLES[upload["role"]], []).append(reading.upload(connection, upload["id"]))
    for state in ("normal", "abnormal"):
        label = "normal" if state == "normal" else "fault"
        of = {m: files.get((state, m), []) for m in field.MODALITIES if files.get(("normal", m))}
        for number in range(max((len(f) for f in of.values()), default=0)):
            pair = {m: f[number] for m, f in of.items() if number < len(f)}
            if len(pair) < len(of):
                continue
            begin = max(t[0] for t, _ in pair.values() if len(t))
            end = min(t[-1] for t, _ in pair.values() if len(t))
            for k in range(int((end - begin) / seconds + 1e-6)):
                measured: dict[str, float] = {}
                for modality, (t, values) in pair.items():
                    axes = field.AXES[modality]
                    part = values[(t >= begin + k * seconds) & (t < begin + (k + 1) * seconds), : len(axes)]
                    if part.shape[1] < len(axes) or len(part) < 16 or not np.isfinite(part).all():
                        measured = {}
                        break
                    rate = float(spec.get(f"{modality}_sample_rate_hz") or 1 / max(1e-9, np.median(np.diff(t))))
                    for column, axis in enumerate(axes):
                        measured |= {f"{axis}_{s}": v for s, v in zip(waveform.SUFFIXES, waveform.features(part[:, column], rate))}
                if measured:
                    rows.append((shift + k * seconds, shift + (k + 1) * seconds, measured, label))
            # recordings follow each other, whatever their own clocks say
            shift += (end - begin) + seconds
            context.progress(0.05)
    return rows
