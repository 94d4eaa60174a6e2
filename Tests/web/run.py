#!/usr/bin/env python3
"""The operator's page in a real Chromium. Run by scripts/test --only web (scripts/lib/web.sh), which starts what it needs; prints TAP.

THIN_URL, MQTT_URL: what to try; WEB_PASSWORD: of admin@example.com, engineer1, operator1 and viewer1; WEB_RESULTS: folder for screenshots;
WEB_CHROMIUM: the browser (default Debian's); WEB_ONLY: a part of the names of the cases to run. Cases are the functions of cases_*.py whose
names begin with `case_`, in order; what each says is its docstring. Parts run at the same time, each with a browser of its own: most of
the time is waiting.
"""
import importlib
import multiprocessing
import os
import pathlib
import re
import sys
import time
import traceback
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from browser import Bench, furnish
from plant import Plant
from wire import Wire

PARTS = (("cases_network",), ("cases_truth", "cases_modules"), ("cases_login", "cases_alarms"), ("cases_machines", "cases_access"), ("cases_axe",))


def plant():
    return Plant(os.environ["THIN_URL"], os.environ["MQTT_URL"], os.environ["WEB_PASSWORD"])


def cases(part):
    wanted = os.environ.get("WEB_ONLY", "")
    for name in part:
        module = importlib.import_module(name)
        for member in vars(module):
            if member.startswith("case_") and wanted in member:
                yield getattr(module, member)


def attempt(bench, case):
    """(what it says, None or why it failed, seconds)."""
    said = re.sub(r"\s+", " ", case.__doc__).strip().rstrip(".")
    began = time.monotonic()
    why = None
    try:
        case(bench)
        bench.check_console()
    except Exception:  # pylint: disable=broad-except # each case by itself
        why = traceback.format_exc()
        bench.keep(f"failed-{case.__name__}")
    finally:
        bench.wire.mend()
        bench.close()
    return said, why, time.monotonic() - began


def run(part):
    results = pathlib.Path(os.environ["WEB_RESULTS"])
    wire = Wire(urlsplit(os.environ["THIN_URL"]).port)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ.get("WEB_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        bench = Bench(chromium, plant(), wire, results)
        done = [attempt(bench, case) for case in cases(part)]
        chromium.close()
    return done


def main():
    pathlib.Path(os.environ["WEB_RESULTS"]).mkdir(parents=True, exist_ok=True)
    furnish(plant())
    number = failed = 0
    with multiprocessing.get_context("spawn").Pool(len(PARTS)) as pool:
        for done in pool.imap(run, PARTS):
            for said, why, seconds in done:
                number += 1
                failed += why is not None
                print(f"{'not ok' if why else 'ok'} {number} - {said}")
                for line in (why or "").splitlines()[-16:]:
                    print(f"# {line[:400]}")
                print(f"{seconds:6.1f} s  {said[:60]}", file=sys.stderr)
            sys.stdout.flush()
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
