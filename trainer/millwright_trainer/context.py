"""What a kind of training is given, and what it gives back."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from . import bundle, reading


@dataclass
class Context:
    job: int
    kind: str
    spec: dict
    attempt: int
    worker: str
    stage: Path
    root: Path
    database: str
    deadline: float
    """time.monotonic() at which the attempt has to be over."""
    say: Callable[[float | None, str | None], None]
    began: float = field(default_factory=time.monotonic)

    def reader(self) -> AbstractContextManager:
        return reading.reader(self.database)

    def progress(self, share: float, line: str | None = None) -> None:
        self.say(min(1.0, max(0.0, share)), line)

    def part(self, begin: float, end: float) -> Callable[[float], None]:
        """Progress of a step that takes the job from begin to end."""
        return lambda share: self.progress(begin + (end - begin) * share)

    def left(self) -> float:
        """Seconds until the attempt has to be over."""
        return self.deadline - time.monotonic()

    def seconds(self) -> float:
        return round(time.monotonic() - self.began, 2)

    def directory(self, name: str) -> Path:
        """An empty folder for a bundle, in the worker's hidden one."""
        path = self.stage / bundle.check_name(name)
        path.mkdir(parents=True)
        return path

    def identity(self, name: str) -> dict:
        """The members of metadata.json that say who a bundle is and who made it."""
        equipment, power, version = name.split("/")
        owner = {"job": self.job, "worker": bundle.folder_name(self.worker), "attempt": self.attempt}
        return {"schema_version": 2, "equipment_id": equipment, "power": power, "model_version": version, bundle.OWNER: owner}


@dataclass
class Result:
    bundles: list[str]
    """The job's own first; whatever else lies in the stage is thrown away."""
    metrics: dict
    card: dict
