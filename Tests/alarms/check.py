#!/usr/bin/env python3
"""Model checker for alarms: random schedules against a naive oracle, written from the text of docs/alarms.md and not from the SQL.

Run: DATABASE_URL=postgresql://…/a_migrated_database Tests/alarms/check.py [--schedules 2000] [--seed 1] [--events 14]
(needs psycopg 3). Everything happens in transactions that are rolled back; the database should have no other traffic.
Ends with 1 at the first counterexample, which is made minimal and printed; --seed N --schedules 1 repeats schedule N.
What is what: machine.py (a rule on a sensor), derived.py (numbers that a job works out), told.py (who is told), oracle.py (the plant),
schedule.py (what happens), world.py (does it, and compares).
"""
import argparse
import math
import os
import random
import sys
import time

import psycopg

from schedule import THEMES, schedule
from world import SETUP, World, Wrong


def attempt(cursor, events, often=True):
    """None, or the number of events until it was wrong and what was."""
    cursor.execute("SAVEPOINT schedule")
    done = 0
    try:
        world = World(cursor, math.ceil(time.time() / 60) * 60 + 60, often)
        for e in events:
            done += 1
            world.step(e)
        return None
    except Wrong as e:
        return done, str(e)
    except psycopg.Error as e:
        return done, f"{type(e).__name__}: {e}"
    finally:
        cursor.execute("ROLLBACK TO SAVEPOINT schedule")


def minimal(cursor, events, found):
    events, i = events[:found[0]], 0
    while i < len(events):
        shorter = events[:i] + events[i + 1:]
        # how it is compared, and the first words, stay
        if ("revise",) not in events[max(i - 1, 0):i + 1] and (again := attempt(cursor, shorter)):
            events, found = shorter[:again[0]], again
        else:
            i += 1
    return events, found[1]


def shown(event):
    """Of a rule only what is not as usual."""
    return tuple({k: v for k, v in x.items() if v not in (None, False, 0)} if isinstance(x, dict) else x for x in event)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--schedules", type=int, default=2000)
    p.add_argument("--seed", type=int, default=1, help="of the first schedule; the next has the next number")
    p.add_argument("--events", type=int, default=14)
    p.add_argument("--theme", choices=THEMES, help="only schedules about this; part of what a seed means")
    p.add_argument("--seconds", type=float, default=math.inf, help="begins no schedule after so long")
    p.add_argument("--keep-going", action="store_true", help="do not stop at the first counterexample")
    given = p.parse_args()
    began, done, wrong = time.time(), 0, 0
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=False) as connection:
        cursor = connection.cursor()
        while done < given.schedules and time.time() - began < given.seconds:
            if done % 100 == 0:
                connection.rollback()
                cursor.execute(SETUP)
            seed = given.seed + done
            events = schedule(random.Random(seed), given.events, given.theme)
            done += 1
            if found := attempt(cursor, events, often=False):
                found = attempt(cursor, events) or found
                wrong += 1
                print(f"counterexample: --seed {seed} --schedules 1 --events {given.events} (schedule {done})\n  {found[1]}")
                events, why = minimal(cursor, events, found)
                print("minimal:", *map(shown, events), f"=> {why}", sep="\n  ", flush=True)
                if not given.keep_going:
                    sys.exit(1)
        connection.rollback()
    print(f"{done} schedules of {given.events} events, seeds {given.seed} to {given.seed + done - 1}, "
          f"in {time.time() - began:.0f} s: {wrong or 'no'} counterexample{'s' if wrong > 1 else ''}")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
