"""Does the events of a schedule to the database and to the oracle, and compares what they say."""
import json
import random

from derived import DERIVED, STATES
from oracle import FLOOD, Oracle
from schedule import may_change
from told import LETTER

INTERVALS = {"on_delay", "off_delay", "chatter_window", "chatter_quiet", "re_alarm", "escalate_after"}
LEVELS = {"inside": "high"}
SETUP = """
UPDATE ops.setting SET value = '"0 seconds"' WHERE name = 'alarm.tick_grace';
UPDATE ops.setting SET value = '"0 seconds"' WHERE name = 'alarm.longest_burst';
UPDATE alarm.system_condition SET enabled = false WHERE name <> 'flood';
UPDATE alarm.system_condition SET high = 100000 WHERE name = 'flood';
DELETE FROM alarm.rule; DELETE FROM relay.route; DELETE FROM relay.channel;
INSERT INTO plant.equipment (id, name, type) VALUES ('oracle-1', 'o', 'pump');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('oracle-1', 's', 'current'), ('oracle-1', 'p', 'current');
""" + "".join(f"""
INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high) VALUES ('oracle-1', '{state}', 'p', {low}, {high});
INSERT INTO alarm.baseline (sensor_id, state, centre, spread, lowest, highest, samples, learned_from, learned_to)
SELECT id, '{state}', {centre}, {spread}, 0, 0, 100, '2025-01-01', '2025-02-01' FROM plant.sensor WHERE equipment_id = 'oracle-1';"""
    for state, (low, high, centre, spread) in STATES.items()) + """
SELECT ml.sync_models(jsonb_agg(jsonb_build_object('equipment_id', 'oracle-1', 'power', p, 'model_version', 'v1', 'modalities', '{current}'::text[],
                                                   'thresholds', '{"current": 1}'::jsonb, 'case', 'A', 'bundle_path', p, 'sha256', p)), '[]', 'test')
FROM unnest('{1,2}'::text[]) AS p;
SELECT alarm.tick();
"""
LOOK = """
SELECT coalesce((SELECT jsonb_agg(jsonb_build_array(a.code, coalesce(s.name, a.data ->> 'power'), a.severity, alarm.is_free(a))) FROM alarm.alarm AS a
                 LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
                 WHERE a.cleared_at IS NULL AND (a.equipment_id = 'oracle-1' OR a.code = 'flood:oracle-1')), '[]'),
       coalesce((SELECT jsonb_agg(jsonb_build_array(o.seq, o.data ->> 'rule', coalesce(o.data ->> 'sensor', a.data ->> 'power'), o.event, o.severity) ORDER BY o.seq)
                 FROM relay.outbox AS o LEFT JOIN alarm.alarm AS a ON a.id = (o.data ->> 'id')::bigint WHERE o.seq > %s), '[]'),
       coalesce((SELECT jsonb_agg(jsonb_build_array(d.id, x.data ->> 'rule', coalesce(x.data ->> 'sensor', a.data ->> 'power'), x.data ->> 'event', x.data ->> 'severity', c.name) ORDER BY d.id)
                 FROM relay.delivery AS d JOIN relay.channel AS c ON c.id = d.channel_id LEFT JOIN relay.outbox AS o ON o.seq = d.seq
                 CROSS JOIN LATERAL (SELECT coalesce(d.data, o.data) AS data) AS x
                 LEFT JOIN alarm.alarm AS a ON a.id = (x.data ->> 'id')::bigint WHERE d.id > %s), '[]')
"""
STORY = """
SELECT a.code, coalesce(s.name, a.data ->> 'power'), t.kind, round(extract(epoch FROM t.occurred_at) - %s)::integer, t.level FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id
LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
WHERE a.equipment_id = 'oracle-1' AND t.kind IN ('raised', 'severity_changed', 'cleared') ORDER BY t.id
"""
BACKTEST = """
SELECT t ->> 'kind', round(extract(epoch FROM (t ->> 'time')::timestamptz) - %s)::integer, t ->> 'level'
FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = %s), to_timestamp(%s), to_timestamp(%s)) AS b
CROSS JOIN LATERAL jsonb_array_elements(b.transitions) WITH ORDINALITY AS e (t, n) WHERE coalesce(b.sensor, t ->> 'power') = %s ORDER BY b.raised_at, n
"""

# what was said of each alarm, to the stream and to each channel that hears everything
SAID = """
SELECT a.id, a.active, h.who, array_agg(h.event ORDER BY h.place) FROM alarm.alarm AS a JOIN (
    SELECT 'stream' AS who, o.seq AS place, o.event, (o.data ->> 'id')::bigint AS id FROM relay.outbox AS o WHERE o.kind = 'alarm'
    UNION ALL
    SELECT c.name, d.id, x.data ->> 'event', (x.data ->> 'id')::bigint
    FROM relay.delivery AS d JOIN relay.channel AS c ON c.id = d.channel_id LEFT JOIN relay.outbox AS o ON o.seq = d.seq
    CROSS JOIN LATERAL (SELECT coalesce(d.data, o.data) AS data) AS x WHERE c.name = ANY (%s)
) AS h ON h.id = a.id WHERE a.equipment_id = 'oracle-1' GROUP BY a.id, h.who
UNION ALL
SELECT a.id, a.active, w.who, '{}' FROM alarm.alarm AS a, unnest(%s::text[]) AS w (who) WHERE a.equipment_id = 'oracle-1' AND a.active
"""
# the alarms that were, after all
LIVE = """
SELECT a.code, s.name, round(extract(epoch FROM a.raised_at) - %s)::integer, round(extract(epoch FROM a.cleared_at) - %s)::integer
FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id
WHERE a.equipment_id = 'oracle-1' AND a.retracted_at IS NULL ORDER BY a.raised_at, a.id
"""


class Wrong(Exception):
    pass


class World:
    def __init__(self, cursor, base, often=True):
        self.q, self.base, self.often, self.o = cursor, base, often, Oracle()
        self.seq, self.delivery = self.run("SELECT (SELECT last FROM relay.sequence), coalesce((SELECT max(id) FROM relay.delivery), 0)")
        self.sensors = {None: None} | dict(self.all("SELECT name, id FROM plant.sensor WHERE equipment_id = 'oracle-1'"))
        self.run("UPDATE plant.sensor SET created_at = to_timestamp(%s) WHERE equipment_id = 'oracle-1'", base)
        self.run("INSERT INTO alarm.clock SELECT c, to_timestamp(%s) FROM unnest('{two_signal,windowed,no_data,baseline}'::text[]) AS c "
                 "ON CONFLICT (condition) DO UPDATE SET evaluated_to = excluded.evaluated_to", base)
        self.told, self.queued, self.arrived, self.flying, self.batch, self.spoken = {}, {}, {}, [], None, set()
        self.ids, self.gone, self.changed = {}, {}, set()  # rules: id, those that were deleted, those that were ever changed

    def all(self, sql, *given):
        self.q.execute(sql, given)
        return self.q.fetchall()

    def run(self, sql, *given):
        self.q.execute(sql, given)
        return self.q.fetchone() if self.q.description else None

    def step(self, e):
        """Compares after each event, or, which is faster and finds as much in the end, when the clock went."""
        done = getattr(self, "do_" + e[0])(*e[1:])
        # what is dated by the real clock is dated by the schedule's
        self.run("UPDATE alarm.alarm SET announced_at = to_timestamp(%s) WHERE announced_at < to_timestamp(%s) AND cleared_at IS NULL", self.base + self.o.now, self.base)
        for signal in self.o.signals.values():
            if signal.alarm and signal.alarm.announced is None:
                signal.alarm.announced = self.o.now
        if done is not False and (self.often or e[0] in ("tick", "drain")):
            self.check()

    # -- samples and the clock
    def do_sample(self, points):
        o = self.o
        at = [(s, o.now + dt, v, good) for s, dt, v, good in points if s in o.sensors]
        # newer than the clock, or older than what its sensor told: between them lies a sensor whose clock is slow
        derived = o.revises and all(r["condition"] in DERIVED for r in o.rules.values())
        at = {(p[0], p[1]): p for p in at if p[1] > o.ticked or p[1] <= o.latest.get(p[0], -10**9) or derived}
        if o.revises:  # two values at one time are another story, as are values from before there was a rule
            at = {k: p for k, p in at.items() if p[1] not in o.points[p[0]] and p[1] > -5}
        if not at:
            return False
        self.batch = sorted(at.values())
        o.store(self.batch)
        self.store()

    def store(self):
        s, t, v, good = zip(*self.batch)
        self.run("SELECT ingest.store(%s::integer[], (SELECT array_agg(to_timestamp(x) ORDER BY n) FROM unnest(%s::float8[]) WITH ORDINALITY AS u (x, n)), "
                 "%s::float8[], %s::smallint[], array_fill(false, ARRAY[%s]), to_timestamp(%s))", [self.sensors[x] for x in s], [self.base + x for x in t],
                 list(v), [0 if x else 2 for x in good], len(s), self.base + self.o.now)

    def do_revise(self):
        self.o.revises = True
        return False

    def do_again(self):
        """A batch is delivered twice."""
        if not self.batch:
            return False
        self.store()

    def do_sensor(self):
        if "n" in self.sensors:
            return False
        self.run("SELECT plant.discover('{oracle-1}', '{n}', '{current}', '{A}')")
        self.run("UPDATE plant.sensor SET created_at = to_timestamp(%s) WHERE equipment_id = 'oracle-1'", self.base)
        self.sensors["n"] = self.run("SELECT id FROM plant.sensor WHERE equipment_id = 'oracle-1' AND name = 'n'")[0]
        self.o.sensors.append("n")

    def do_tick(self, dt):
        self.o.now += dt
        self.run("SELECT alarm.tick(to_timestamp(%s))", self.base + self.o.now)
        self.o.tick()
        if any(r["condition"] in DERIVED for r in self.o.rules.values()):
            self.run("SELECT alarm.judge_derived(to_timestamp(%s))", self.base + self.o.now)
            self.o.judge()

    def do_verdict(self, said):
        o = self.o
        said = {(power, o.now + dt): (anomaly, severity) for power, dt, anomaly, severity in said if dt < 0 or o.now + dt > o.ticked}
        said = sorted(at + x for at, x in said.items() if at not in self.spoken)
        if not said:
            return False
        self.spoken |= {(power, t) for power, t, *_ in said}
        self.run("SELECT ml.record_predictions(%s)", json.dumps([
            {"time": self.base + t, "equipment_id": "oracle-1", "power": power, "model_version": "v1", "stage": "champion", "source": "mqtt", "case": "A",
             "modalities": ["current"], "is_anomaly": anomaly, "confidence": {"critical": 0.9, "medium": 0.5}[severity], "scores": {"current": 2},
             "thresholds": {"current": 1}, "ratio": {"current": 2}} for power, t, anomaly, severity in said]))
        o.verdicts(said)

    def do_flood(self, suppress):
        self.run("UPDATE ops.setting SET value = to_jsonb(%s::text) WHERE name = 'alarm.flood_action'", "suppress" if suppress else "report")
        self.run("UPDATE alarm.system_condition SET high = 3, deadband = 1, period = '10 seconds' WHERE name = 'flood'")
        self.o.flood = (3, 1, 10, suppress)

    # -- what people do to alarms
    def alarm(self, key, how="a.cleared_at IS NULL", oldest=False):
        """An alarm of the signal: people see, and free, also one that has cleared."""
        r = self.run(f"SELECT a.id FROM alarm.alarm AS a JOIN alarm.signal AS g ON g.id = a.signal_id AND g.assigned WHERE a.code = %s AND a.sensor_id IS NOT DISTINCT FROM %s AND g.power IS NOT DISTINCT FROM %s "
                     f"AND {how} ORDER BY a.id {'' if oldest else 'DESC'} LIMIT 1", key[0], self.sensors.get(key[1]), key[1] if key[0] == "mv" else None)
        return r and r[0]

    def act(self, function, key, how, oldest):
        """Returns whether there was an alarm to do it to."""
        i = self.alarm(key, how, oldest)
        if i is None or not self.o.is_assigned(key):
            return False
        self.run(f"SELECT alarm.{function}(%s, 'kim', 'x')", i)
        return True

    def do_shelve(self, key, seconds, one_shot):
        x = self.o.signals[key]
        if not x.alarm or x.alarm.shelved or not self.o.is_assigned(key):
            return False
        i, until = self.alarm(key), self.base + self.o.now + seconds
        self.run("SELECT alarm.shelve(%s, '1 hour', 'kim', NULL, %s)", i, one_shot)
        self.run("UPDATE alarm.hold SET until = to_timestamp(%s) WHERE ended_at IS NULL AND until > clock_timestamp() + interval '50 min'", until)
        self.run("UPDATE alarm.alarm SET shelved_until = to_timestamp(%s) WHERE id = %s", until, i)
        x.holds["shelved"], x.alarm.shelved = (self.o.now + seconds, one_shot), True
        x.alarm.say("shelved")
        self.o.tell_all()

    def hold(self, key, name, attribute, event):
        x = self.o.signals[key]
        x.holds[name] = True
        if x.alarm and not getattr(x.alarm, attribute):
            setattr(x.alarm, attribute, True)
            x.alarm.say(event)
        self.o.tell_all()

    def free(self, key, name, attribute):
        x = self.o.signals[key]
        x.holds.pop(name, None)
        if x.alarm and getattr(x.alarm, attribute):
            was = x.alarm.held()
            setattr(x.alarm, attribute, False)
            x.alarm.freed(was, self.o.now)
        self.o.tell_all()

    def do_unshelve(self, key, oldest):
        return self.act("unshelve", key, "a.shelved IS NOT NULL", oldest) and self.free(key, "shelved", "shelved")

    def do_suppress(self, key, oldest):
        return self.act("suppress", key, "NOT 'operator' = ANY (a.suppressed_by)", oldest) and self.hold(key, "suppressed", "suppressed", "suppressed")

    def do_unsuppress(self, key, oldest):
        return self.act("unsuppress", key, "'operator' = ANY (a.suppressed_by)", oldest) and self.free(key, "suppressed", "suppressed")

    def do_out(self, key, oldest):
        return self.act("take_out_of_service", key, "NOT a.out_of_service", oldest) and self.hold(key, "out", "out", "out_of_service")

    def do_in(self, key, oldest):
        return self.act("return_to_service", key, "a.out_of_service", oldest) and self.free(key, "out", "out")

    def do_acknowledge(self, key, _):
        x = self.o.signals[key]
        if not x.alarm or x.alarm.acknowledged or not self.act("acknowledge", key, "a.cleared_at IS NULL", False):
            return False
        x.alarm.acknowledged = True
        x.alarm.say("acknowledged")
        self.o.tell_all()

    def do_reset(self, key, _):
        x = self.o.signals[key]
        if not x.alarm or not self.o.rules[key[0]]["latched"] or x.fresh or not x.machine.is_good():
            return False
        if not self.act("reset", key, "a.cleared_at IS NULL", False):
            return False
        x.machine.reset()
        x.log.append(("cleared", None, None))
        self.changed.add(key[0])
        self.o.close(x)
        self.o.tell_all()

    def do_window(self, number, start, length):
        start += self.o.now
        end = None if length is None else start + length
        self.run("INSERT INTO plant.maintenance (equipment_id, title, starts_at, ends_at) VALUES ('oracle-1', %s, to_timestamp(%s), to_timestamp(%s))",
                 f"w{number}", self.base + start, None if end is None else self.base + end)
        self.o.windows[number] = (start, end)

    def do_close(self, number):
        if self.o.windows.pop(number, None) is None:
            return False
        self.run("UPDATE plant.maintenance SET status = 'done' WHERE title = %s", f"w{number}")

    # -- rules
    def do_rule(self, name, rule):
        if name in self.o.rules:
            return False
        columns = {k: v for k, v in rule.items() if k not in ("parameter", "parent")}
        places = ["make_interval(secs => %s)" if k in INTERVALS else "%s" for k in columns]
        self.ids[name], = self.run(
            f"INSERT INTO alarm.rule (name, select_equipment, parameters, {', '.join(columns)}) VALUES (%s, '{{oracle-1}}', %s, {', '.join(places)}) RETURNING id",
            name, json.dumps(parameters(rule)), *columns.values())
        for key, x in self.o.signals.items():
            if key[0] == name:
                x.holds = {}  # another rule of that name: its holds are its own
        if self.o.now or self.gone.get(name):
            self.changed.add(name)
        self.o.define(name, rule)

    def change(self, name, new):
        self.changed.add(name)
        self.o.define(name, new)

    def do_edit(self, name, members):
        r = self.o.rules.get(name)
        if not r or not all(v in may_change(r).get(k, ()) for k, v in members.items()):
            return False
        for k, v in members.items():
            if k == "parameter":
                k, v = "parameters", json.dumps(parameters(r | members))
            self.run(f"UPDATE alarm.rule SET {k} = {'make_interval(secs => %s)' if k in INTERVALS else '%s'} WHERE name = %s", v, name)
        for i, k in enumerate(members):  # one statement, one version
            self.change(name, r | {x: members[x] for x in list(members)[:i + 1]})

    def do_enable(self, name):
        if name not in self.o.rules:
            return False
        self.run("UPDATE alarm.rule SET enabled = NOT enabled WHERE name = %s", name)
        self.change(name, self.o.rules[name] | {"enabled": not self.o.rules[name]["enabled"]})

    def do_delete(self, name):
        if name not in self.o.rules:
            return False
        self.run("DELETE FROM alarm.rule WHERE name = %s", name)
        self.gone[name] = (self.o.rules[name], self.o.versions[name])
        self.o.drop(name)

    def do_undelete(self, name):
        """A deleted rule comes back under its id."""
        if name in self.o.rules or name not in self.gone:
            return False
        rule, versions = self.gone.pop(name)
        if rule["parent"] and rule["parent"] not in self.o.rules:
            return False
        self.run("SELECT alarm.rollback_rule(%s, %s)", self.ids[name], len(versions))
        self.o.versions[name] = versions + [rule]  # the deletion is a version, too
        self.change(name, rule)

    def do_rollback(self, name, number):
        if name not in self.o.rules:
            return False
        versions = self.o.versions[name]
        number %= len(versions)
        new = versions[number]
        if new["parent"] and new["parent"] not in self.o.rules:
            return False
        self.run("SELECT alarm.rollback_rule(%s, %s)", self.ids[name], number + 1)
        self.change(name, new)

    def do_parent(self):
        if not {"low", "top"} <= set(self.o.rules):
            return False
        new = None if self.o.rules["low"]["parent"] else "top"
        self.run("UPDATE alarm.rule SET parent_rule = (SELECT id FROM alarm.rule WHERE name = %s) WHERE name = 'low'", new)
        self.o.define("low", self.o.rules["low"] | {"parent": new})

    # -- channels and what is sent
    def do_channel(self, name, digest_over):
        self.run("INSERT INTO relay.channel (name, kind, target, rate, digest_over) VALUES (%s, 'webhook', 'https://example.com/x', 1000, %s)", name, digest_over)
        self.o.channels[name] = True

    def do_route(self, number, channel, events, severities):
        if channel not in self.o.channels:
            return False
        self.run("DELETE FROM relay.route WHERE name = %s", f"r{number}")
        self.run("INSERT INTO relay.route (name, channel_id, events, severities) SELECT %s, id, %s, %s FROM relay.channel WHERE name = %s",
                 f"r{number}", events, severities, channel)
        self.o.routes[number] = (channel, events, severities)

    def do_unroute(self, number):
        if self.o.routes.pop(number, None) is None:
            return False
        self.run("DELETE FROM relay.route WHERE name = %s", f"r{number}")

    def do_available(self, channel):
        if channel not in self.o.channels:
            return False
        self.run("UPDATE relay.channel SET available = NOT available WHERE name = %s", channel)
        self.o.channels[channel] ^= True

    def do_work(self, seed, well=False):
        """Time passes, workers take deliveries, some attempts fail, some workers never come back."""
        rng = random.Random(seed)
        if well or rng.random() < .7:
            self.run("UPDATE relay.channel_state SET paused_until = paused_until - interval '1 day', next_free = next_free - interval '1 day'")
            self.run("UPDATE relay.delivery SET next_attempt_at = next_attempt_at - interval '1 day' WHERE status = 'pending'")
            if well or rng.random() < .3:
                self.run("UPDATE relay.delivery SET claimed_until = claimed_until - interval '1 day' WHERE status = 'sending'")
                self.flying = []
        self.flying += self.all("SELECT q.delivery_id, q.channel, q.body FROM relay.claim_deliveries('w', %s) AS q ORDER BY 1", 100 if well else rng.choice([1, 2, 100]))
        rng.shuffle(self.flying)
        keep = []
        for i, channel, body in self.flying:
            luck = 1 if well else rng.random()
            if luck < .25:
                keep.append((i, channel, body))
            elif luck < .55:
                self.run("SELECT relay.finish_delivery(%s, 'w', false, 503, 'away', NULL)", i)
            else:
                data = json.loads(body)["data"]
                for x in data.get("items", [data]):
                    signal = x["rule"], x["sensor"] or self.run("SELECT data ->> 'power' FROM alarm.alarm WHERE id = %s", x["id"])[0]
                    self.arrived.setdefault((channel,) + signal, []).extend(
                        [LETTER[f["event"]] + f["severity"][0] for f in (x.get("folded") or []) + [x] if f["event"] in LETTER])
                if not self.run("SELECT relay.finish_delivery(%s, 'w', true, 200, NULL, NULL)", i)[0]:
                    raise Wrong(f"delivery {i} was taken away from its worker")
        self.flying = keep

    def do_drain(self):
        """The end: everything is sent, and the whole story is held against the oracle's and the backtest's."""
        self.do_tick(0)
        self.check()
        if self.o.revises:
            self.check_history()
            return
        self.run("UPDATE relay.channel SET available = true")
        for _ in range(40):
            if not self.run("SELECT count(*) FROM relay.delivery WHERE status IN ('pending', 'sending')")[0]:
                break
            self.do_work(1, True)
        for key, sent in self.queued.items():
            if self.arrived.get(key, [None])[-1] != sent[-1]:
                raise Wrong(f"the last that {key} was to hear is {sent[-1]}, it heard {self.arrived.get(key)}")
        stories = self.all(STORY, self.base)
        for key, x in self.o.signals.items():
            if key == FLOOD:
                continue
            story = [named(row[2:]) for row in stories if row[:2] == key]
            # when an operator, or the end of the rule, cleared it is not the samples' to say
            log = [(k[0], round(k[1]), k[2]) if k[1] is not None else story[i] if i < len(story) else k for i, k in enumerate(x.log)]
            same(f"the story of {key}", story, log)
            rule = self.o.rules.get(key[0])
            if not rule or not self.o.is_assigned(key) or key[0] in self.changed or key[1] in self.o.late:
                continue
            if rule["condition"] == "no_data" and min(self.o.points[key[1]], default=10**9) > rule["high"]:
                continue  # before its first word a sensor has no history
            # as far as the sensor's own time has come
            end = self.o.now if key[0] == "mv" else self.o.sensor_time(key[1])
            test = self.all(BACKTEST, self.base, key[0], self.base - 6, self.base + end, key[1])
            # the present second is still open; a verdict's own severity is not the rule's to try
            test, log = ([k for k in x if k[1] < end and (key[0], k[0]) != ("mv", "severity_changed")] for x in (map(named, test), log))
            same(f"the backtest of {key}", test, log)

    # -- what is so, against what should be
    def check_said(self):
        """Nobody is told nonsense, and each believes what is so."""
        all_ears = sorted({c for c, events, severities in self.o.routes.values() if events is None and severities is None})
        heard = {}
        for i, active, who, events in self.all(SAID, all_ears, ["stream"] + all_ears):
            heard.setdefault((i, who), (active, []))[1].extend(events)
        for (i, who), (active, events) in heard.items():
            believes = False
            for e in events:
                if e == ("raised" if believes else "cleared") or e == "reinstated" and believes:
                    raise Wrong(f"{who} was told of alarm {i}: {events}")
                believes = e not in ("cleared", "retracted") and (believes or e in ("raised", "reinstated"))
            if believes != active:
                raise Wrong(f"alarm {i} is {'active' if active else 'over'}, {who} was told {events}")

    def check_history(self):
        """When all points are in: the alarms that were, the oracle's and the backtest's are the same."""
        live = self.all(LIVE, self.base, self.base)
        for key, x in self.o.signals.items():
            if key[0] not in self.o.rules or not self.o.is_assigned(key):
                continue
            spans = []
            story = [(what, round(t), limit) for what, t, limit, _ in x.machine.happened]
            for what, t, _ in story:
                if what == "raised":
                    spans.append((t, None))
                elif what == "cleared":
                    spans[-1] = (spans[-1][0], t)
            same(f"the history of {key}", [row[2:] for row in live if row[:2] == key], spans)
            end = self.o.sensor_time(key[1])
            test = self.all(BACKTEST, self.base, key[0], self.base - 6, self.base + end, key[1])
            test, log = ([k for k in map(named, story) if k[1] < end] for story in (test, story))
            same(f"the backtest of {key}", test, log)

    def check(self):
        alarms, outbox, deliveries = self.run(LOOK, self.seq, self.delivery)
        for who, rows in (("stream", outbox), (None, deliveries)):
            for _, rule, sensor, event, severity, *channel in rows:
                if event in LETTER:
                    self.told.setdefault(((channel or [who])[0], rule, sensor), []).append(LETTER[event] + severity[0])
                    if channel:
                        self.queued.setdefault((channel[0], rule, sensor), []).append(LETTER[event] + severity[0])
        self.seq = max([self.seq] + [r[0] for r in outbox])
        self.delivery = max([self.delivery] + [r[0] for r in deliveries])
        same("alarms (rule, sensor, severity, free)", sorted(map(tuple, alarms), key=str),
             sorted((key + (x.alarm.severity, not x.alarm.held()) for key, x in self.o.signals.items() if x.alarm), key=str))
        if self.o.revises:
            self.check_said()
            return
        for key in sorted(set(self.told) | set(self.o.sent), key=str):
            same(f"what {key} was told", self.told.get(key, []), self.o.sent.get(key, []))
        # folding and retries: what arrived is a beginning of what was queued, in order (again where a worker was lost)
        for key, got in self.arrived.items():
            same(f"what {key} received", got, self.queued.get(key, [])[:len(got)])


def named(row):
    return row[0], row[1], LEVELS.get(row[2], row[2])


def parameters(rule):
    return {"rate_of_change": {"step": rule["parameter"]}, "flat_line": {"epsilon": rule["parameter"]}, "two_signal": {"other": "p"},
            "windowed": {"aggregate": "mean", "window": "2 minutes"}, "baseline": {"state": "each", "window": "1 minute"}, "model_verdict": {"consecutive": rule["parameter"]}}.get(rule["condition"], {})


def same(what, have, should):
    if have != should:
        raise Wrong(f"{what}: {have}, should be {should}")
