"""Files of a bundle: safetensors, PyTorch's zip of a pickled state_dict, and metadata with hashes."""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
from pathlib import Path

import numpy as np

# What YAML takes for something other than a text.
YAML_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def write_safetensors(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """Float32 tensors, header padded to eight bytes as the format recommends."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    blobs, offset = [], 0
    for name, tensor in tensors.items():
        blob = np.ascontiguousarray(tensor, "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def write_torch(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """What `torch.save(state_dict)` writes, opcode by opcode, without torch: a stored zip with 64-byte aligned blobs."""
    archive = path.stem
    stream = io.BytesIO()

    def text(value: str) -> None:
        encoded = value.encode()
        stream.write(b"X" + struct.pack("<I", len(encoded)) + encoded)

    def integer(value: int) -> None:
        if value < 256:
            stream.write(b"K" + bytes([value]))
        elif value < 65536:
            stream.write(b"M" + struct.pack("<H", value))
        else:
            stream.write(b"J" + struct.pack("<i", value))

    def integers(values: tuple[int, ...]) -> None:
        stream.write(b"(")
        for value in values:
            integer(value)
        stream.write(b"t")

    stream.write(b"\x80\x02ccollections\nOrderedDict\n)R(")
    for key, (name, tensor) in enumerate(tensors.items()):
        text(name)
        stream.write(b"ctorch._utils\n_rebuild_tensor_v2\n((")
        text("storage")
        stream.write(b"ctorch\nFloatStorage\n")
        text(str(key))
        text("cpu")
        integer(tensor.size)
        stream.write(b"tQ")
        integer(0)
        integers(tensor.shape)
        integers(tuple(int(np.prod(tensor.shape[axis + 1 :])) for axis in range(tensor.ndim)))
        stream.write(b"\x89ccollections\nOrderedDict\n)RtR")
    stream.write(b"u.")

    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:

        def entry(name: str, data: bytes) -> None:
            # A fixed time keeps the file the same from run to run; the extra field aligns the data.
            info = zipfile.ZipInfo(f"{archive}/{name}", (1980, 1, 1, 0, 0, 0))
            start = file.fp.tell() + 30 + len(info.filename.encode()) + 4
            info.extra = struct.pack("<HH", 0x4246, -start % 64) + b"Z" * (-start % 64)
            file.writestr(info, data)

        entry("data.pkl", stream.getvalue())
        entry("byteorder", b"little")
        for key, tensor in enumerate(tensors.values()):
            entry(f"data/{key}", np.ascontiguousarray(tensor, "<f4").tobytes())
        entry("version", b"3\n")


def _scalar(name: str) -> str:
    """A name as YAML: in quotes where it is not plainly a text."""
    return name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*( [A-Za-z0-9_]+)*", name) and name.lower() not in YAML_WORDS else json.dumps(name)


def write_spec(path: Path, features: list[str], modal_map: dict[str, list[str]], steps: int | None = None) -> None:
    """feature_spec.yaml. With `steps` each feature is a window."""
    lines = ["features:", *(f"- {_scalar(name)}" for name in features), "modal_map:"]
    for modality, names in modal_map.items():
        lines += [f"  {modality}:", *(f"  - {_scalar(name)}" for name in names)] if names else [f"  {modality}: []"]
    if steps is not None:
        lines += ["sequence:", f"  steps: {steps}"]
    path.write_text("\n".join([*lines, "scaling: standard_separate", ""]))


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hashes(directory: Path) -> dict[str, str]:
    """Every file but metadata.json, which cannot hold its own hash."""
    return {p.name: sha256(p) for p in sorted(directory.iterdir()) if p.is_file() and p.name != "metadata.json"}
