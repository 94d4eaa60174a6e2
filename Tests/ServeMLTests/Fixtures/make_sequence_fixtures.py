#!/usr/bin/env python3
"""Makes sequence/*.pt with PyTorch and what it computes: an LSTM autoencoder and an LSTM regressor over 30 steps."""

import json
from pathlib import Path

import torch

HERE = Path(__file__).parent / "sequence"
STEPS = 30


class Autoencoder(torch.nn.Module):
    def __init__(self, features, hidden, layers):
        super().__init__()
        self.encoder = torch.nn.LSTM(features, hidden, layers, batch_first=True)
        self.decoder = torch.nn.LSTM(hidden, hidden, batch_first=True)
        self.output = torch.nn.Linear(hidden, features)

    def forward(self, x):
        _, (h, _) = self.encoder(x)
        out, _ = self.decoder(h[-1].unsqueeze(1).repeat(1, x.shape[1], 1))
        return ((x - self.output(out)) ** 2).mean(dim=(1, 2)).unsqueeze(1)


class Regressor(torch.nn.Module):
    def __init__(self, features, hidden, layers):
        super().__init__()
        self.lstm = torch.nn.LSTM(features, hidden, layers, batch_first=True)
        self.head = torch.nn.Sequential(torch.nn.Linear(hidden, 9), torch.nn.ReLU(), torch.nn.Linear(9, 1))

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def main():
    HERE.mkdir(exist_ok=True)
    torch.manual_seed(4)
    for name, net in (("autoencoder", Autoencoder(5, 12, 2)), ("regressor", Regressor(8, 16, 1))):
        features = next(net.children()).input_size
        x = torch.randn(6, STEPS, features) * 2
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.mul_(2)
            outputs = net.double()(x.double())
        net.float()
        torch.save(net.state_dict(), HERE / f"{name}.pt")
        expected = {"steps": STEPS, "windows": x.reshape(6, -1).double().tolist(), "outputs": outputs.tolist()}
        (HERE / f"{name}.expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    main()
