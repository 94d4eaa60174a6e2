"""Kind rul: a regressor of remaining life, learned from lives that ended by failure, for a machine or for all machines of a type."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np
from servemlkit import field, formats

from .. import bundle, card, measures, reading, reference, remaining, splits, windows
from ..context import Context, Result
from ..errors import TrainingError

MODALITY = "wear"
SHIFT = "_from_start"
TEST_SHARE = 0.2
GOLDEN = 4
# Lives that are too many to be read in bounded memory: the newest are taken.
MOST_LIVES = 1000
FEWEST_LIVES = 3


def train(context: Context) -> Result:
    spec = context.spec
    steps, bucket = int(spec.get("steps", 30)), spec.get("bucket", "1h")
    if bucket not in windows.BUCKET_SECONDS:
        raise TrainingError("bad_bucket", "remaining life needs buckets of a known length: 1m or 1h")
    if spec.get("architecture", "lstm") != "lstm":
        raise TrainingError("not_servable", f"no bundle can hold {spec['architecture']}: architecture lstm can be served")
    hours = windows.BUCKET_SECONDS[bucket] / 3600
    coverage = float(spec.get("coverage", 0.8))
    known, living, names, why_not = read(context, bucket, steps)
    context.progress(0.05, f"{len(known)} lives that ended by failure, {len(living)} that last, {len(names)} signals")

    rng = np.random.default_rng(int(spec.get("seed", 0)))
    groups = [life.machine for life in known]
    if len(set(groups)) < FEWEST_LIVES:
        groups = [life.name for life in known]
    rest, test = splits.by_group(groups, TEST_SHARE, rng)
    learned, held = [known[i] for i in rest], [known[i] for i in test]
    cap = float(spec.get("cap_hours") or remaining.choose_cap(learned, hours))
    model = remaining.learn(
        learned, steps, cap, coverage, int(spec.get("seed", 0)) % 2**20, int(spec.get("epochs", remaining.EPOCHS)), context.part(0.05, 0.9)
    )
    cuts = [remaining.cut(life, steps) for life in held]
    x, truth = np.concatenate([c[0] for c in cuts]), np.minimum(cap, np.concatenate([c[1] for c in cuts]))
    near = np.concatenate([c[1] for c in cuts]) <= remaining.FARTHEST * cap
    x, truth = x[near], truth[near]
    if not len(x):
        raise TrainingError("too_few_lives", "the lives that were held back have no complete window")
    said = np.clip(model.predict(x), 0, cap)
    figures = measures.remaining_life(said, *model.bounds(said), truth)
    constant = measures.remaining_life(np.full(len(truth), np.median(truth)), said, said, truth)["rmse"]
    context.progress(0.92, f"{len(held)} lives that nothing saw: RMSE {figures['rmse']:.3g} h, {figures['coverage']:.0%} within the interval")

    metrics = figures | {
        "rmse_of_a_constant": constant, "lives_learned": len(learned), "lives_judged": len(held), "estimates_judged": len(x), "cap_hours": cap,
        "coverage_wanted": coverage, "signals": names,
    }  # fmt: skip
    sample = x[rng.choice(len(x), min(GOLDEN, len(x)), replace=False)]
    trained = np.concatenate([remaining.cut(life, steps)[0][:, -1] for life in learned])
    data_hash = card.digest(*[life.values for life in learned], *[life.left for life in learned])
    common = {
        "modalities": [MODALITY], "case": "A", "faults": [], "th_ae": {}, "unit": "h", "training_data_sha256": data_hash, "metrics": metrics,
        "remaining_life": {"cap_hours": cap, "coverage": coverage, "interval": model.interval},
    }  # fmt: skip
    tensors = reference.single(model.tensors())
    window = {"bucket": bucket, "steps": steps, "stride": 1, "max_fill": windows.MAX_FILL}

    def write(name: str, baseline: np.ndarray, is_served: bool) -> None:
        """A machine's bundle: the fleet's weights, its own scaler."""
        directory = context.directory(name)
        features = [*names, *(n + SHIFT for n in names)]
        mean = model.mean + np.concatenate([np.zeros(len(names)), baseline])
        # What lies in the golden windows is the machine's own: the signals less its baseline must give what the model was trained on.
        golden = np.concatenate([sample[:, :, : len(names)], sample[:, :, len(names) :] + baseline], axis=2)
        values = reference.value(tensors, (golden - mean) / model.scale)
        formats.write_spec(directory / "feature_spec.yaml", features, {MODALITY: features}, steps)
        formats.write_json(directory / f"standard_scaler_{MODALITY}.json", {"mean": mean.tolist(), "scale": model.scale.tolist()})
        formats.write_safetensors(directory / f"regressor_{MODALITY}.safetensors", tensors)
        vectors = [{"features": g.T.tolist(), "value": float(v)} for g, v in zip(golden, values)]
        formats.write_json(directory / "golden.json", {"schema_version": 1, "relative_tolerance": 1e-4, "vectors": vectors})
        signals = [{"feature": f, "sensor": n} for f, n in zip(features, [*names, *names])]
        own = trained + np.concatenate([np.zeros(len(names)), baseline])
        statistics = {f: field.statistics(own[:, i]) for i, f in enumerate(features)}
        served = {"window": window | {"signals": signals}} if is_served else {}
        bundle.finish(directory, context.identity(name) | common | served | {"training_statistics": statistics})

    power, version = spec["bundle"].split("/")[1:]
    bundles = [spec["bundle"]]
    if spec.get("equipment_id"):
        # Of the life that lasts; before it began, of the last one that ended.
        current = living or known[-1:]
        write(spec["bundle"], current[-1].baseline, True)
    else:
        write(spec["bundle"], np.mean([life.baseline for life in learned], axis=0), False)
        for life in living:
            name = f"{life.machine}/{power}/{version}"
            if not bundle.NAME.fullmatch(life.machine) or (context.root / life.machine / power).exists():
                # A second version there would answer without having been a challenger first.
                why_not[life.machine] = "it has a bundle of this power class already: train it by itself, so that the new one is its challenger"
                continue
            write(name, life.baseline, True)
            bundles.append(name)
        metrics["machines"] = len(bundles) - 1
        metrics["machines_without"] = dict(list(why_not.items())[:50])
    context.progress(0.98, f"{len(bundles)} bundles written")
    method = {
        "model": f"{len(model.members)} LSTMs as one, over {steps} steps of {bucket}; each signal as it is and less its mean over the life's first "
        f"{remaining.BASELINE} steps", "target": f"hours until the failure, at most {cap:g}", "split": "by machine: no life on two sides",
        "interval": f"split-conformal, {coverage:.0%}, from lives that each member left out",
    }  # fmt: skip
    described = {
        "lives": len(known), "learned": len(learned), "judged": len(held), "signals": names, "sha256": data_hash,
        "from": min(life.name for life in known), "machines": len({life.machine for life in known}),
    }  # fmt: skip
    where_not = [
        "on machines of another type, or with other sensors, than it was trained on",
        f"to tell lives apart that have more than {cap:g} hours left: they all look alike to it",
        "for kinds of failure that none of its lives ended with",
        f"in the first {max(remaining.BASELINE, steps)} steps of a life; after an overhaul the bundle must be trained anew, because its scaler holds "
        "where the life began",
    ]
    limits = [f"judged on {len(held)} lives: its figures are no surer than that"] if len(held) < 10 else []
    return Result(bundles, metrics, card.make("rul", spec, "Estimates hours until failure.", described, method, metrics, limits, where_not))


def read(context: Context, bucket: str, steps: int) -> tuple[list[remaining.Life], list[remaining.Life], list[str], dict[str, str]]:
    """(lives that ended by failure, lives that last, signals, why a machine with a life that lasts is left out)."""
    spec, why_not = context.spec, {}
    now = datetime.now(UTC).timestamp()
    with context.reader() as connection:
        rows = reading.lives(connection, spec)
        failed = [r for r in rows if r["ended"] and r["why"] == "failed"][-MOST_LIVES:]
        lasting = {r["machine"]: r for r in rows if not r["ended"]}
        rows = failed + list(lasting.values())
        if len(failed) < FEWEST_LIVES:
            raise TrainingError("too_few_lives", f"{len(failed)} lives ended by failure; at least {FEWEST_LIVES} are needed")
        names = spec.get("signals") or common_signals(connection, [r["machine"] for r in failed])
        found: list[tuple[dict, remaining.Life]] = []
        for number, row in enumerate(rows):
            begin = row["began"]
            end = row["ended"] or datetime.fromtimestamp(now, UTC).isoformat()
            have = set(reading.signals(connection, row["machine"]))
            if set(names) - have:
                why_not[row["machine"]] = f"it has no signal {sorted(set(names) - have)[0]}"
                continue
            times, values = windows.on_grid(*reading.window(connection, row["machine"], begin, end, bucket, names), bucket)
            width = windows.BUCKET_SECONDS[bucket]
            left = (reading.seconds(row["ended"]) - times - width) / 3600 if row["ended"] else np.full(len(times), np.nan)
            # a failure within a bucket: its end is the life's
            left = np.maximum(left, 0) if row["ended"] else left
            life = remaining.Life(row["machine"], f"{row['began']} {row['machine']} {row['component'] or ''}".strip(), windows.carry(values), left)
            if life.is_usable(steps):
                found.append((row, life))
            else:
                why_not[row["machine"]] = f"its life has {len(values)} steps with data; {max(steps, remaining.BASELINE)} are needed"
            context.progress(0.05 * number / len(rows))
    known = [life for row, life in found if row["ended"]]
    if len(known) < FEWEST_LIVES:
        raise TrainingError("too_few_lives", f"{len(known)} of {len(failed)} lives have data enough; at least {FEWEST_LIVES} are needed")
    # What never changes says nothing, and what most lives lack cannot be asked for.
    rows = np.concatenate([life.values for life in known])
    useful = [i for i in range(len(names)) if np.isfinite(rows[:, i]).mean() > 0.5 and np.nanstd(rows[:, i]) > 1e-9 * max(1.0, np.abs(np.nanmean(rows[:, i])))]
    if not useful:
        raise TrainingError("no_signals", "no signal changes over these lives")
    for _, life in found:
        life.values = life.values[:, useful]
    return known, [life for row, life in found if not row["ended"]], [names[i] for i in useful], why_not


def common_signals(connection, machines: list[str]) -> list[str]:
    """Those that every machine has, by name."""
    shared: set[str] | None = None
    for machine in sorted(set(machines)):
        have = set(reading.signals(connection, machine))
        shared = have if shared is None else shared & have
    if not shared:
        raise TrainingError("no_signals", "the machines have no signal in common")
    return sorted(shared, key=lambda n: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", n)])
