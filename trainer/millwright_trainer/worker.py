"""The loop: claim a job, have it computed by a process of its own, move its bundles to their place, tell the database. This process computes nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from . import bundle
from .errors import TrainingError
from .heart import Heart
from .limits import environment
from .settings import Settings

OUTCOME = "SELECT t.state, t.worker FROM ml.training_outcome(%s) AS t"
OVER = ("succeeded", "failed", "cancelled")
LOOK_SECONDS = 0.05
CLEAN_SECONDS = 60.0


def log(text: str) -> None:
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}", file=sys.stderr, flush=True)


class Worker:
    def __init__(self, settings: Settings):
        self.settings = settings
        self.stopping = threading.Event()
        settings.root.mkdir(parents=True, exist_ok=True)
        self.workshop = bundle.Workshop(settings.root, settings.worker)
        self.cleaned = 0.0

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.settings.database, autocommit=True, connect_timeout=5, application_name="millwright trainer")

    def verdict(self, connection: psycopg.Connection, job: int) -> bool | None:
        found = connection.execute(OUTCOME, (job,)).fetchone()
        return False if found is None else None if found[0] not in OVER else found[0] == "succeeded"

    def clean(self, connection: psycopg.Connection) -> None:
        if time.monotonic() >= self.cleaned:
            self.cleaned = time.monotonic() + CLEAN_SECONDS
            verdict = lambda job: self.verdict(connection, job)  # noqa: E731
            # its own, too: the database may have gone away before it answered
            for line in self.workshop.close_journals(self.workshop.own, verdict)[0] + self.workshop.clean_dead(verdict):
                log(f"removed {line}")

    def run(self, once: bool = False) -> None:
        """Until `stopping`; with once until nothing waits."""
        pause = self.settings.poll_seconds
        log(f"{self.settings.worker}: trains {', '.join(self.settings.kinds)} into {self.settings.root}")
        while not self.stopping.is_set():
            try:
                with self.connect() as connection:
                    while not self.stopping.is_set():
                        self.clean(connection)
                        job = connection.execute(
                            "SELECT c.id, c.kind, c.spec, c.attempt, c.lease_seconds FROM ml.claim_training(%s, %s) AS c",
                            (self.settings.worker, list(self.settings.kinds)),
                        ).fetchone()
                        pause = self.settings.poll_seconds
                        if job:
                            self.work(*job)
                            # it may have been what kept a dead worker's folder
                            self.cleaned = 0.0
                        elif once:
                            return
                        else:
                            self.stopping.wait(pause)
            except psycopg.OperationalError as error:
                log(f"the database is away: {str(error).strip()}")
                if once:
                    raise
                self.stopping.wait(pause)
                pause = min(60.0, pause * 2)

    def work(self, job: int, kind: str, spec: dict, attempt: int, lease: int) -> None:
        began = time.monotonic()
        log(f"job {job}: {kind} {spec.get('bundle', '')}, attempt {attempt}")
        heart = Heart(self.settings.database, job, self.settings.worker, lease)
        heart.start()
        stage = self.workshop.stage(job)
        try:
            failure = self.compute(heart, stage, job, kind, spec, attempt)
            if heart.lost.is_set():
                log(f"job {job}: cancelled, or taken over by another worker")
                self.workshop.settle(job, keep=False)
                return
            if failure is None:
                failure = self.deliver(stage, job, lease)
            if failure is not None:
                log(f"job {job}: {failure['error']}")
                self.persist("SELECT ml.fail_training(%s, %s, %s, %s)", (job, self.settings.worker, failure["error"], failure["again"]), lease)
                self.workshop.settle(job, keep=False)
            else:
                log(f"job {job}: done after {time.monotonic() - began:.1f} s")
        finally:
            heart.stop()

    def compute(self, heart: Heart, stage: Path, job: int, kind: str, spec: dict, attempt: int) -> dict | None:
        """Runs the child; returns what went wrong, if anything."""
        limit = min(self.settings.time_limit, float(spec.get("time_limit") or self.settings.time_limit))
        order = {
            "id": job, "kind": kind, "spec": spec, "attempt": attempt, "worker": self.settings.worker, "stage": str(stage),
            "root": str(self.settings.root), "database": self.settings.database, "time_limit": limit, "memory_bytes": self.settings.memory_bytes,
            "nice": self.settings.nice, "parent": os.getpid(),
        }  # fmt: skip
        child = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment(self.settings.threads) | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )  # fmt: skip

        def listen() -> None:
            for text in child.stdout:
                said = json.loads(text)
                heart.tell(said["progress"], said["line"])

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        deadline = time.monotonic() + limit
        try:
            try:
                json.dump(order, child.stdin)
                child.stdin.close()
            except BrokenPipeError:
                pass  # it ended before it was told: its code says so below
            while child.poll() is None:
                if heart.lost.wait(LOOK_SECONDS) or self.stopping.is_set() or time.monotonic() > deadline:
                    child.kill()
                    child.wait()
        finally:
            child.kill()
            child.wait()
            listener.join(timeout=10)
        if heart.lost.is_set():
            return None
        if self.stopping.is_set() and child.returncode != 0:
            return {"error": "worker_stopped: the worker was asked to end", "again": True}
        if child.returncode == 0:
            return None
        try:
            return json.loads((stage / "failure.json").read_text())
        except (OSError, ValueError):
            pass
        if time.monotonic() > deadline:
            return {"error": f"time_limit: it was not done after {limit:.0f} s", "again": False}
        how = signal.Signals(-child.returncode).name if child.returncode < 0 else f"code {child.returncode}"
        return {"error": f"killed: the process that computed ended by {how}", "again": True}

    def deliver(self, stage: Path, job: int, lease: int) -> dict | None:
        """Moves the bundles to their place and tells the database; what it refuses is taken away again."""
        result = json.loads((stage / "result.json").read_text())
        try:
            self.workshop.place(job, result["bundles"])
        except TrainingError as error:
            return {"error": str(error), "again": error.again}
        arguments = (job, self.settings.worker, result["bundles"][0], json.dumps(result["metrics"]), json.dumps(result["card"]))
        accepted = self.persist("SELECT ml.finish_training(%s, %s, %s, %s, %s)", arguments, lease)
        if not accepted:
            # Refused; or an earlier try got through, and its answer was lost.
            outcome = self.persist("SELECT (t.state, t.worker) = ('succeeded', %s) FROM ml.training_outcome(%s) AS t", (self.settings.worker, job), lease)
            accepted = bool(outcome)
        self.workshop.settle(job, keep=accepted)
        if not accepted:
            log(f"job {job}: refused, because it was cancelled or is another worker's; its bundles are taken away")
        return None

    def persist(self, statement: str, arguments: tuple, seconds: float):
        """Asks until the database answers, for as long as a lease lasts; a journal and the next start see to the rest."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                with self.connect() as connection:
                    found = connection.execute(statement, arguments).fetchone()
                    return found and found[0]
            except psycopg.OperationalError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(1)
