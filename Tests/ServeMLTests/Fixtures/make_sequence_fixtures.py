#!/usr/bin/env python3
"""Makes the bundles of sequence/ with PyTorch and what it computes for them, in double precision.

    make_sequence_fixtures.py                       (writes beside itself)
    make_sequence_fixtures.py --wide DIRECTORY      (random sizes, 1,000 windows each, for MILLWRIGHT_SEQUENCE_FIXTURES=DIRECTORY)

Each of: an LSTM autoencoder (with a fault model on its latents), a dense autoencoder over the flattened window, an LSTM regressor; every input is a
window of 30 steps.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent / "sequence"
sys.path.insert(0, str(Path(__file__).parents[3] / "tools"))
from servemlkit import boosting, formats  # noqa: E402

STEPS = 30


class LSTMAutoencoder(torch.nn.Module):
    def __init__(self, features, hidden, layers, decoder):
        super().__init__()
        self.encoder = torch.nn.LSTM(features, hidden, layers, batch_first=True)
        self.decoder = torch.nn.LSTM(hidden, decoder, batch_first=True)
        self.output = torch.nn.Linear(decoder, features)

    def forward(self, x):
        _, (h, _) = self.encoder(x)
        out, _ = self.decoder(h[-1].unsqueeze(1).repeat(1, x.shape[1], 1))
        return h[-1], self.output(out)


class DenseAutoencoder(torch.nn.Module):
    def __init__(self, inputs, hidden, latent):
        super().__init__()
        self.encoder = torch.nn.Sequential(torch.nn.Linear(inputs, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, latent))
        self.decoder = torch.nn.Sequential(torch.nn.Linear(latent, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, inputs))

    def forward(self, x):
        latent = self.encoder(x.flatten(1))
        return latent, self.decoder(latent).reshape(x.shape)


class Regressor(torch.nn.Module):
    def __init__(self, features, hidden, layers):
        super().__init__()
        self.lstm = torch.nn.LSTM(features, hidden, layers, batch_first=True)
        self.head = torch.nn.Sequential(torch.nn.Linear(hidden, 9), torch.nn.ReLU(), torch.nn.Linear(9, 1))

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def write(output, name, net, features, rows, form="pt", last=False, classes=()):
    directory = output / name / "press_1" / "11kW" / "v1"
    directory.mkdir(parents=True, exist_ok=True)
    for file in directory.iterdir():
        file.unlink()
    rng = np.random.default_rng(sum(map(ord, name)))
    names = [f"s{i}" for i in range(features)]
    is_regressor = isinstance(net, Regressor)
    stem = "regressor_wear" if is_regressor else "ae_wear"
    formats.write_spec(directory / "feature_spec.yaml", names, {"wear": names}, STEPS)
    mean, scale = rng.normal(0, 5, features), rng.uniform(0.2, 4, features)
    formats.write_json(directory / "standard_scaler_wear.json", {"mean": mean.tolist(), "scale": scale.tolist()})
    x = (rng.normal(0, 1.5, (rows, STEPS, features)) * scale + mean).round(5)
    z = torch.from_numpy((x - mean) / scale)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(2)
        net.double()
        if is_regressor:
            results = {"value": net(z)[:, 0].numpy().tolist()}
        else:
            latent, out = net(z)
            error = (z - out)[:, -1:] if last else z - out
            results = {"scores": (error**2).mean(dim=(1, 2)).numpy().tolist(), "latents": latent.numpy().tolist()}
        net.float()
    if form == "pt":
        torch.save(net.state_dict(), directory / f"{stem}.pt")
    else:
        formats.write_safetensors(directory / f"{stem}.safetensors", {k: v.numpy() for k, v in net.state_dict().items()})
    if classes:
        latents = np.array(results["latents"])
        many = np.repeat(latents, 40, axis=0) + rng.normal(0, 0.02, (40 * rows, latents.shape[1]))
        booster = boosting.Booster(latents.shape[1], 1)
        booster.fit(many, np.repeat((latents[:, 0] > np.median(latents[:, 0])).astype(int), 40))
        booster.save(directory / "xgb.json")
        results["probabilities"] = [dict(zip(classes, map(float, row))) for row in booster.predict(latents)]
    vectors = []
    for i in range(2):
        vector = {"features": x[i].T.tolist()}
        if is_regressor:
            vector["value"] = results["value"][i]
        else:
            vector |= {"scores": {"wear": results["scores"][i]}, "latents": {"wear": results["latents"][i]}}
        vectors.append(vector)
    formats.write_json(directory / "golden.json", {"vectors": vectors})
    metadata = {
        "equipment_id": "press_1", "power": "11kW", "model_version": "v1", "modalities": ["wear"],
        "case": "B" if classes else "A", "faults": list(classes[1:]),
        **({"class_map": {str(i): c for i, c in enumerate(classes)}} if classes else {}),
        "th_ae": {} if is_regressor else {"wear": float(np.median(results["scores"]))},
        **({"sequence_score": "last"} if last else {}),
        "files_sha256": formats.hashes(directory),
    }  # fmt: skip
    formats.write_json(directory / "metadata.json", metadata)
    # Windows as messages have them: one list per feature.
    expected = {"features": names, "windows": x.transpose(0, 2, 1).tolist(), **results}
    (output / f"{name}.expected.json").write_text(json.dumps(expected))


def main():
    torch.manual_seed(4)
    boosting.ROUNDS = 6
    if len(sys.argv) == 3 and sys.argv[1] == "--wide":
        output = Path(sys.argv[2])
        rng = np.random.default_rng(9)
        for number in range(12):
            features, hidden, layers = int(rng.integers(1, 12)), int(rng.integers(3, 70)), int(rng.integers(1, 4))
            nets = (
                LSTMAutoencoder(features, hidden, layers, int(rng.integers(3, 70))),
                DenseAutoencoder(STEPS * features, 2 * hidden, min(hidden, 16)),
                Regressor(features, hidden, layers),
            )
            for net in nets:
                write(output, f"{type(net).__name__.lower()}{number}", net, features, 1000, ("pt", "safetensors")[number % 2],
                      last=number % 3 == 2 and not isinstance(net, Regressor))  # fmt: skip
        return
    write(HERE, "autoencoder", LSTMAutoencoder(3, 10, 2, 12), 3, 6, classes=("normal", "wear"))
    write(HERE, "window", DenseAutoencoder(STEPS * 3, 12, 4), 3, 6, form="safetensors", last=True)
    write(HERE, "regressor", Regressor(4, 13, 1), 4, 6)


if __name__ == "__main__":
    main()
