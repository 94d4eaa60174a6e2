"""The naive oracle of a small plant: one machine, its sensors and rules, what is held back, floods. Times are whole seconds."""
from derived import DERIVED, series
from machine import RANK, Machine, severity
from told import Alarm, Told

SIGNALS = [(rule, sensor) for rule in ("low", "top") for sensor in "spn"] + [("mv", power) for power in "12"]
# mv goes by the verdicts on the machine: each power's bundle has a count, a clock and an alarm of its own
FLOOD = ("flood:oracle-1", None)


class Signal:
    """A rule on a sensor. Holds are the signal's: they outlive its alarms."""
    def __init__(self):
        self.alarm, self.over, self.holds, self.log = None, [], {}, []
        self.forget()

    def forget(self):
        self.machine, self.fresh = Machine(), True

    def alarms(self):
        return self.over + ([self.alarm] if self.alarm else [])


class Oracle(Told):
    def __init__(self):
        super().__init__()
        self.now = self.ticked = 0
        self.sensors, self.rules, self.versions, self.windows = ["s", "p"], {}, {}, {}
        self.signals = {key: Signal() for key in SIGNALS + [FLOOD]}
        self.points = {s: {} for s in "spn12"}  # what is stored: time → (value, good)
        self.latest, self.late = {}, set()  # the newest time of each sensor; sensors that had points after newer ones
        self.arrived = {}  # sensor → when, on our clock, its newest point came
        self.flood = (10**6, 0, 10, False)  # alarms, deadband, seconds, suppress
        self.raised = []
        self.revises = False  # late points are judged in their place, and what was told of it is not followed event by event
        self.judged = 0  # when the job last worked derived numbers out
        self.came = {}  # signal → how far the job has come with it, on its sensor's time

    # -- rules
    def define(self, name, rule):
        rule = dict(rule)
        if rule == self.rules.get(name):
            return
        self.rules[name] = rule
        self.versions.setdefault(name, []).append(dict(rule))
        self.notify[name] = rule["notify"]
        for (r, _), x in self.signals.items():
            if r == name:
                x.fresh = True

    def drop(self, name):
        del self.rules[name], self.versions[name], self.notify[name]
        for child, r in list(self.rules.items()):
            if r["parent"] == name:
                self.define(child, r | {"parent": None})

    def is_assigned(self, key):
        rule = self.rules.get(key[0])
        return bool(rule and rule["enabled"] and (key[0] == "mv" or key[1] in self.sensors and key[1] in rule["select_sensor"]
                                                  and (rule["condition"] != "baseline" or key[1] in "sp")))  # nothing was learned of n

    # -- samples
    def store(self, points):
        """One batch, [(sensor, time, value, good)]: what comes after a newer value of its sensor is kept and judges nothing."""
        newest = dict(self.latest)
        self.now = max([self.now] + [t for _, t, *_ in points])
        for s, t, v, good in sorted(points, key=lambda p: p[1]):
            if t in self.points[s]:
                continue
            self.points[s][t] = (v, good)
            if t > self.latest.get(s, -10**9):
                self.latest[s], self.arrived[s] = t, self.now
            if t <= newest.get(s, -10**9):
                self.late.add(s)
            elif good:
                for key, x in self.signals.items():
                    if key[1] == s and self.is_assigned(key) and self.rules[key[0]]["condition"] not in DERIVED:
                        self.happen(key, x.machine.sample(self.rules[key[0]], t, v))
        if self.revises:
            for key in [k for k in self.signals if k[1] in {p[0] for p in points} and self.is_assigned(k)]:
                if self.rules[key[0]]["condition"] not in DERIVED:
                    good = [(t, v) for t, (v, is_good) in sorted(self.points[key[1]].items()) if is_good]
                    self.refold(key, good, self.signals[key].machine.clock)
        self.hold_new()
        self.tell_all()

    def refold(self, key, samples, clock):
        """All samples in the order of their times, and the clock as far as it had come: whatever came late, this is what is so."""
        rule, m, x = self.rules[key[0]], Machine(), self.signals[key]
        for t, v in samples:
            m.sample(rule, t, v)
        if m.clock is not None:
            m.advance(rule, clock)
        x.machine, x.alarm = m, None
        if m.active:
            x.alarm = Alarm(severity(rule, m.worst(rule, m.active)))
            x.alarm.born = max(t for what, t, *_ in m.happened if what == "raised")

    def sensor_time(self, s):
        """What passed since a sensor's newest point came, after that point; our time where it never spoke."""
        return self.latest[s] + self.now - self.arrived[s] if s in self.arrived else self.now

    def judged_to(self, key, rule):
        """How far the clock decides what no sample did; what a job judges goes no further than the job."""
        if rule["condition"] == "model_verdict":
            return self.now
        at = self.sensor_time(key[1])
        return self.came.get(key, min(self.judged, at)) if rule["condition"] in DERIVED else at

    def standing(self, s):
        """The value that stands: the newest good one."""
        good = [(t, v) for t, (v, is_good) in self.points[s].items() if is_good]
        return max(good, default=None)

    def standing_number(self, key, rule):
        """The newest number that was worked out; of silence, as it was when it began to count."""
        if rule["condition"] in ("no_data", "model_verdict"):
            return self.signals[key].machine.held
        numbers = series(rule, key[1], self.points, -10**6, self.came.get(key, self.judged))
        if rule["condition"] == "baseline":  # of the newest value, where its state was known
            newest = max((t for t, (_, good) in self.points[key[1]].items() if good and t <= self.came.get(key, self.judged)), default=None)
            numbers = [n for n in numbers if n[0] == newest]
        return max(numbers, default=None)

    def judge(self):
        """The job: each number at its own time. A silence that still lasts counts for a rule that is newer, too."""
        for key, x in self.signals.items():
            rule = self.rules.get(key[0], {})
            if self.is_assigned(key) and rule["condition"] in DERIVED - {"model_verdict"}:
                until = self.sensor_time(key[1])
                if self.revises:
                    self.judge_again(key, rule, until)
                    continue
                since, m, told = min(self.came.get(key, self.judged), until), x.machine, []
                if rule["condition"] == "no_data" or m.clock is None:
                    since = min(since, max(self.points[key[1]], default=0) - 1)
                if rule["condition"] == "no_data" and (m.active or m.since):  # the first value that ends it
                    told = [(t, 0) for t in sorted(self.points[key[1]]) if m.clock < t <= until][:1]
                self.came[key] = until
                for t, v in sorted(series(rule, key[1], self.points, since, until) + told):
                    if m.clock is None or t > m.clock:
                        self.happen(key, m.sample(rule, t, v))
        self.judged = self.now
        self.hold_new()
        self.tell_all()

    def judge_again(self, key, rule, until):
        """All numbers anew, as late points make them. Silence counts from the arrival of the newest point, also where it was seen before."""
        came = self.came.get(key, self.judged)
        self.came[key] = until if rule["condition"] == "no_data" else max(came, until)
        came = min(came, self.came[key])
        numbers, told = series(rule, key[1], self.points, -600, self.came[key]), []
        silent = rule["condition"] == "no_data"
        self.refold(key, sorted([n for n in numbers if n[0] <= came] + [(t, 0) for t in self.points[key[1]] if silent and t <= came]), came)
        m = self.signals[key].machine
        if silent and (m.active or m.since):
            told = [(t, 0) for t in sorted(self.points[key[1]]) if m.clock < t <= self.came[key]][:1]
        self.happen(key, [x for t, v in sorted([n for n in numbers if n[0] > came] + told) for x in m.sample(rule, t, v)])

    def verdicts(self, said):
        """What the machine's champion models say, [(power, time, anomaly, severity)]: so many anomalies in a row, as bad as the verdict is."""
        for power, t, anomaly, severity in sorted(said):
            key = ("mv", power)
            x, rule = self.signals[key], self.rules.get("mv")
            if t <= self.latest.get(power, -10**9):
                self.late.add(power)
                continue
            self.latest[power], self.now = t, max(self.now, t)
            if self.is_assigned(key):
                m = x.machine
                self.happen(key, m.sample(rule | {"severity": severity or "low"}, t, (m.held[1] if m.held else 0) + 1 if anomaly else 0))
                if anomaly and x.alarm and x.alarm.severity != severity and x.alarm.born < t:
                    x.alarm.severity = severity
                    x.alarm.say("severity_changed")
                    x.log.append(("severity_changed", t, "high"))
        self.hold_new()
        self.tell_all()

    def happen(self, key, news):
        x = self.signals[key]
        for what, t, limit, severity in news:
            x.log.append((what, t, limit))
            if what == "raised":
                x.alarm = Alarm(severity)
                x.alarm.born = t
                self.raised.append(t)
            elif what == "cleared":
                self.close(x)
            else:
                x.alarm.severity = severity
                x.alarm.say("severity_changed")

    def close(self, x):
        x.alarm.active = False
        x.alarm.say("cleared")
        x.over.append(x.alarm)
        x.alarm = None
        if x.holds.get("shelved", (0, False))[1]:  # one_shot: until it clears
            del x.holds["shelved"]

    # -- what is held back
    def suppressors(self, key, at):
        parent = self.rules.get(key[0], {}).get("parent")
        return ({f"w{i}" for i, (a, z) in self.windows.items() if a <= at and (z is None or at < z)}
                | ({"parent"} if parent and any(x.alarm for k, x in self.signals.items() if k[0] == parent) else set())
                | ({"flood"} if self.flood[3] and self.signals[FLOOD].alarm else set())) if key != FLOOD else set()

    def hold_new(self):
        """An alarm that was just raised inherits the holds of its signal; one-shot shelvings were another alarm's."""
        for key, x in self.signals.items():
            for a in [a for a in x.alarms() if a.news and a.news[0][0] == "raised"]:
                if key != FLOOD:
                    a.shelved = "shelved" in x.holds and not x.holds["shelved"][1]
                    a.suppressed, a.out, a.by = "suppressed" in x.holds, "out" in x.holds, self.suppressors(key, a.born)

    def tell_all(self):
        for key, x in self.signals.items():
            for a in x.alarms():
                self.tell(key, a)

    # -- the clock
    def tick(self):
        self.ticked = self.now
        for key, x in self.signals.items():
            if self.is_assigned(key):
                rule = self.rules[key[0]]
                value = self.standing(key[1])
                if rule["condition"] in DERIVED:
                    value = self.standing_number(key, rule)
                if x.fresh and value and rule["condition"] != "rate_of_change":
                    t = value[0] if x.machine.clock is None else max(value[0], x.machine.clock)
                    self.happen(key, x.machine.sample(rule, t, value[1]))
                x.fresh = False
                self.happen(key, x.machine.advance(rule, self.judged_to(key, rule)))
        self.hold_new()
        for key, x in self.signals.items():
            if key != FLOOD and not self.is_assigned(key):
                if x.alarm:
                    x.log.append(("cleared", None, None))
                    self.close(x)
                x.forget()
                self.came.pop(key, None)
        for key, x in self.signals.items():
            self.review(key, x)
        self.tell_all()
        for key, x in self.signals.items():
            if x.alarm and key in self.signals and key[0] in self.rules and not x.alarm.held():
                self.remind(self.rules[key[0]], x.alarm)
        self.tell_all()
        for key, x in self.signals.items():
            for a in x.alarms():
                self.reconcile(key, a)
        if self.now % 10 == 0:
            self.watch_flood()

    def review(self, key, x):
        if x.holds.get("shelved", (10**9, False))[0] <= self.now:
            del x.holds["shelved"]
        if x.alarm and key != FLOOD:
            was_held, was = x.alarm.held(), x.alarm.is_suppressed()
            x.alarm.shelved = "shelved" in x.holds and x.alarm.shelved
            x.alarm.by = self.suppressors(key, self.now)
            if x.alarm.is_suppressed() and not was:
                x.alarm.say("suppressed")
            x.alarm.freed(was_held, self.now)

    def remind(self, rule, alarm):
        alarm.announced = self.now if alarm.announced is None else alarm.announced
        if rule["re_alarm"] and alarm.announced + rule["re_alarm"] <= self.now:
            alarm.acknowledged, alarm.escalated, alarm.announced = False, False, self.now
            alarm.say("realarmed")
        if rule["escalate_after"] and not alarm.acknowledged and not alarm.escalated and alarm.announced + rule["escalate_after"] <= self.now:
            alarm.escalated = True
            alarm.severity = max(alarm.severity, rule["escalate_to"] or alarm.severity, key=RANK.get)
            alarm.say("escalated")

    def watch_flood(self):
        count, deadband, window, _ = self.flood
        n, x = sum(1 for t in self.raised if self.now - window < t <= self.now), self.signals[FLOOD]
        if n >= count and not x.alarm:
            x.alarm = Alarm("high")
            x.alarm.born = self.now
        elif n < count - deadband and x.alarm:
            self.close(x)
        self.tell_all()
