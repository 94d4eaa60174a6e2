#!/usr/bin/env python3
"""Makes the bundles of this folder. Needs numpy and PyTorch (any version since 1.6; 1.13 made those that are committed).

    make_fixtures.py                         (writes beside itself)
    make_fixtures.py --wide DIRECTORY        (random sizes, 1,000 rows each, for MILLWRIGHT_BUNDLE_FIXTURES=DIRECTORY)

Networks are small so that the files are; names, forms and file layout are the field's. Reference scores come from PyTorch in float32 and from numpy
in float64; both stand in expected.json of each bundle.
"""

import json
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "tools"))
from servemlkit import autoencoder, boosting, formats  # noqa: E402

SUFFIXES = (
    "mean std min max p2p rms skew kurt crest band_0_100 band_100_500 band_500_1000 band_1000_2000 band_2000_4000 dom_freq"
    " env_band_0_100 env_band_100_500 env_band_500_1000 env_band_1000_2000 env_band_2000_4000 env_dom_freq"
).split()
CURRENT = [f"cur_{axis}_{suffix}" for axis in "xyz" for suffix in SUFFIXES]
VIBRATION = [f"vib_{suffix}" for suffix in SUFFIXES]


class Net(torch.nn.Module):
    """The field's autoencoder, of any size."""

    def __init__(self, inputs, hidden, latent):
        super().__init__()

        def chain(sizes):
            layers = []
            for a, b in zip(sizes[:-1], sizes[1:]):
                layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
            return torch.nn.Sequential(*layers[:-1])

        self.encoder = chain([inputs, *hidden, latent])
        self.decoder = chain([latent, *reversed(hidden), inputs])

    def forward(self, x):
        latent = self.encoder(x)
        return latent, self.decoder(latent)


def layers(net, part):
    modules = [m for m in getattr(net, part) if isinstance(m, torch.nn.Linear)]
    return [(m.weight.detach().numpy(), m.bias.detach().numpy()) for m in modules]


def bundle(name, modalities, hidden, scaled=True, form="pt", dtype=torch.float32, thresholds=None, rows=12, extra=None, golden=True, classes=()):
    directory = HERE / name / "press_1" / "11kW" / "v1"
    directory.mkdir(parents=True, exist_ok=True)
    for file in directory.iterdir():
        file.unlink()
    rng = np.random.default_rng(abs(sum(map(ord, name))))
    torch.manual_seed(3)
    modal_map = {"current": CURRENT, "vibration": VIBRATION if "vibration" in modalities else []}
    used = CURRENT + (VIBRATION if "vibration" in modalities else [])
    x = rng.normal(rng.normal(0, 5, len(used)), rng.uniform(0.1, 4, len(used)), (rows, len(used))).round(6)
    formats.write_spec(directory / "feature_spec.yaml", used, modal_map)
    expected = {"features": used, "inputs": x.tolist(), "numpy": {}, "torch": {}, "latents": {}}
    for modality in modalities:
        columns = [used.index(n) for n in modal_map[modality]]
        z = x[:, columns]
        if scaled:
            mean, scale = z.mean(axis=0), z.std(axis=0)
            formats.write_json(directory / f"standard_scaler_{modality}.json", {"mean": mean.tolist(), "scale": scale.tolist()})
            z = (z - mean) / scale
        net = Net(len(columns), *hidden[modality]).to(dtype).to(torch.float32)
        with torch.no_grad():
            tensor = torch.from_numpy(z.astype(np.float32))
            latent, output = net(tensor)
            expected["torch"][modality] = ((tensor - output) ** 2).mean(dim=1).double().numpy().tolist()
        scores, latent = autoencoder.evaluate(layers(net, "encoder"), layers(net, "decoder"), z)
        expected["numpy"][modality] = scores.tolist()
        expected["latents"][modality] = latent.tolist()
        if form == "pt":
            torch.save(OrderedDict((k, v.to(dtype)) for k, v in net.state_dict().items()), directory / f"ae_{modality}.pt")
        elif form == "pt-hand":
            formats.write_torch(directory / f"ae_{modality}.pt", {k: v.numpy() for k, v in net.state_dict().items()})
        else:
            formats.write_safetensors(directory / f"ae_{modality}.safetensors", {k: v.numpy() for k, v in net.state_dict().items()})
    probabilities = None
    if classes:
        # More rows than are kept, so that there is something to learn.
        stacked = np.concatenate([np.array(expected["latents"][m]) for m in modalities], axis=1)
        many = np.repeat(stacked, 40, axis=0) + rng.normal(0, 0.05, (40 * rows, stacked.shape[1]))
        booster = boosting.Booster(stacked.shape[1], 1 if len(classes) == 2 else len(classes))
        booster.fit(many, np.repeat(np.arange(rows) % len(classes), 40))
        booster.save(directory / "xgb.json")
        probabilities = booster.predict(stacked)
        expected["probabilities"] = [dict(zip(classes, map(float, row))) for row in probabilities]
        class_map = {str(i): c for i, c in enumerate(classes)}
        extra = {**(extra or {}), "case": "B" if len(classes) == 2 else "C", "faults": list(classes[1:]), "class_map": class_map}
    if golden:
        vectors = [
            {
                "features": x[i].tolist(),
                "scores": {m: expected["numpy"][m][i] for m in modalities},
                "latents": {m: expected["latents"][m][i] for m in modalities},
                **({"probabilities": expected["probabilities"][i]} if classes else {}),
            }
            for i in range(3)
        ]
        formats.write_json(directory / "golden.json", {"vectors": vectors})
    if thresholds is None:
        thresholds = {m: float(np.median(expected["numpy"][m])) for m in modalities}
    metadata = {
        "equipment_id": "press_1",
        "power": "11kW",
        "model_version": "v1",
        "modalities": modalities,
        "case": "A",
        "faults": [],
        "th_ae": {"current": None, "vibration": None, **thresholds},
        # As in the field: the entry for metadata.json itself is wrong.
        "files_sha256": {**formats.hashes(directory), "metadata.json": "0" * 64},
        **(extra or {}),
    }
    formats.write_json(directory / "metadata.json", metadata)
    (HERE / f"{name}.expected.json").write_text(json.dumps(expected))


def wide():
    """Random architectures in every form, the field's own sizes among them."""
    rng = np.random.default_rng(12)
    forms = [("pt", torch.float32), ("pt", torch.float64), ("pt", torch.float16), ("pt", torch.bfloat16), ("pt-hand", torch.float32),
             ("safetensors", torch.float32)]
    for number in range(18):
        hidden = {m: (rng.integers(2, 200, rng.integers(1, 5)).tolist(), int(rng.integers(1, 33))) for m in ("current", "vibration")}
        if number < 6:
            hidden = {"current": ([128, 64], 16), "vibration": ([256, 128], 16)}
        form, dtype = forms[number % len(forms)]
        bundle(f"wide{number}", ["current", "vibration"], hidden, form=form, dtype=dtype, rows=1000, scaled=number % 5 != 4)


def main():
    global HERE
    if len(sys.argv) == 3 and sys.argv[1] == "--wide":
        HERE = Path(sys.argv[2])
        return wide()
    small = {"current": ([24, 16], 8), "vibration": ([32, 16], 8)}
    bundle("dual", ["current", "vibration"], small)
    bundle("single", ["current"], {"current": ([20], 5)}, form="safetensors")
    bundle("unscaled", ["current", "vibration"], small, scaled=False, form="pt-hand", golden=False)
    bundle("null_threshold", ["current", "vibration"], small, thresholds={"current": 1.0}, extra={"impute": "zero"}, rows=3)
    for name, dtype in (("half", torch.float16), ("bfloat16", torch.bfloat16), ("double", torch.float64)):
        bundle(name, ["current"], {"current": ([11, 7, 5], 3)}, dtype=dtype, rows=3)

    boosting.ROUNDS = 6
    bundle("case_b", ["current", "vibration"], small, form="safetensors", classes=("normal", "bearing"), rows=6)
    bundle("case_c", ["current"], {"current": ([20], 5)}, classes=("normal", "bearing", "unbalance"), rows=6,
           extra={"class_thresholds": {"bearing": 0.9999}})

    hostile = HERE / "hostile"
    hostile.mkdir(exist_ok=True)

    class Evil:
        def __reduce__(self):
            import os

            return os.system, ("true",)

    torch.save({"encoder.0.weight": Evil()}, hostile / "global.pt")
    torch.save({"encoder.0.weight": torch.zeros(4, 3).t()}, hostile / "strided.pt")
    torch.save({"encoder.0.weight": torch.zeros(4, dtype=torch.int64)}, hostile / "integer.pt")
    torch.save({"encoder.0.weight": torch.zeros(4, 3)}, hostile / "legacy.pt", _use_new_zipfile_serialization=False)
    torch.save({"weights": {"encoder.0.weight": torch.zeros(4, 3)}}, hostile / "nested.pt")


if __name__ == "__main__":
    main()
