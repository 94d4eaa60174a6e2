#!/usr/bin/env python3
"""Time is the sensor's, with several processes: each takes uploads of the random schedules of clock.py as they come, in transactions of its
own, while the server's clock goes. Uploads are as late and as far out of order as the processes make them. When all points are in, the live
history of each sensor is its backtest's.

Run: DATABASE_URL=postgresql://…/a_migrated_database_that_may_be_changed Tests/alarms/clock_processes.py [--sensors 60] [--processes 4] [--seed 1]
(needs psycopg 3). Ends with 1 where live and backtest differ, or a transaction failed.
"""
import argparse, json, os, queue, random, sys, threading, time
import psycopg
from clock import BACK, FAR, LIVE, PARAMETERS, learn, schedule, show

STORE = ("SELECT ingest.store(%s::integer[], (SELECT array_agg(to_timestamp(x) ORDER BY o) FROM unnest(%s::float8[]) WITH ORDINALITY AS u (x, o)), "
         "%s::float8[], array_fill(0::smallint, ARRAY[%s]), array_fill(false, ARRAY[%s]), to_timestamp(%s))")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--sensors", type=int, default=60)
    p.add_argument("--processes", type=int, default=4)
    p.add_argument("--seed", type=int, default=1)
    given = p.parse_args()
    rng, url, failed = random.Random(given.seed), os.environ["DATABASE_URL"], []
    q = psycopg.connect(url, autocommit=True)
    q.execute("DELETE FROM alarm.rule")
    base = q.execute("SELECT floor(extract(epoch FROM clock_timestamp()))::float8 - 240").fetchone()[0]
    work, sensors = [], {}
    for i in range(given.sensors):
        rule, (offset, _, _), _, events = schedule(rng, 30)
        # four sensors a machine; one that tells what its machine is doing has it for itself
        machine = f"cp-{given.seed}-" + (f"own-{i}" if rule["condition"] == "baseline" else str(i // 4))
        q.execute("INSERT INTO plant.equipment (id, name) VALUES (%s, 'c') ON CONFLICT DO NOTHING", [machine])
        sensor = q.execute("INSERT INTO plant.sensor (equipment_id, name, type) VALUES (%s, %s, 'current') RETURNING id", [machine, f"s{i}"]).fetchone()[0]
        other = q.execute("INSERT INTO plant.sensor (equipment_id, name, type) VALUES (%s, %s, 'current') RETURNING id", [machine, f"o{i}"]).fetchone()[0]
        if rule["condition"] == "baseline":
            learn(q, machine, f"s{i}", f"o{i}")
        q.execute("INSERT INTO alarm.rule (name, condition, low_low, low, high, high_high, deadband, on_delay, off_delay, chatter_count, severity, "
                  "select_equipment, select_sensor, parameters) VALUES (%s, %s, %s, %s, %s, %s, %s, %s * interval '1 s', %s * interval '1 s', %s, "
                  "'medium', ARRAY[%s], ARRAY[%s], %s::jsonb)",
                  [f"cp-{i}"] + [rule[n] for n in ("condition", "low_low", "low", "high", "high_high", "deadband", "on_delay", "off_delay", "chatter")]
                  + [machine, f"s{i}", json.dumps({"other": f"o{i}"}) if rule["condition"] == "two_signal" else PARAMETERS.get(rule["condition"], "{}")])
        sensors[sensor] = (f"cp-{i}", base + offset)
        work += [(e[1], sensor if e[3] == "s" else other, base + offset, e[2]) for e in events if e[0] == "upload"]
    q.execute("SELECT alarm.tick(to_timestamp(%s)), alarm.judge_derived(to_timestamp(%s))", [base - 100, base - 100])
    # a few sensors share a batch, as they do in thin
    work.sort(key=lambda w: w[0])
    todo, now = queue.Queue(), [base]
    while work:
        part, work = work[:3], work[3:]
        todo.put(part)

    def judge():
        c = psycopg.connect(url, autocommit=True)
        while not todo.empty():
            try:
                part = todo.get_nowait()
            except queue.Empty:
                return
            points = {}
            for at, sensor, zero, uploaded in part:
                points.update({(sensor, zero + t): v for t, v in uploaded})
            keys = sorted(points)
            at = now[0] = base + part[-1][0]
            try:
                c.execute(STORE, [[k[0] for k in keys], [k[1] for k in keys], [points[k] for k in keys], len(keys), len(keys), at])
            except psycopg.Error as e:
                failed.append(str(e))

    def clock():
        c = psycopg.connect(url, autocommit=True)
        while any(w.is_alive() for w in workers):
            try:
                c.execute(f"SELECT alarm.{rng.choice(['tick', 'judge_derived'])}(to_timestamp(%s))", [now[0]])
            except psycopg.Error as e:
                failed.append(str(e))
            time.sleep(.01)

    workers = [threading.Thread(target=judge) for _ in range(given.processes)]
    for w in workers:
        w.start()
    ticking = threading.Thread(target=clock)
    ticking.start()
    for w in workers + [ticking]:
        w.join()
    for at in [600, FAR, FAR]:
        q.execute("SELECT alarm.judge_derived(to_timestamp(%s))", [base + at])
        q.execute("SELECT alarm.tick(to_timestamp(%s))", [base + at])
    for sensor, (rule, zero) in sensors.items():
        live = q.execute(LIVE, [zero, zero, sensor]).fetchone()
        back = q.execute(BACK.replace("'clock'", f"'{rule}'"), [zero, zero, zero - 1000, base + FAR]).fetchone()
        if live != back:
            failed.append(f"{rule}: live {show(live)}, backtest {show(back)}")
    kinds = q.execute("SELECT string_agg(x.kind || ' ' || x.n, ', ' ORDER BY x.kind) FROM (SELECT t.kind, count(*) AS n FROM alarm.transition AS t GROUP BY 1) AS x").fetchone()[0]
    print(*failed, f"{given.sensors} sensors, {given.processes} processes, seed {given.seed}: {kinds}", f"{len(failed)} failures", sep="\n")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
