#!/usr/bin/env python3
"""Writes the load of bench/predictions: wrk's scripts and mosquitto_pub's lines, from the inputs of a bundle's fixture."""

import argparse
import json
import pathlib
import time

BATCH = 100


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fixtures", type=pathlib.Path, required=True)
    parser.add_argument("--machines", type=int, required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)

    example = json.loads((options.fixtures / "dual.expected.json").read_text())
    inputs = example["inputs"]

    def request(number: int) -> dict:
        features = dict(zip(example["features"], inputs[number % len(inputs)]))
        return {"equipment_id": f"m{number % options.machines + 1}", "power": "11kW", "features": features}

    rows = [inputs[n % len(inputs)] for n in range(BATCH)]
    bodies = {
        "predict": [json.dumps(request(n)) for n in range(120)],
        "batch": [json.dumps([request(n) for n in range(BATCH)])],
        "tensor": [json.dumps({"inputs": [{"name": "features", "datatype": "FP64", "shape": [BATCH, len(rows[0])], "data": rows}]})],
    }
    for name, texts in bodies.items():
        lines = ["local bodies = {"] + [f"  [==[{text}]==]," for text in texts] + ["}", "local number = 0"]
        lines += [
            f'local headers = {{["Content-Type"] = "application/json", ["Authorization"] = "Bearer {options.token}"}}',
            "function request()",
            "  number = number % #bodies + 1",
            '  return wrk.format("POST", nil, headers, bodies[number])',
            "end",
        ]
        (options.output / f"{name}.lua").write_text("\n".join(lines) + "\n")

    start = int(time.time() * 1000) - options.messages
    for machine in range(1, options.machines + 1):
        with (options.output / f"m{machine}.txt").open("w") as file:
            for number in range(machine - 1, options.messages, options.machines):
                file.write(json.dumps({"time": start + number, **request(number)}) + "\n")


if __name__ == "__main__":
    main()
