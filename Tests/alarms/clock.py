#!/usr/bin/env python3
"""Time is the sensor's (docs/adr/0018): random schedules of one sensor's points with a wrong clock or one that is put back, uploads, points that overtake each
other, redeliveries and the server's clock between them. When all points are in, the live history must be that of the backtest and of a
naive oracle, and whoever reads the stream must believe what is so.

Run: DATABASE_URL=postgresql://…/a_migrated_database Tests/alarms/clock.py [--schedules 1000] [--seed 1] [--points 30]
(needs psycopg 3). Everything happens in transactions that are rolled back. Ends with 1 at the first counterexample, made minimal;
--seed N --schedules 1 repeats schedule N.
"""
import argparse, os, random, sys, time
import psycopg

FAR = 7200  # seconds: later than every delay


# ---- The oracle: sample and hold, each limit with its own timer ----------------------------------------------------------------
def oracle(rule, points):
    """(raised, cleared, level) of each alarm that the points make, in time order."""
    limits = [(n, rule[n]) for n in ("low_low", "low", "high", "high_high") if rule.get(n) is not None]
    on, since, alarms, edge = set(), {}, [], None
    for t, v in sorted(points) + [(FAR, None)]:
        while since:  # timers that fall due before the point, or at it
            due, _ = min((s + rule["off_delay" if n in on else "on_delay"], n) for n, s in since.items())
            if due > t:
                break
            was = bool(on)
            for n in [n for n, s in since.items() if s + rule["off_delay" if n in on else "on_delay"] <= due]:
                on ^= {n}
                del since[n]
            if on and not was:
                alarms.append([due, None])
            elif was and not on:
                alarms[-1][1] = due
        if v is None:
            break
        for n, limit in limits:
            up = n.startswith("high")
            beyond = v > limit if up else v < limit
            good = v <= limit - rule["deadband"] if up else v >= limit + rule["deadband"]
            if good if n in on else beyond:
                since.setdefault(n, t)
            else:
                since.pop(n, None)
        due = [s + rule["off_delay" if n in on else "on_delay"] for n, s in since.items()]
        if due and min(due) <= t:  # no delay: at once
            was = bool(on)
            for n in [n for n, s in since.items() if s + rule["off_delay" if n in on else "on_delay"] <= t]:
                on ^= {n}
                del since[n]
            if on and not was:
                alarms.append([t, None])
            elif was and not on:
                alarms[-1][1] = t
    return [tuple(a) for a in alarms]


JUDGED_BY_JOB = ["windowed", "two_signal", "no_data", "baseline"]
PARAMETERS = {"rate_of_change": '{"step": 1}', "flat_line": '{"epsilon": 5}', "windowed": '{"aggregate": "mean", "window": "1 minute"}',
              "two_signal": '{"other": "o"}', "baseline": '{"state": "each", "window": "1 minute"}'}


# ---- The schedule -------------------------------------------------------------------------------------------------------------
def upload(rng, points):
    """Stretches of points that arrive together, when the last of them has been measured or later; some overtake others."""
    uploads, i, count = [], 0, len(points)
    size = rng.choice([1, 1, 3, 12])
    while i < count:
        n = max(1, int(rng.expovariate(1 / size)))
        part = points[i:i + n]
        delay = rng.choice([0, 0, 0, 0, 1, 5, 30]) if rng.random() < .5 else 0
        uploads.append((part[-1][0] + .5 + delay, part))
        if rng.random() < .1:  # again
            uploads.append((part[-1][0] + .7 + delay + rng.choice([0, 20]), part))
        if rng.random() < .1 and len(part) > 2:  # a part is missing and comes later
            late = part.pop(rng.randrange(len(part) - 1))
            uploads.append((part[-1][0] + rng.choice([1, 8, 40]), [late]))
        i += n
    return uploads


def schedule(rng, count):
    condition = rng.choice(["above", "above", "above", "below", "outside", "inside", "rate_of_change", "flat_line"] + JUDGED_BY_JOB)
    rule = dict(condition=condition, low_low=None, low=None, high=None, high_high=None, deadband=rng.choice([0, 0, 3]),
                on_delay=rng.choice([0, 0, 3, 10]), off_delay=rng.choice([0, 0, 4, 12]), chatter=rng.choice([None, None, 3]),
                latched=rng.random() < .1)
    if condition in ("above", "outside"):
        rule.update(high=80, high_high=rng.choice([None, 95]))
    if condition in ("below", "outside"):
        rule.update(low=40, low_low=rng.choice([None, 30]))
    if condition == "inside":
        rule.update(low=60, high=80, deadband=0)
    if condition == "rate_of_change":
        rule.update(high=10, deadband=0)
    if condition == "flat_line":
        rule.update(high=4, deadband=0)
    if condition == "no_data":
        rule.update(high=rng.choice([8, 15]), high_high=rng.choice([None, 25]), deadband=0)
    if condition == "windowed":
        rule.update(high=65, high_high=rng.choice([None, 80]))
    if condition == "two_signal":
        rule.update(high=20, low=rng.choice([None, -20]))
    if condition == "baseline":
        rule.update(high=3, high_high=rng.choice([None, 6]), deadband=rng.choice([0, 1]))
    offset = rng.choice([0, 0, -60, -5, 3, 120, 200])  # the device's clock against ours
    times = sorted(rng.sample(range(1, count * 3), count))
    points = [(t, rng.choice([20, 50, 50, 70, 78, 79, 85, 90, 97, 99])) for t in times]
    uploads = [("s",) + u for u in upload(rng, points)]
    if condition in ("two_signal", "baseline"):  # the other sensor has a way of its own
        other = [(t, rng.choice([20, 50, 78, 90])) for t in sorted(rng.sample(range(1, count * 3), count // 2))]
        uploads += [("o",) + u for u in upload(rng, other)]
    events = [("upload", at, part, sensor) for sensor, at, part in uploads]
    end = max(at for _, at, _ in uploads)
    for _ in range(rng.choice([0, 5, 20])):
        events.append(("tick", rng.random() * (end + 20)))
    events.sort(key=lambda e: e[1])
    # a clock that is put right, or put back: points of two clocks lie among each other
    step = (rng.randrange(1, count * 3), rng.choice([0, 0, -90])) if rng.random() < .3 else (10 ** 6, 0)
    return rule, (offset,) + step, rng.choice([2, 10, 60]), events


class Wrong(Exception):
    pass


LIVE = """
SELECT coalesce(array_agg(ARRAY[extract(epoch FROM a.raised_at) - %s, extract(epoch FROM a.cleared_at) - %s] ORDER BY a.raised_at, a.id), '{}'),
       coalesce(array_agg(a.severity ORDER BY a.raised_at, a.id), '{}')
FROM alarm.alarm AS a WHERE a.sensor_id = %s AND a.retracted_at IS NULL
"""
BACK = """
SELECT coalesce(array_agg(ARRAY[extract(epoch FROM b.raised_at) - %s, extract(epoch FROM b.cleared_at) - %s] ORDER BY b.raised_at), '{}'),
       coalesce(array_agg(b.severity ORDER BY b.raised_at), '{}')
FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'clock'), to_timestamp(%s), to_timestamp(%s)) AS b
"""
TOLD = """
SELECT a.id, a.active, a.retracted_at IS NOT NULL, (SELECT array_agg(o.event ORDER BY o.seq) FROM relay.outbox AS o
       WHERE o.data ->> 'id' = a.id::text AND o.kind = 'alarm')
FROM alarm.alarm AS a WHERE a.sensor_id = %s ORDER BY a.id
"""


def attempt(q, base, rule, offset, every, events):
    q.execute("SAVEPOINT schedule")
    offset, step_at, stepped = offset
    try:
        q.execute("UPDATE ops.setting SET value = to_jsonb(%s::text || ' seconds') WHERE name = 'alarm.checkpoint_every'", [every])
        q.execute("INSERT INTO alarm.rule (name, condition, low_low, low, high, high_high, deadband, on_delay, off_delay, latched, chatter_count, "
                  "severity, severity_high_high, severity_low_low, select_equipment, select_sensor, parameters) VALUES ('clock', %s, %s, %s, %s, %s, %s, %s * interval '1 s', "
                  "%s * interval '1 s', %s, %s, 'medium', %s, %s, '{clock-1}', '{s}', %s::jsonb)",
                  [rule[n] for n in ("condition", "low_low", "low", "high", "high_high", "deadband", "on_delay", "off_delay", "latched", "chatter")]
                  + [rule["high_high"] and "critical", rule["low_low"] and "high",
                     PARAMETERS.get(rule["condition"], "{}")])
        by_job = rule["condition"] in JUDGED_BY_JOB
        tick(q, base - 100, by_job)
        q.execute("SELECT name, id FROM plant.sensor WHERE equipment_id = 'clock-1'")
        sensors, points = dict(q.fetchall()), {}
        sensor = sensors["s"]
        for e in events:
            if e[0] == "tick":
                tick(q, base + e[1], by_job)
                continue
            timed = {base + p[0] + (offset if p[0] < step_at else stepped): p[1] for p in e[2]}
            t = sorted(timed)
            points.update((p[0], p[1]) for p in e[2] if e[3] == "s")
            q.execute("SELECT ingest.store(array_fill(%s::integer, ARRAY[%s]), (SELECT array_agg(to_timestamp(x) ORDER BY x) FROM unnest(%s::float8[]) AS x), "
                      "%s::float8[], array_fill(0::smallint, ARRAY[%s]), array_fill(false, ARRAY[%s]), to_timestamp(%s))",
                      [sensors[e[3]], len(t), t, [timed[x] for x in t], len(t), len(t), base + e[1]])
            # whatever the clock said, nobody believes what is not so
            check_told(q, sensor)
        if by_job:  # which looks back for an hour
            tick(q, base + 600, True)
        tick(q, base + FAR, by_job)
        tick(q, base + FAR, False)
        check_told(q, sensor)
        zero = base + offset
        q.execute(LIVE, [zero, zero, sensor])
        live = q.fetchone()
        q.execute(BACK, [zero, zero, zero - 1000, base + FAR])
        back = q.fetchone()
        if live != back:
            raise Wrong(f"live {show(live)}, backtest {show(back)}")
        if rule["condition"] in ("above", "below", "outside") and not rule["chatter"] and not rule["latched"] and step_at == 10 ** 6:
            want = oracle(rule, points.items())
            have = [(float(r), None if c is None else float(c)) for r, c in live[0]]
            if have != [(float(r), None if c is None else float(c)) for r, c in want]:
                raise Wrong(f"live {have}, oracle {want}")
    except Wrong as e:
        return str(e)
    except psycopg.Error as e:
        return f"{type(e).__name__}: {e}"
    finally:
        q.execute("ROLLBACK TO SAVEPOINT schedule")
    return None


def learn(q, machine, sensor, other):
    """What is normal of a sensor in each of two states that another one tells."""
    q.execute("INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high) VALUES (%s, 'low', %s, 0, 60), (%s, 'high', %s, 60, 100)",
              [machine, other, machine, other])
    q.execute("INSERT INTO alarm.baseline (sensor_id, state, centre, spread, lowest, highest, samples, learned_from, learned_to) "
              "SELECT n.id, b.state, b.centre, 5, 0, 100, 100, '2025-01-01', '2025-02-01' FROM plant.sensor AS n, (VALUES ('low', 50), ('high', 80)) AS b (state, centre) "
              "WHERE n.equipment_id = %s AND n.name = %s", [machine, sensor])


def tick(q, at, by_job):
    q.execute("SELECT alarm.tick(to_timestamp(%s))", [at])
    if by_job:
        q.execute("SELECT alarm.judge_derived(to_timestamp(%s))", [at])


def check_told(q, sensor):
    q.execute(TOLD, [sensor])
    for i, active, retracted, told in q.fetchall():
        believes = False
        for event in told or []:
            if event == "raised" and believes or event == "cleared" and not believes or event == "reinstated" and believes:
                raise Wrong(f"alarm {i} was told {told}")
            believes = event not in ("cleared", "retracted")
        if believes != active:
            raise Wrong(f"alarm {i} is {'active' if active else 'over'}, told was {told}")
        if retracted and told and told[-1] != "retracted" and "cleared" not in told:
            raise Wrong(f"alarm {i} was taken back, told was {told}")


def show(rows):
    return [(float(r), None if c is None else float(c), s) for (r, c), s in zip(*rows)]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--schedules", type=int, default=1000)
    p.add_argument("--seed", type=int, default=1, help="of the first schedule; the next has the next number")
    p.add_argument("--points", type=int, default=30)
    p.add_argument("--condition", help="only schedules of it")
    given = p.parse_args()
    began = time.time()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=False) as connection:
        q = connection.cursor()
        for first in range(given.seed, given.seed + given.schedules, 100):
            q.execute("DELETE FROM alarm.rule; INSERT INTO plant.equipment (id, name, type) VALUES ('clock-1', 'c', 'pump'); "
                      "INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('clock-1', 's', 'current'), ('clock-1', 'o', 'current')")
            learn(q, "clock-1", "s", "o")
            q.execute("SELECT floor(extract(epoch FROM clock_timestamp()))::float8 - 240")
            base = q.fetchone()[0]
            for seed in range(first, min(first + 100, given.seed + given.schedules)):
                rule, offset, every, events = schedule(random.Random(seed), given.points)
                if given.condition not in (None, rule["condition"]):
                    continue
                found = attempt(q, base, rule, offset, every, events)
                if not found:
                    continue
                print(f"counterexample: --seed {seed} --schedules 1 --points {given.points}\n  {found}")
                i = 0
                while i < len(events):
                    shorter = events[:i] + events[i + 1:]
                    if again := attempt(q, base, rule, offset, every, shorter):
                        events, found = shorter, again
                    else:
                        i += 1
                print(f"minimal: {rule}, offset {offset}, checkpoint every {every}", *events, f"=> {found}", sep="\n  ")
                sys.exit(1)
            connection.rollback()
    print(f"{given.schedules} schedules of {given.points} points, seeds {given.seed} to {given.seed + given.schedules - 1}, "
          f"in {time.time() - began:.0f} s: no counterexample")


if __name__ == "__main__":
    main()
