#!/usr/bin/env python3
"""docs_assets.py WHEEL DIR: takes Swagger UI's three published files out of the wheel that carries them."""

import pathlib
import sys
import zipfile

NAMES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")

wheel, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
with zipfile.ZipFile(wheel) as archive:
    for member in archive.namelist():
        name = member.rsplit("/", 1)[-1]
        if "swagger-ui-dist/" in member and name in NAMES:
            (folder / name).write_bytes(archive.read(member))
missing = [name for name in NAMES if not (folder / name).exists()]
if missing:
    sys.exit(f"not in {wheel}: {', '.join(missing)}")
