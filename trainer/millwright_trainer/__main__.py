"""python -m millwright_trainer [--once]: works until it is told to stop (SIGTERM, SIGINT); with --once until nothing waits."""

from __future__ import annotations

import argparse
import signal

from . import kinds
from .settings import Settings
from .worker import Worker


def main() -> None:
    parser = argparse.ArgumentParser(prog="millwright-trainer", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end when nothing waits")
    arguments = parser.parse_args()
    worker = Worker(Settings.read(kinds.NAMES))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stopping.set())
    try:
        worker.run(arguments.once)
    finally:
        worker.workshop.close()


if __name__ == "__main__":
    main()
