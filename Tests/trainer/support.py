"""TAP, databases of a case's own, workers as processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0  # seconds; the machine may be busy with other tests


class Tap:
    def __init__(self, words: list[str]):
        self.words, self.count, self.failed = words, 0, 0

    def wants(self, name: str) -> bool:
        return not self.words or any(w in name for w in self.words)

    def ok(self, holds: bool, what: str, detail: object = "") -> None:
        self.count += 1
        self.failed += not holds
        print(f"{'ok' if holds else 'not ok'} {self.count} - {what}", flush=True)
        if not holds and detail != "":
            print("\n".join(f"# {line}" for line in str(detail).splitlines()), flush=True)

    def equal(self, found: object, wanted: object, what: str) -> None:
        self.ok(found == wanted, what, f"found  {found!r}\nwanted {wanted!r}")

    def skip(self, what: str, reason: str) -> None:
        self.count += 1
        print(f"ok {self.count} - {what} # SKIP {reason}", flush=True)

    def close(self) -> int:
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0


def until(what: str, holds: Callable[[], object], patience: float = PATIENCE):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = holds()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {patience:g} s")


class Plant:
    """A database cloned from the template, a login of the trainer's rights, a folder for bundles."""

    def __init__(self):
        self.admin = os.environ["MILLWRIGHT_TEST_ADMIN_URL"]
        self.name = f"millwright_test_trainer_{os.getpid()}"
        self.login, self.password = f"{self.name}_login", os.urandom(12).hex()
        with psycopg.connect(self.admin, autocommit=True) as c:
            c.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            c.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{os.environ["MILLWRIGHT_TEST_TEMPLATE"]}"')
            c.execute(f'DROP ROLE IF EXISTS "{self.login}"')
            c.execute(f"CREATE ROLE \"{self.login}\" LOGIN PASSWORD '{self.password}' IN ROLE trainer")
            c.execute(f'DROP ROLE IF EXISTS "{self.login}_thin"')
            c.execute(f"CREATE ROLE \"{self.login}_thin\" LOGIN PASSWORD '{self.password}' IN ROLE thin")
        self.url = self.with_database(self.admin)
        parts = urlsplit(self.url)
        host = parts.netloc.rsplit("@", 1)[-1]
        self.trainer_url, self.thin_url = (
            urlunsplit(parts._replace(netloc=f"{login}:{self.password}@{host}")) for login in (self.login, f"{self.login}_thin")
        )
        self.db = psycopg.connect(self.url, autocommit=True)
        self.root = Path(tempfile.mkdtemp(prefix="millwright-trainer-"))
        self.logs = Path(tempfile.mkdtemp(prefix="millwright-trainer-logs-"))
        self.workers: list[subprocess.Popen] = []

    def with_database(self, url: str) -> str:
        return urlunsplit(urlsplit(url)._replace(path=f"/{self.name}"))

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
        self.db.close()
        with psycopg.connect(self.admin, autocommit=True) as c:
            c.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            c.execute(f'DROP ROLE IF EXISTS "{self.login}"')
            c.execute(f'DROP ROLE IF EXISTS "{self.login}_thin"')
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(self.logs, ignore_errors=True)

    def ask(self, query: str, *arguments):
        row = self.db.execute(query, arguments).fetchone()
        return row[0] if row and len(row) == 1 else row

    def worker(self, once: bool = True, **environment: str) -> subprocess.Popen:
        log = (self.logs / f"{len(self.workers)}.log").open("w")
        worker = subprocess.Popen(
            [sys.executable, "-m", "millwright_trainer", *(["--once"] if once else [])], stderr=log, stdout=log, start_new_session=True,
            env=os.environ
            | {"TRAINER_DATABASE_URL": self.trainer_url, "SERVE_ML_ROOT": str(self.root), "TRAINER_POLL_SECONDS": "0.2", "TRAINER_NICE": "0"}
            | {"PYTHONPATH": f"{ROOT}/trainer:{ROOT}/tools"}
            | environment,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def said(self) -> str:
        """What the workers logged, for a failure's detail."""
        return "\n".join(p.read_text()[-2000:] for p in sorted(self.logs.iterdir()))

    def queue(self, kind: str, spec: dict) -> int:
        return self.ask("SELECT ml.queue_training(%s, %s)", kind, json.dumps(spec))

    def job(self, number: int) -> dict:
        row = self.ask("SELECT to_jsonb(j) FROM ml.training_job AS j WHERE j.id = %s", number)
        return row

    def wait_over(self, number: int) -> dict:
        return until(f"job {number} is over", lambda: (j := self.job(number)) and j["finished_at"] and j)

    def bundles(self) -> set[str]:
        """Everything that looks like a bundle to a server: three names deep, none hidden."""
        return {
            str(p.relative_to(self.root))
            for p in self.root.glob("*/*/*")
            if p.is_dir() and not any(part.startswith(".") for part in p.relative_to(self.root).parts)
        }

    def hidden(self) -> list[str]:
        """What is left in hidden folders of workers."""
        return [str(p.relative_to(self.root)) for p in (self.root / ".trainer").rglob("*")] if (self.root / ".trainer").exists() else []
