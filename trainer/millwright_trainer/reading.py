"""Reading from the database: each by COPY, in a short transaction of its own that is over before anything is computed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import numpy as np
import psycopg
from psycopg import sql

from .errors import TrainingError

# More rows than that are not read: the worker's memory is bounded.
MOST_ROWS = 5_000_000


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@contextmanager
def reader(database: str) -> Iterator[psycopg.Connection]:
    """One snapshot for all that a job reads."""
    with psycopg.connect(database, application_name="millwright trainer, reading", options="-c timezone=UTC") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def copy(connection: psycopg.Connection, query: str, arguments: dict, types: list[str]) -> Iterator[tuple]:
    # Arguments become literals on this side: COPY takes no parameters.
    body = psycopg.ClientCursor(connection).mogrify(query, arguments)
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(sql.SQL(body))  # type: ignore[arg-type]
    with connection.cursor() as cursor, cursor.copy(statement) as out:
        out.set_types(types)
        for number, row in enumerate(out.rows()):
            if number >= MOST_ROWS:
                raise TrainingError("too_many_rows", f"more than {MOST_ROWS} rows; name a shorter time")
            yield row


def signals(connection: psycopg.Connection, machine: str) -> list[str]:
    return [r[0] for r in copy(connection, "SELECT signal FROM ml.training_signal WHERE equipment_id = %(m)s ORDER BY signal", {"m": machine}, ["text"])]


def window(connection: psycopg.Connection, machine: str, begin: str, end: str, bucket: str, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(times [n] in epoch seconds, values [n, signals], NaN where there is none) of a machine."""
    rows = list(
        copy(
            connection,
            "SELECT extract(epoch FROM w.time)::float8, w.values FROM ml.training_window(%(m)s, %(f)s::timestamptz, %(t)s::timestamptz, %(b)s, %(s)s) AS w",
            {"m": machine, "f": begin, "t": end, "b": bucket, "s": names},
            ["float8", "float8[]"],
        )
    )
    if not rows:
        return np.zeros(0), np.zeros((0, len(names)))
    return np.array([r[0] for r in rows]), np.array([r[1] for r in rows], float)


def lives(connection: psycopg.Connection, spec: dict) -> list[dict]:
    """Lives of a machine or a type, oldest first: those that ended by failure, and with ended None those that still last."""
    rows = copy(
        connection,
        """SELECT l.equipment_id, l.component, l.began::text, l.ended::text, l.why FROM ml.training_lives AS l
           WHERE (%(m)s::text IS NULL OR l.equipment_id = %(m)s) AND (%(t)s::text IS NULL OR l.equipment_type = %(t)s)
             AND (%(c)s::text IS NULL OR l.component_type = %(c)s) AND l.began IS NOT NULL
           ORDER BY l.began, l.equipment_id, l.component""",
        {"m": spec.get("equipment_id"), "t": spec.get("equipment_type"), "c": spec.get("component_type")},
        ["text"] * 5,
    )
    return [dict(zip(("machine", "component", "began", "ended", "why"), r)) for r in rows]


def features(connection: psycopg.Connection, machine: str, power: str | None, ranges: list[dict]) -> list[tuple[float, str | None, dict, str]]:
    """[(time, modality or None, features, label)] of what is stored within the ranges, oldest first; label is normal where a range has none."""
    found = []
    for r in ranges:
        rows = copy(
            connection,
            """SELECT extract(epoch FROM f.time)::float8, f.modality, f.features::text FROM ml.training_features AS f
               WHERE f.equipment_id = %(m)s AND f.time >= %(f)s::timestamptz AND f.time < %(t)s::timestamptz
                 AND (f.power IS NULL OR %(p)s::text IS NULL OR f.power = %(p)s) ORDER BY f.time""",
            {"m": machine, "f": r["from"], "t": r["to"], "p": power},
            ["float8", "text", "text"],
        )
        found += [(t, m, json.loads(f), r.get("label", "normal")) for t, m, f in rows]
    return sorted(found, key=lambda row: row[0])


def upload(connection: psycopg.Connection, number: int) -> tuple[np.ndarray, np.ndarray]:
    """(times in seconds, values [n, columns]) of a file that came with the job."""
    rows = list(copy(connection, "SELECT r.t, r.values FROM ml.training_upload_rows(%(u)s) AS r", {"u": number}, ["float8", "float8[]"]))
    if not rows:
        return np.zeros(0), np.zeros((0, 0))
    return np.array([r[0] for r in rows]), np.array([r[1] for r in rows], float)
