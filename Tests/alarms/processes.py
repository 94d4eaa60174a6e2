#!/usr/bin/env python3
"""Several processes at once: sessions that store, tick, change rules, register sensors and act, and one that kills them in the middle.

Run: DATABASE_URL=postgresql://…/a_migrated_database Tests/alarms/processes.py [--storms 20] [--seed 1]
The database is changed and should have no other traffic. What the sessions do comes from the seed, when they do it does not.
A session that was killed comes back and repeats what was not acknowledged, as thin does. After each storm, when all samples are in:
what is active is what the oracle says, the live history is the backtest's, every rule watches what it selects, and each
receiver believes what is so, having heard of no end before its beginning and of nothing twice.
"""
import argparse
import json
import os
import random
import sys
import threading
import time

import psycopg

from derived import DERIVED, series
from machine import Machine

NO_RULE = dict(low_low=None, low=None, high=None, high_high=None, deadband=0, severity="medium", latched=False, chatter_count=None, parameter=None)


class Storm:
    def __init__(self, url, seed):
        self.url, self.rng, self.machine = url, random.Random(seed), f"storm-{seed}-{time.time_ns() % 10**9}"
        self.base, self.wrong, self.pids, self.busy = int(time.time()) - 300, [], {}, 0
        self.samples = {s: self.sequence() for s in ("a", "b", "c", "d")}
        self.done = {s: 0 for s in self.samples}  # how far each sensor has come, acknowledged
        self.rules = {"limit": NO_RULE | dict(condition="above", high=10, high_high=20, deadband=2, on_delay=0, off_delay=0),
                      "delay": NO_RULE | dict(condition="outside", low=8, high=15, on_delay=3, off_delay=2),
                      "silent": NO_RULE | dict(condition="no_data", high=3, on_delay=0, off_delay=0),
                      "apart": NO_RULE | dict(condition="two_signal", high=4, deadband=1, on_delay=2, off_delay=0, other="b")}
        self.late = {}  # rules that came while samples did: name → limit

    def sequence(self):
        t, out = 0, []
        for _ in range(self.rng.randrange(10, 25)):
            t += self.rng.choice([1, 1, 2, 4])
            out.append((t, self.rng.choice([5, 9, 9, 12, 12, 18, 25])))
        return out

    def session(self, name, work):
        """Runs work(cursor) until it says that it is done, in a connection that may be killed at any moment."""
        while True:
            try:
                with psycopg.connect(self.url, autocommit=True) as c:
                    self.pids[name] = c.info.backend_pid
                    cursor = c.cursor()
                    while work(cursor):
                        pass
                return
            except (psycopg.errors.AdminShutdown, psycopg.errors.ConnectionException, psycopg.OperationalError) as e:
                if isinstance(e, (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable)):
                    self.wrong.append(f"{name}: {e}")
                    return
            except Exception as e:
                self.wrong.append(f"{name}: {type(e).__name__}: {e}")
                return
            finally:
                self.pids.pop(name, None)

    def feeder(self, sensors, seed):
        """Stores the sensors' samples in order, several a batch; what was not acknowledged is sent again."""
        rng, at, batch = random.Random(seed), {s: 0 for s in sensors}, []

        def work(q):
            if not batch:  # otherwise the session was killed before it was acknowledged
                batch.extend((s, i) for s in rng.sample(sensors, rng.randint(1, len(sensors))) for i in range(at[s], at[s] + rng.choice([1, 1, 2, 5]))
                             if i < len(self.samples[s]))
            rows = [(s, self.base + self.samples[s][i][0], self.samples[s][i][1]) for s, i in batch]
            q.execute("BEGIN")
            q.execute("SELECT e.stored FROM (SELECT array_agg(s.id ORDER BY s.id, x.t) AS id, array_agg(to_timestamp(x.t) ORDER BY s.id, x.t) AS t, "
                      "array_agg(x.v ORDER BY s.id, x.t) AS v, count(*)::integer AS n FROM unnest(%s::text[], %s::float8[], %s::float8[]) AS x (n, t, v) "
                      "JOIN plant.sensor AS s ON s.name = x.n AND s.equipment_id = %s) AS b, "
                      "ingest.store(b.id, b.t, b.v, array_fill(0::smallint, ARRAY[b.n]), array_fill(false, ARRAY[b.n]), clock_timestamp()) AS e",
                      (*map(list, zip(*rows)), self.machine) if rows else ([], [], [], self.machine))
            # each sensor's newest point came when it was measured: its clock is the ticker's
            q.execute("UPDATE telemetry.latest AS l SET received_at = l.time FROM plant.sensor AS s WHERE s.id = l.sensor_id AND s.equipment_id = %s "
                      "AND s.name = ANY (%s)", (self.machine, list({s for s, _ in batch})))
            q.execute("COMMIT")
            for s, i in batch:
                at[s] = max(at[s], i + 1)
                self.done[s] = self.samples[s][i][0]
            batch.clear()
            return any(at[s] < len(self.samples[s]) for s in sensors)
        return work

    def ticker(self, q):
        """The clock, no further than what all sensors that still speak have told."""
        now = min([self.done[s] for s in self.samples if self.done[s] < self.samples[s][-1][0]], default=None)
        if now is not None:
            q.execute(f"SELECT alarm.{self.rng.choice(['tick', 'tick', 'judge_derived'])}(to_timestamp(%s))", (self.base + now,))
            time.sleep(0.002)
        return now is not None

    def changer(self, seed):
        """Rules and sensors that come meanwhile, each not seeing the other until both have committed."""
        rng = random.Random(seed)
        left = [rng.choice(["rule", "sensor"]) for _ in range(6)]

        def work(q):
            if not left:  # killed with the last one
                return False
            time.sleep(rng.random() * 0.05)
            name, k = f"late-{len(left)}-{seed}", left.pop()
            with q.connection.transaction():
                if k == "rule":
                    limit = rng.choice([8, 11, 17])
                    q.execute("INSERT INTO alarm.rule (name, condition, high, chatter_count, select_equipment) VALUES (%s, 'above', %s, NULL, ARRAY[%s])",
                              (f"{self.machine} {name}", limit, self.machine))
                    self.late[name] = limit
                else:
                    q.execute("SELECT plant.discover(ARRAY[%s], ARRAY[%s], '{current}', '{A}')", (self.machine, name))
                    q.execute("SELECT ingest.store(ARRAY[s.id], ARRAY[to_timestamp(%s)], '{18}', '{0}', '{f}', to_timestamp(%s)) FROM plant.sensor AS s "
                              "WHERE s.equipment_id = %s AND s.name = %s", (self.base + 1, self.base + 1, self.machine, name))
                time.sleep(rng.random() * 0.03)
            return bool(left)
        return work

    def people(self, q):
        q.execute("SELECT id FROM alarm.alarm WHERE equipment_id = %s AND cleared_at IS NULL ORDER BY random() LIMIT 1", (self.machine,))
        if r := q.fetchone():
            try:
                q.execute(f"SELECT alarm.{self.rng.choice(['acknowledge(%s)', 'suppress(%s)', 'unsuppress(%s)'])}", r)
            except psycopg.DatabaseError as e:
                if e.sqlstate != "MW409":
                    raise
        time.sleep(0.03)
        return self.busy > 0

    def killer(self, q):
        """As when thin is killed: the session ends in the middle of what it does."""
        time.sleep(self.rng.random() * 0.5)
        victims = [x for x in list(self.pids.items()) if x[0] != "killer"]
        if victims:
            q.execute("SELECT pg_terminate_backend(%s)", (self.rng.choice(victims)[1],))
        return self.busy > 0

    def run(self):
        with psycopg.connect(self.url, autocommit=True) as c:
            self.q = c.cursor()
            self.q.execute("UPDATE ops.setting SET value = '\"0 seconds\"' WHERE name = 'alarm.longest_burst'")
            self.q.execute("INSERT INTO plant.equipment (id, name) VALUES (%s, 's')", (self.machine,))
            self.q.execute("INSERT INTO plant.sensor (equipment_id, name, type) SELECT %s, n, 'current' FROM unnest(%s::text[]) AS n", (self.machine, list(self.samples)))
            self.q.execute("INSERT INTO relay.channel (name, kind, target, rate) VALUES (%s, 'webhook', 'https://example.com/x', 1000)", (self.machine,))
            self.q.execute("INSERT INTO relay.route (name, channel_id, equipment_ids) SELECT name, id, ARRAY[name] FROM relay.channel WHERE name = %s", (self.machine,))
            for name, r in self.rules.items():
                self.q.execute("INSERT INTO alarm.rule (name, condition, low, high, high_high, deadband, on_delay, off_delay, chatter_count, select_equipment, parameters) "
                               "VALUES (%s, %s, %s, %s, %s, %s, make_interval(secs => %s), make_interval(secs => %s), NULL, ARRAY[%s], %s)",
                               (f"{self.machine} {name}", *(r[k] for k in ("condition", "low", "high", "high_high", "deadband", "on_delay", "off_delay")), self.machine,
                                json.dumps({"other": r["other"]} if "other" in r else {})))
            self.q.execute("UPDATE plant.sensor SET created_at = to_timestamp(%s) WHERE equipment_id = %s", (self.base, self.machine))
            self.q.execute("SELECT alarm.judge_derived(to_timestamp(%s))", (self.base,))
            self.q.execute("UPDATE alarm.clock SET evaluated_to = to_timestamp(%s)", (self.base,))
            seed = self.rng.randrange(10**6)
            work = {"a": self.feeder(["a"], seed), "b": self.feeder(["b", "c"], seed + 1), "d": self.feeder(["d"], seed + 2),
                    "rules": self.changer(seed + 3), "more rules": self.changer(seed + 4)}
            others = {"tick": self.ticker, "tock": self.ticker, "people": self.people}
            threads = {n: threading.Thread(target=self.session, args=(n, w), daemon=True) for n, w in (work | others).items()}
            self.busy = 1
            kills = threading.Thread(target=self.session, args=("killer", self.killer), daemon=True)
            for t in [*threads.values(), kills]:
                t.start()
            for n in [*work, "tick", "tock"]:
                threads[n].join(300)
                if threads[n].is_alive():
                    self.wrong.append(f"{n} hangs")
            self.busy = 0
            for t in [threads["people"], kills]:
                t.join(300)
            try:
                self.judge()
            except psycopg.Error as e:
                self.wrong.append(f"at the end: {type(e).__name__}: {e.diag.message_primary} {e.diag.message_detail}")
        return self.wrong

    def all(self, sql, *given):
        self.q.execute(sql, given)
        return self.q.fetchall()

    def judge(self):
        end = max(t for x in self.samples.values() for t, _ in x) + 10
        for _ in range(2):
            self.q.execute("SELECT alarm.judge_derived(to_timestamp(%s)), alarm.tick(to_timestamp(%s))", (self.base + end, self.base + end))
            self.q.execute("SELECT alarm.unsuppress(id) FROM alarm.alarm WHERE equipment_id = %s AND 'operator' = ANY (suppressed_by) AND cleared_at IS NULL", (self.machine,))
        self.q.execute("SELECT alarm.tick(to_timestamp(%s))", (self.base + end,))
        if mended := self.all("SELECT alarm.sweep_assignments()")[0][0]:
            self.wrong.append(f"{mended} sensors were not watched as their rules say")
        active = set(self.all("SELECT substr(a.code, length(%s) + 2), s.name FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id "
                              "WHERE a.equipment_id = %s AND a.cleared_at IS NULL", self.machine, self.machine))
        names = [n for n, in self.all("SELECT name FROM plant.sensor WHERE equipment_id = %s", self.machine)]
        last = {s: x[-1][1] for s, x in self.samples.items()} | {n: 18 for n in names if n not in self.samples}
        kept = {n[len(self.machine) + 1:] for n, in self.all("SELECT name FROM alarm.rule WHERE %s = ANY (select_equipment)", self.machine)}
        should = {(r, s) for r, limit in self.late.items() if r in kept for s, v in last.items() if v > limit}
        for r, rule in self.rules.items():
            for s in names:
                m, points = Machine(), {n: {t: (v, True) for t, v in self.samples.get(n, [(1, 18)])} for n in names}
                for t, v in series(rule, s, points, 0, end) if rule["condition"] in DERIVED else self.samples.get(s, [(1, 18)]):
                    m.sample(rule, t, v)
                m.advance(rule, end)
                should |= {(r, s)} if m.active else set()
                told = [(k, round(t)) for k, t, *_ in m.happened]
                live = self.all("SELECT t.kind, round(extract(epoch FROM t.occurred_at))::integer - %s FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id "
                                "JOIN plant.sensor AS n ON n.id = a.sensor_id WHERE a.code = %s AND n.name = %s AND t.kind IN ('raised', 'cleared', 'severity_changed') "
                                "ORDER BY t.id", self.base, f"{self.machine} {r}", s)
                test = self.all("SELECT t ->> 'kind', round(extract(epoch FROM (t ->> 'time')::timestamptz))::integer - %s FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = %s), "
                                "to_timestamp(%s), to_timestamp(%s)) AS b CROSS JOIN LATERAL jsonb_array_elements(b.transitions) WITH ORDINALITY AS e (t, n) WHERE b.sensor = %s "
                                "ORDER BY b.raised_at, n", self.base, f"{self.machine} {r}", self.base - 5, self.base + end, s)
                if not live == told == test:
                    self.wrong.append(f"{r} on {s}: live {live}, oracle {told}, backtest {test}")
        if active != should:
            self.wrong.append(f"active and should not be: {sorted(active - should)}, should be and are not: {sorted(should - active)}")
        self.believes("the stream", active, self.all(
            "SELECT o.data ->> 'rule', o.data ->> 'sensor', o.event, (o.data ->> 'id')::bigint FROM relay.outbox AS o WHERE o.equipment_id = %s ORDER BY o.seq", self.machine))
        self.believes("the channel", active, self.all(
            "SELECT x.data ->> 'rule', x.data ->> 'sensor', x.data ->> 'event', (x.data ->> 'id')::bigint FROM relay.delivery AS d JOIN relay.channel AS c ON c.id = d.channel_id "
            "LEFT JOIN relay.outbox AS o ON o.seq = d.seq CROSS JOIN LATERAL (SELECT coalesce(d.data, o.data) AS data) AS x WHERE c.name = %s ORDER BY d.id", self.machine))
        if gaps := self.all("SELECT s.last - (SELECT max(seq) FROM relay.outbox) FROM relay.sequence AS s")[0][0]:
            self.wrong.append(f"{gaps} numbers of the stream were given to nobody")

    def believes(self, who, active, events):
        stands = {}
        for rule, sensor, event, alarm in events:
            key = (rule[len(self.machine) + 1:], sensor)
            if event == "raised" and key in stands:
                self.wrong.append(f"{who} heard that {key} was raised while it stood ({stands[key]}, {alarm})")
            elif event == "cleared" and stands.get(key) != alarm:
                self.wrong.append(f"{who} heard that {key} cleared ({alarm}) and had not heard that it was raised")
            if event == "raised":
                stands[key] = alarm
            elif event == "cleared":
                stands.pop(key, None)
        if set(stands) != active:
            self.wrong.append(f"{who} believes too much: {sorted(set(stands) - active)}, too little: {sorted(active - set(stands))}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--storms", type=int, default=20)
    p.add_argument("--seed", type=int, default=1, help="of the first storm; the next has the next number")
    p.add_argument("--seconds", type=float, default=float("inf"), help="begins no storm after so long")
    given = p.parse_args()
    began, done = time.time(), 0
    for seed in range(given.seed, given.seed + given.storms):
        if time.time() - began > given.seconds:
            break
        done += 1
        if wrong := Storm(os.environ["DATABASE_URL"], seed).run():
            print(f"storm {seed}:", *wrong, sep="\n  ")
            sys.exit(1)
    print(f"{done} storms of 9 sessions, seeds {given.seed} to {given.seed + done - 1}, in {time.time() - began:.0f} s: nothing wrong")


if __name__ == "__main__":
    main()
