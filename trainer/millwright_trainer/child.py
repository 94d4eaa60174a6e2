"""The process that trains one job: bounded by the kernel, killed without harm at any moment. Started by worker.py, told the job on standard input.

It prints one JSON object a line: {"progress": 0…1|null, "line": text|null}, and leaves result.json or failure.json in its stage.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from pathlib import Path

from . import limits
from .errors import TrainingError


def main() -> int:
    job = json.load(sys.stdin)
    limits.bound(job["memory_bytes"], job["nice"], job["parent"])
    out = os.fdopen(os.dup(1), "w", buffering=1)
    # what libraries print belongs into the worker's own log
    os.dup2(2, 1)

    def say(progress: float | None, line: str | None) -> None:
        print(json.dumps({"progress": progress, "line": line}), file=out, flush=True)

    stage = Path(job["stage"])
    try:
        from . import context, kinds  # numpy and what needs it: only here, within the bounds

        given = context.Context(
            job=job["id"], kind=job["kind"], spec=job["spec"], attempt=job["attempt"], worker=job["worker"], stage=stage, root=Path(job["root"]),
            database=job["database"], deadline=time.monotonic() + job["time_limit"], say=say,
        )  # fmt: skip
        result = kinds.load(job["kind"]).train(given)
        result.metrics.setdefault("training_time", given.seconds())
        result.metrics.setdefault("processor_time", round(time.process_time(), 2))
        answer = {"bundles": result.bundles, "metrics": result.metrics, "card": result.card}
        # Not a number is no JSON: it would be refused by the database after all that work.
        (stage / "result.json").write_text(json.dumps(answer, allow_nan=False))
        return 0
    except TrainingError as error:
        failure = {"error": str(error), "again": error.again}
    except MemoryError:
        failure = {"error": f"out_of_memory: it needs more than the {job['memory_bytes'] >> 20} MB that TRAINER_MEMORY_MB allows", "again": False}
    except Exception as error:  # noqa: BLE001 - whatever it was, the job must say so
        traceback.print_exc()
        name = type(error).__name__
        lost = name in ("OperationalError", "AdminShutdown", "IdleInTransactionSessionTimeout", "SerializationFailure")
        text = "out_of_memory" if "RESOURCE_EXHAUSTED" in str(error) else "database_lost" if lost else "internal"
        failure = {"error": f"{text}: {name}: {error}"[:2000], "again": lost}
    (stage / "failure.json").write_text(json.dumps(failure))
    return 1


if __name__ == "__main__":
    sys.exit(main())
