#!/usr/bin/env python3
"""Turns scikit-learn's standard_scaler_<modality>.joblib of bundles into the JSON that Millwright reads.

    convert_scaler.py BUNDLE_DIRECTORY…       (a directory that holds metadata.json, or any directory above such)

A .joblib is a pickle: loading one can run code. Convert only files that you trust; that is why the server never reads them.
Needs scikit-learn and joblib (tools/requirements-train.txt). The new file's hash is entered in metadata.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from servemlkit.formats import sha256, write_json


def convert(directory: Path) -> int:
    """Converts every scaler of one bundle; returns how many."""
    import joblib

    metadata_path = directory / "metadata.json"
    metadata = json.loads(metadata_path.read_text())
    listed = metadata.get("files_sha256") or {}
    done = 0
    for source in sorted(directory.glob("standard_scaler_*.joblib")):
        expected = listed.get(source.name)
        if expected and expected.lower() != sha256(source):
            raise SystemExit(f"{source}: its hash is not the one in metadata.json; not loaded")
        scaler = joblib.load(source)
        target = source.with_suffix(".json")
        write_json(target, {"mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist()})
        if listed:
            listed[target.name] = sha256(target)
        done += 1
    if done and listed:
        metadata["files_sha256"] = listed
        write_json(metadata_path, metadata)
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="+", type=Path)
    arguments = parser.parse_args()
    total = 0
    for root in arguments.directory:
        for metadata in sorted(root.rglob("metadata.json")):
            count = convert(metadata.parent)
            total += count
            if count:
                print(f"{metadata.parent}: {count} converted")
    if not total:
        sys.exit("no standard_scaler_*.joblib found")


if __name__ == "__main__":
    main()
