"""Bundles on disk: written into a hidden folder of the same file system, moved to their place whole, and cleaned up after workers that died.

    <root>/.trainer/<worker>/lock               held (flock) as long as the worker lives
    <root>/.trainer/<worker>/<job>/…            what it is writing
    <root>/.trainer/<worker>/<job>.placed       names of bundles that were moved to their place and are not acknowledged yet

A reader of the root passes over names that begin with a dot. A rename is one step: a bundle is there as a whole or not at all.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from servemlkit import formats

from .errors import TrainingError

FOLDER = ".trainer"
NAME = re.compile(r"[^/.\x00-\x1f\x7f][^/\x00-\x1f\x7f]{0,63}")
OWNER = "trained_by"  # member of metadata.json: {job, worker, attempt}


def check_name(bundle: str) -> str:
    parts = bundle.split("/")
    if len(parts) != 3 or not all(NAME.fullmatch(p) for p in parts):
        raise TrainingError("bad_bundle_name", f"{bundle!r} is not equipment/power/version")
    return bundle


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def owner_of(directory: Path) -> tuple[int | None, str | None]:
    """Which job and folder of a worker made a bundle; (None, None): none, or it cannot be read."""
    try:
        owner = json.loads((directory / "metadata.json").read_text())[OWNER]
        return owner["job"], owner["worker"]
    except (OSError, ValueError, KeyError, TypeError):
        return None, None


def folder_name(worker: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", worker)


class Workshop:
    """One worker's hidden folder. The lock file says to others that it lives; the kernel lets go of it however the worker ends."""

    def __init__(self, root: Path, worker: str):
        self.root, self.base = root, root / FOLDER
        self.own = self.base / folder_name(worker)
        self.own.mkdir(parents=True, exist_ok=True)
        self.lock = os.open(self.own / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"another worker named {worker} is at work on {root}") from None

    def stage(self, job: int) -> Path:
        path = self.own / str(job)
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path

    def journal(self, job: int) -> Path:
        return self.own / f"{job}.placed"

    def place(self, job: int, bundles: list[str]) -> None:
        """Moves <stage>/<bundle> to <root>/<bundle> for each. What an earlier attempt of the same job left there gives way; anything else does not."""
        stage = self.own / str(job)
        for bundle in bundles:
            check_name(bundle)
            target = self.root / bundle
            if target.exists() and owner_of(target)[0] != job:
                raise TrainingError("bundle_exists", f"{bundle} is there already, and this job did not make it")
        journal = self.journal(job)
        journal.write_text(json.dumps(bundles))
        _sync(journal)
        _sync(self.own)
        for bundle in bundles:
            source, target = stage / bundle, self.root / bundle
            for file in source.iterdir():
                _sync(file)
            _sync(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                target.rename(stage / f"replaced-{len(list(stage.iterdir()))}")
            source.rename(target)
            _sync(target.parent)

    def settle(self, job: int, keep: bool) -> None:
        """After the database said what it thinks of the job: bundles stay, or go the way they came."""
        _settle(self.root, self.own, job, keep)

    def clean_dead(self, verdict: Callable[[int], bool | None]) -> list[str]:
        """Removes what workers left that do not live any more. verdict(job): are its bundles to stay? None: not known yet, look again later.

        Returns what was removed, for the log.
        """
        removed = []
        for folder in sorted(p for p in self.base.iterdir() if p.is_dir() and p != self.own):
            try:
                handle = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError:
                # it is being made or removed by somebody else just now
                continue
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                said, open_jobs = self.close_journals(folder, verdict)
                removed += said
                if not open_jobs:
                    removed.append(f"the folder of {folder.name}, which is dead")
                    shutil.rmtree(folder, ignore_errors=True)
            except BlockingIOError:
                pass
            finally:
                os.close(handle)
        return removed

    def close_journals(self, folder: Path, verdict: Callable[[int], bool | None]) -> tuple[list[str], int]:
        """Of a worker's folder: bundles whose job is over stay or go as the database says. Returns what went, and how many are not known yet."""
        removed, still_open = [], 0
        for journal in sorted(folder.glob("*.placed")):
            job = int(journal.stem)
            keep = verdict(job)
            if keep is None:
                still_open += 1
                continue
            _settle(self.root, folder, job, keep)
            if not keep:
                removed.append(f"bundles of job {job}, which was never acknowledged")
        return removed, still_open

    def close(self) -> None:
        # A journal that is open (the database went away before its answer) is the next worker's to close.
        if not list(self.own.glob("*.placed")):
            shutil.rmtree(self.own, ignore_errors=True)
        os.close(self.lock)


def _settle(root: Path, own: Path, job: int, keep: bool) -> None:
    stage, journal = own / str(job), own / f"{job}.placed"
    if not keep and journal.exists():
        stage.mkdir(exist_ok=True)
        for number, bundle in enumerate(json.loads(journal.read_text() or "[]")):
            target = root / bundle
            # a later attempt of another worker may have taken the place
            if owner_of(target) == (job, own.name):
                target.rename(stage / f"refused-{number}")
                for parent in (target.parent, target.parent.parent):
                    try:
                        parent.rmdir()
                    except OSError:
                        break
    journal.unlink(missing_ok=True)
    shutil.rmtree(stage, ignore_errors=True)


def finish(directory: Path, metadata: dict) -> None:
    """The last file of a bundle: metadata.json with every other file's hash."""
    formats.write_json(directory / "metadata.json", metadata | {"files_sha256": formats.hashes(directory)})
