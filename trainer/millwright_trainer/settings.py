"""The worker's environment, read once. Any of them as NAME_FILE reads a file, as thin's do."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1 << 20


def variable(name: str, default: str | None = None) -> str | None:
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text().strip()
    return os.environ.get(name) or default


def number(name: str, default: float, least: float, most: float) -> float:
    given = variable(name)
    try:
        value = default if given is None else float(given)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise SystemExit(f"{name} must be a number from {least:g} to {most:g}, not {given}")
    return value


@dataclass(frozen=True)
class Settings:
    database: str
    root: Path
    worker: str
    kinds: tuple[str, ...]
    memory_bytes: int
    time_limit: float
    poll_seconds: float
    threads: int
    nice: int
    """Priority of what computes: the plant's ingest comes first, training takes what processor time is left."""

    @staticmethod
    def read(kinds: tuple[str, ...]) -> Settings:
        database = variable("TRAINER_DATABASE_URL") or variable("DATABASE_URL")
        if not database:
            raise SystemExit("TRAINER_DATABASE_URL (or DATABASE_URL) is not set")
        chosen = variable("TRAINER_KINDS")
        wanted = tuple(k.strip() for k in chosen.split(",") if k.strip()) if chosen else kinds
        unknown = set(wanted) - set(kinds)
        if unknown:
            raise SystemExit(f"TRAINER_KINDS: {', '.join(sorted(unknown))} cannot be trained; {', '.join(kinds)} can")
        return Settings(
            database=database,
            root=Path(variable("SERVE_ML_ROOT", "/app/serve_ml")).resolve(),
            # The process is part of the name: a worker that starts anew is another one, and finds out that it lost its jobs.
            worker=variable("TRAINER_NAME") or f"{socket.gethostname()[:64]}-{os.getpid()}-{os.urandom(3).hex()}",
            kinds=wanted,
            memory_bytes=int(number("TRAINER_MEMORY_MB", 6144, 512, 1 << 20) * MEGABYTE),
            time_limit=number("TRAINER_TIME_LIMIT", 3600, 10, 86400),
            poll_seconds=number("TRAINER_POLL_SECONDS", 5, 0.1, 3600),
            threads=int(number("TRAINER_THREADS", 1, 1, 256)),
            nice=int(number("TRAINER_NICE", 10, 0, 19)),
        )
