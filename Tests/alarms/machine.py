"""One rule on one sensor, as docs/alarms.md says it and not as the SQL does it.

A value holds until the next one. Each limit has a timer of its own; the alarm stands while any limit is active and is as bad as the worst of them.
"""
RANK = {"low": 1, "medium": 2, "high": 3, "critical": 4}
OUTER_FIRST = ["high_high", "low_low", "high", "low"]


def says(rule, limit, v):
    """Of a value and one limit of the rule: is it beyond, is it back behind the deadband? Neither while within the deadband."""
    at, band = rule[limit], rule["deadband"]
    if rule["condition"] == "model_verdict" and limit == "high":
        at = rule["parameter"] - 0.5  # anomalies in a row
    if rule["condition"] == "inside":
        if limit != "high":  # one forbidden band, kept in the place of high
            return False, True
        return rule["low"] <= v <= at, v < rule["low"] - band or v > at + band
    if at is None:
        return False, True
    return (v > at, v <= at - band) if limit.startswith("high") else (v < at, v >= at + band)


class Machine:
    def __init__(self):
        self.active, self.since, self.clock, self.anchor = set(), {}, None, None
        self.raises, self.chatters, self.said, self.held = [], False, {}, None
        self.happened = []  # (what, time, limit, severity), the whole story

    def delay(self, rule, limit):
        if limit not in self.active:
            return rule["on_delay"]
        return max(rule["off_delay"], rule["chatter_quiet"]) if self.chatters and rule["chatter_count"] else rule["off_delay"]

    def worst(self, rule, limits):
        return min(limits, key=lambda x: (-RANK[severity(rule, x)], OUTER_FIRST.index(x)))

    def advance(self, rule, to):
        """Time goes on: what fell due happens, at its own time. Returns what happened."""
        news = []
        while self.since:
            due = {x: t + self.delay(rule, x) for x, t in self.since.items()}
            first = min(due.values())
            if first > to:
                break
            before = set(self.active)
            for x in [x for x in due if due[x] <= first]:
                self.active ^= {x}
                del self.since[x]
            self.clock = max(self.clock, first)
            if not before:
                self.count(rule, first)
            was, now = (self.worst(rule, x) if x else None for x in (before, self.active))
            what = "raised" if not before else "cleared" if not self.active else "severity_changed" if was != now else None
            if not self.active and self.chatters:
                self.chatters, self.raises = False, []
            if what:
                news.append((what, first, now or was, severity(rule, now or was)))
        self.happened += news
        return news

    def count(self, rule, t):
        if rule["chatter_count"] and not self.chatters:
            self.raises = (self.raises + [t])[-rule["chatter_count"]:]
            self.chatters = len(self.raises) == rule["chatter_count"] and self.raises[0] > t - rule["chatter_window"]

    def sample(self, rule, t, v):
        news = self.advance(rule, t)
        self.clock = t if self.clock is None else max(self.clock, t)
        v = self.number(rule, t, v)
        if v is not None:
            self.hold(rule, t, v)
            news += self.advance(rule, t)
        return news

    def number(self, rule, t, v):
        """What is held against the limits: the value, or what the condition derives from it and the values before."""
        if rule["condition"] == "flat_line":  # seconds without a change
            if self.anchor is None or abs(v - self.anchor[1]) > rule["parameter"]:
                self.anchor = (t, v)
            return t - self.anchor[0]
        if rule["condition"] == "rate_of_change":  # per second, over at least the step
            before = self.anchor
            if before is None or t - before[0] >= max(rule["parameter"], 1e-9):
                self.anchor = (t, v)
                return None if before is None else (v - before[1]) / (t - before[0])
            return None
        return v

    def hold(self, rule, t, v):
        self.held = (t, v)
        for x in OUTER_FIRST:
            beyond, good = says(rule, x, v)
            if (good and not rule["latched"]) if x in self.active else beyond:
                self.since.setdefault(x, t)
            else:
                self.since.pop(x, None)
        self.said = {x: says(rule, x, v)[1] for x in OUTER_FIRST}

    def is_good(self):
        return all(self.said[x] for x in self.active)

    def reset(self):
        """An operator ends a latched alarm; what another limit has begun goes on."""
        self.active, self.chatters, self.raises = set(), False, []


def severity(rule, limit):
    return rule["severity"] if limit in ("low", "high") else "critical"
