"""Who is told what, when: the oracle of the table in docs/alarms.md. The stream and each channel believe something; only differences are told."""
ENDS = {"unshelved", "unsuppressed", "in_service"}
HELD = {"shelved", "suppressed", "out_of_service"}
USUAL = {"raised", "severity_changed", "cleared", "acknowledged", "realarmed", "escalated"}
STANDS = {"severity_changed", "realarmed", "escalated"}  # besides raised and the ends of holds
LETTER = {"raised": "R", "cleared": "C", "severity_changed": "S", "acknowledged": "K", "realarmed": "N", "escalated": "E"}
LETTER |= {e: "A" for e in ENDS} | {e: "H" for e in HELD}


class Alarm:
    """announced: since when an answer is waited for, on our clock; None: since the end of this step."""
    def __init__(self, severity):
        self.active, self.severity, self.told, self.news, self.announced = True, severity, False, [("raised", severity)], None
        self.shelved = self.suppressed = self.out = self.ended = self.acknowledged = self.escalated = False
        self.by = set()

    def is_suppressed(self):
        return self.suppressed or bool(self.by)

    def held(self):
        return self.shelved or self.out or self.is_suppressed()

    def say(self, event):
        self.news.append((event, self.severity))

    def freed(self, was_held, now):
        """A hold ended; the last one? What stands is told then, and from then on it is waited for an answer."""
        if self.active and was_held and not self.held():
            self.ended, self.announced = True, now


class Told:
    """channels: name → can be reached; routes: number → (channel, events, severities); notify: rule → its list or None."""
    def __init__(self):
        self.channels, self.routes, self.notify = {}, {}, {}
        self.believed, self.sent = {}, {}  # believed: (alarm, channel) → severity that was told

    def kinds(self, subject):
        n = self.notify.get(subject[0])
        return USUAL | ENDS | {e for r in self.routes.values() for e in r[1] or ()} if n is None else set(n)

    def tell(self, subject, alarm):
        """What happened to an alarm in one transaction, as far as the stream is to know."""
        kinds, said = self.kinds(subject), False
        for event, severity in alarm.news:
            if event == "cleared":
                if alarm.told and event in kinds:
                    self.stream(subject, alarm, event, severity)
            elif event in HELD:
                if alarm.told and event in kinds:
                    self.stream(subject, alarm, event, severity)
            elif alarm.held():
                pass
            elif event in STANDS or event == "raised":
                new = not alarm.told and "raised" in kinds and (alarm.active or event == "raised" or event in kinds)
                if new or (event in kinds and event != "raised"):
                    alarm.told, said = True, said or new
                    self.stream(subject, alarm, "raised" if new else event, severity)
            elif event in kinds:
                self.stream(subject, alarm, event, severity)
        if alarm.ended and alarm.active and not alarm.held() and not said and "raised" in kinds:
            self.stream(subject, alarm, "unshelved" if alarm.told else "raised", alarm.severity)
            alarm.told = True
        if not alarm.active and alarm.news and "cleared" in kinds:
            self.believed = {(b, c): v for (b, c), v in self.believed.items() if b is not alarm or not self.channels[c]}
        alarm.news, alarm.ended = [], False

    def stream(self, subject, alarm, event, severity):
        self.send("stream", subject, event, severity)
        for c, available in self.channels.items():
            if not available:
                continue
            knows, asked, raises = (alarm, c) in self.believed, self.asks(c, event, severity), self.asks(c, "raised", severity)
            if event == "cleared":
                told = self.may_clear(c) if knows else asked and not raises
            elif event == "raised":
                told = raises and not knows
            elif event in ENDS:
                told = raises or any(self.asks(c, e, severity) for e in ENDS)
            elif event in STANDS:
                told = asked or (raises and not knows)
            else:  # what was done to it
                told = asked
            if told:
                self.send(c, subject, event, severity)
                if event in STANDS | ENDS | {"raised"} and (raises or knows):
                    self.believed[alarm, c] = severity

    def reconcile(self, subject, alarm):
        """What no transition told: rules, routes and channels that changed."""
        kinds = self.kinds(subject)
        stands = alarm.active and not alarm.held()
        if stands and not alarm.told and "raised" in kinds:
            alarm.told = True
            self.stream(subject, alarm, "raised", alarm.severity)
        for c in [c for c, available in self.channels.items() if available]:
            knows = (alarm, c) in self.believed
            if stands and alarm.told and not knows and "raised" in kinds and self.asks(c, "raised", alarm.severity):
                self.believed[alarm, c] = alarm.severity
                self.send(c, subject, "raised", alarm.severity)
            elif (stands and knows and self.believed[alarm, c] != alarm.severity and "severity_changed" in kinds
                    and self.asks(c, "severity_changed", alarm.severity)):
                self.believed[alarm, c] = alarm.severity
                self.send(c, subject, "severity_changed", alarm.severity)
            elif not alarm.active and knows:
                del self.believed[alarm, c]
                if self.may_clear(c) and "cleared" in kinds:
                    self.send(c, subject, "cleared", alarm.severity)

    def asks(self, c, event, severity):
        return any(r[0] == c and (r[1] is None or event in r[1]) and (r[2] is None or severity in r[2]) for r in self.routes.values())

    def may_clear(self, c):
        mine = [r for r in self.routes.values() if r[0] == c]
        return not mine or any(r[1] is None or "cleared" in r[1] for r in mine)

    def send(self, who, subject, event, severity):
        self.sent.setdefault((who,) + subject, []).append(LETTER[event] + severity[0])
