#!/usr/bin/env python3
"""Writes deploy/grafana/dashboards/*.json, which Grafana loads, from the boards beside this file. A test says whether they are fresh."""

import importlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# file of the board: module
BOARDS = {
    "plant": "plant",
    "machine": "machine",
    "sensors": "sensors",
    "anomalies": "anomalies",
    "maintenance": "maintenance",
    "operation": "system",
    "alarms": "alarms",
    "models": "models",
}


def made() -> dict[str, str]:
    """File name: text."""
    return {
        f"{name}.json": json.dumps(importlib.import_module(module).BOARD, indent=2, ensure_ascii=False) + "\n"
        for name, module in BOARDS.items()
    }


if __name__ == "__main__":
    for name, text in made().items():
        (HERE.parent / "dashboards" / name).write_text(text)
