#!/usr/bin/env python3
"""docs/dependencies.md says what the package manager resolved: same packages, same versions; and Package.swift pins what it names.

Reads Package.resolved, which a build leaves beside Package.swift. Prints what differs; exit code 1 then."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    resolved = {p["identity"]: p["state"].get("version", "a revision") for p in json.loads((ROOT / "Package.resolved").read_text())["pins"]}
    text = (ROOT / "docs/dependencies.md").read_text().split("## Swift packages")[1].split("\n## ")[0]
    told = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([0-9][^ ]*) \| [^|]+ \|", text, re.M))
    manifest = (ROOT / "Package.swift").read_text()
    named = re.findall(r'\.package\(url: "[^"]*/([^"/]+)", ([a-z]+): "([^"]+)"', manifest)
    wrong = [f"{name}: resolved {resolved.get(name, 'nowhere')}, docs/dependencies.md says {told.get(name, 'nothing')}"
             for name in sorted(resolved.keys() | told.keys()) if resolved.get(name) != told.get(name)]
    wrong += [f"{name}: Package.swift has {how}: \"{version}\", not exact:" for name, how, version in named if how != "exact"]
    wrong += [f"{name}: Package.swift has {version}, resolved is {resolved.get(name.lower())}"
              for name, how, version in named if resolved.get(name.lower()) != version]
    if not named:
        wrong.append("Package.swift names no package that this can read")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
