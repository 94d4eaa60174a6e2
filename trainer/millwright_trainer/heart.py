"""Signs of life: a thread with a connection of its own that says how far the work is, and hears when it is to stop."""

from __future__ import annotations

import threading
import time
from collections import deque

import psycopg

# A lease is renewed so often within its time that two lost signs do no harm.
BEATS_PER_LEASE = 4
LONGEST_PAUSE = 10.0
MOST_LINES = 100


class Heart(threading.Thread):
    """Beats until `stop`; `lost` is set when the database says that the job is not this worker's any more, or was cancelled."""

    def __init__(self, database: str, job: int, worker: str, lease_seconds: float):
        super().__init__(name=f"heart of job {job}", daemon=True)
        self.database, self.job, self.worker = database, job, worker
        self.pause = min(LONGEST_PAUSE, max(0.05, lease_seconds / BEATS_PER_LEASE))
        self.lost = threading.Event()
        self._ended = threading.Event()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._progress = 0.0
        self._lines: deque[str] = deque(maxlen=MOST_LINES)

    def tell(self, progress: float | None, line: str | None) -> None:
        with self._lock:
            if progress is not None:
                self._progress = progress
            if line:
                self._lines.append(line)
        if line:
            self._wake.set()

    def stop(self) -> None:
        self._ended.set()
        self._wake.set()
        self.join(timeout=30)

    def run(self) -> None:
        connection: psycopg.Connection | None = None
        while not self._ended.is_set():
            with self._lock:
                progress, lines = self._progress, list(self._lines)
            try:
                if connection is None or connection.closed:
                    connection = psycopg.connect(
                        self.database, autocommit=True, connect_timeout=5, application_name="millwright trainer, heart",
                        keepalives_idle=5, keepalives_interval=2, keepalives_count=3, tcp_user_timeout=10000,
                    )  # fmt: skip
                beat = connection.execute(
                    "SELECT ml.beat_training(%s, %s, %s, %s)", (self.job, self.worker, progress, "\n".join(lines) or None)
                ).fetchone()
                with self._lock:
                    for _ in lines:
                        self._lines.popleft()
                if not beat or not beat[0]:
                    self.lost.set()
                    break
            except psycopg.OperationalError:
                # The database is away: the work goes on, and whether the job is still ours is asked at the end.
                connection = None
            self._wake.wait(self.pause)
            self._wake.clear()
            time.sleep(min(0.05, self.pause))
        if connection is not None:
            connection.close()
