#!/usr/bin/env python3
"""Tests of the training worker; prints TAP.

    MILLWRIGHT_TEST_ADMIN_URL=postgresql://… MILLWRIGHT_TEST_TEMPLATE=t python Tests/trainer/check.py [WORD…]

Without a server the tests that need one are skipped. With MILLWRIGHT_THIN (a built thin) the bundles are loaded by it too. WORDs choose cases by name.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "trainer"), str(ROOT / "tools")]

import cases_arithmetic  # isort: skip (after the path)
import cases_queue
from support import Tap


def main() -> int:
    tap = Tap(sys.argv[1:])
    for module in (cases_arithmetic, cases_queue):
        setup = getattr(module, "setup", lambda _: None)
        teardown = getattr(module, "teardown", lambda: None)
        chosen = [(n, f) for n, f in vars(module).items() if n.startswith("case_") and tap.wants(n)]
        if not chosen:
            continue
        try:
            reason = setup(tap)
        except Exception:  # noqa: BLE001
            tap.ok(False, f"{module.__name__} could not begin", traceback.format_exc())
            teardown()
            continue
        for name, case in chosen:
            if reason:
                tap.skip(name, reason)
                continue
            try:
                case(tap)
            except Exception:  # noqa: BLE001 - a case that breaks off has failed, the others go on
                tap.ok(False, f"{name} broke off", traceback.format_exc())
        teardown()
    return tap.close()


if __name__ == "__main__":
    sys.exit(main())
