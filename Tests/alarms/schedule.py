"""What can happen: random schedules, as plain data that can be printed, cut down and repeated from a seed."""
EVENTS = [None, None, ["raised"], ["raised", "cleared"], ["cleared"], ["raised", "severity_changed", "cleared"], ["severity_changed"],
          ["acknowledged", "shelved"], ["in_service", "unshelved", "unsuppressed"], ["raised", "suppressed", "out_of_service", "acknowledged"]]
SEVERITIES = [None, None, ["critical"], ["medium"], ["high", "critical"]]
NOTIFY = [None, None, None, [], ["raised"], ["raised", "cleared"], ["cleared", "severity_changed"], ["raised", "acknowledged", "escalated", "shelved"]]
# rule → the sensors that it selects; top can be the parent of low, n is registered later
SELECTS = {"low": ["s", "p", "n"], "top": ["s"]}
VALUES = [5, 8, 9, 12, 14, 18, 25]
LIMITS = {
    "above": dict(high=[10, 10, 15], high_high=[None, 20], deadband=[0, 0, 3]),
    "below": dict(low=[13, 10], low_low=[None, 8.5], deadband=[0, 0, 3]),
    "outside": dict(low_low=[None, 6], low=[8.5, 10], high=[13, 15], high_high=[None, 20], deadband=[0, 0, 2]),
    "inside": dict(low=[8.5, 10], high=[13, 15], deadband=[0, 0, 2]),
    "rate_of_change": dict(low=[None, -3], high=[2, 4], high_high=[None, 8], deadband=[0, 0, 1], parameter=[0, 2]),
    "flat_line": dict(high=[2, 4], high_high=[None, 9], deadband=[0], parameter=[0, 3]),
}
DERIVED_LIMITS = {
    "two_signal": dict(low=[None, -6], high=[3, 8], high_high=[None, 12], deadband=[0, 0, 2]),
    "no_data": dict(high=[3, 5], high_high=[None, 9], deadband=[0]),
    "windowed": dict(low=[None, 8], high=[11, 13], high_high=[None, 17], deadband=[0, 1]),
    "baseline": dict(low=[None, -2], high=[1, 3], high_high=[None, 5], deadband=[0, 0, 1]),
    "model_verdict": dict(parameter=[1, 1, 2, 3]),
}
# What a schedule is mostly about; how likely users meet it. Of late points (docs/adr/0018) nobody edits rules or holds alarms meanwhile.
THEMES = {
    "plain": 6, "told": 4, "delays": 4, "late": 3, "revised": 4, "people": 3, "chatter": 2, "latched": 2, "flood": 2, "conditions": 4, "derived": 4, "verdicts": 2, "rules": 3, "deliveries": 2,
}
ALWAYS = ["sample"] * 8 + ["tick"] * 5
USUAL = ["shelve", "unshelve", "suppress", "unsuppress", "out", "in", "window", "close", "edit", "route", "parent"]
MORE = {
    "told": ["route", "unroute", "available", "shelve", "unshelve", "edit"] * 2, "late": ["late"] * 6 + ["again"] * 2, "revised": ["late"] * 8 + ["again"] * 2,
    "people": ["acknowledge"] * 4 + ["shelve", "unshelve", "window", "out", "in"] * 2, "latched": ["reset"] * 6, "flood": ["flood"] + ["sample"] * 6,
    "rules": ["edit", "enable", "rollback", "sensor", "parent", "delete", "undelete", "rule"] * 2, "deliveries": ["sample"] * 8 + ["work"] * 12, "verdicts": ["verdict"] * 10 + ["edit", "enable", "reset", "acknowledge"],
}


def rule(rng, theme, condition=None, select=None):
    if condition is None:
        judged_by_job = ["two_signal", "no_data", "windowed", "baseline"]
        among = {"conditions": list(LIMITS), "late": list(LIMITS), "derived": judged_by_job, "revised": judged_by_job}
        condition = rng.choice(among.get(theme, ["above"] * 4 + ["outside", "below", "inside"]))
    out = dict(condition=condition, low_low=None, low=None, high=None, high_high=None, parameter=None, deadband=0, severity=rng.choice(["medium", "medium", "high"]))
    out |= {k: rng.choice(v) for k, v in (LIMITS | DERIVED_LIMITS)[condition].items()}
    often = theme in ("delays", "late", "revised")
    out |= dict(on_delay=rng.choice([0, 2, 3, 5] if often else [0, 0, 0, 3]), off_delay=rng.choice([0, 2, 4] if often else [0, 0, 0, 4]),
                notify=rng.choice(NOTIFY) if theme == "told" else None if theme in ("late", "revised") or rng.random() < .8 else rng.choice(NOTIFY),
                latched=rng.random() < (.8 if theme == "latched" else .03), chatter_count=rng.choice([2, 3]) if theme == "chatter" or theme in ("late", "revised") and rng.random() < .2 else None,
                chatter_window=rng.choice([6, 12]), chatter_quiet=rng.choice([3, 8]), re_alarm=None, escalate_after=None, escalate_to=None)
    if theme == "people" or theme not in ("late", "revised") and rng.random() < .05:
        out |= dict(re_alarm=rng.choice([None, 4, 9]), escalate_after=rng.choice([None, 3, 7]))
        out["escalate_to"] = out["escalate_after"] and rng.choice([None, "high", "critical"])
    return out | dict(enabled=True, parent=None, select_sensor=select)


def may_change(r):
    """What can be edited, with the values that leave it a rule that is not refused."""
    return (LIMITS | DERIVED_LIMITS)[r["condition"]] | dict(on_delay=[0, 3], off_delay=[0, 4], notify=NOTIFY, latched=[r["latched"], False, True],
                                         chatter_count=[r["chatter_count"], None], select_sensor=[r["select_sensor"], ["s"], ["s", "p", "n"]])


def edits(rng, r):
    """One or two members of a rule, other than they were; with all others they still make a rule that is not refused."""
    may = may_change(r)
    if r["condition"] == "model_verdict":
        may = {k: v for k, v in may.items() if "delay" not in k and k != "select_sensor"}
    return {k: rng.choice(may[k]) for k in rng.sample(sorted(may), rng.choice([1, 2]))}


def points(rng):
    """One batch: a few values of one sensor, or of several, seconds after now."""
    sensors = rng.choice(["s", "s", "p", "sp", "spn", "n"])
    out, dt = [], rng.choice([1, 1, 2, 5])
    for s in sensors:
        at = dt
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            out.append((s, at, rng.choice(VALUES), rng.random() < .96))
            at += rng.choice([1, 1, 3])
    return out


def schedule(rng, events, theme=None):
    theme = theme or rng.choices(list(THEMES), THEMES.values())[0]
    rules = {name: rule(rng, theme, select=selects) for name, selects in SELECTS.items()}
    out = [("rule", "low", rules["low"])]
    if rng.random() < .4:
        out += [("rule", "top", rules["top"])] + [("parent",)] * rng.choice([0, 0 if theme in ("late", "revised") else 1])
    for c in rng.sample(["a", "b"], rng.choice([1, 2])):
        out += [("channel", c, rng.choice([1, 2, 3, None])), ("route", rng.randrange(9), c, rng.choice(EVENTS), rng.choice(SEVERITIES))]
    if theme in ("late", "revised"):
        out += [("tick", 1), ("revise",)]
    if theme == "revised":  # sensors that have spoken
        out += [("sample", [(s, 1, rng.choice(VALUES), True) for s in "sp"])]
    if theme == "flood":
        out += [("flood", rng.random() < .6)]
    if theme == "verdicts":
        rules["mv"] = rule(rng, theme, "model_verdict") | dict(on_delay=0, off_delay=0)
        out += [("rule", "mv", rules["mv"])]
    window, begun = 0, len(out)
    calm = theme in ("plain", "delays", "late", "revised")
    kinds = ALWAYS + ([] if calm else USUAL) + MORE.get(theme, [])
    if not calm and rng.random() < .15:
        kinds = kinds + [k for other, more in MORE.items() if other not in ("late", "revised") for k in more]
    signals = [("mv", "1"), ("mv", "1"), ("mv", "2")] if theme == "verdicts" else [("low", "s"), ("low", "s"), ("low", "p"), ("low", "n"), ("top", "s")]
    while len(out) < begun + events:
        k, s = rng.choice(kinds), rng.choice(signals)
        if k == "sample":
            out.append((k, points(rng)))
        elif k == "verdict":
            dt = rng.choice([1, 1, 2, 5])
            out.append((k, [(rng.choice("112"), dt + i if rng.random() < .9 else -dt, rng.random() < .6, rng.choice(["critical", "critical", "medium"])) for i in range(rng.choice([1, 1, 2, 3]))]))
        elif k == "late":
            out.append(("sample", points(rng)[:1] + [(rng.choice("spn"), -rng.choice([1, 2, 4] if theme == "late" else [1, 2, 4, 9, 30, 70]), rng.choice(VALUES), True) for _ in range(rng.choice([1, 2]))]))
        elif k == "tick":
            out.append((k, rng.choice([1, 1, 2, 5] if theme not in ("derived", "revised") else [1, 2, 5, 20, 60])))
        elif k == "shelve":
            out.append((k, s, rng.choice([3, 10, 30]), rng.random() < .4))
        elif k == "window":
            out.append((k, window := window + 1, rng.choice([0, 0, 3]), rng.choice([None, 4, 8])))
        elif k == "close":
            out.append((k, rng.randint(1, max(window, 1))))
        elif k == "rule":
            out.append((k, s[0], rule(rng, theme, rules[s[0]]["condition"] if s[0] == "mv" else None, SELECTS.get(s[0]))))
        elif k == "edit":
            out.append((k, s[0], edits(rng, rules[s[0]])))
        elif k in ("enable", "delete", "undelete"):
            out.append((k, s[0]))
        elif k == "rollback":
            out.append((k, s[0], rng.randrange(5)))
        elif k == "route":
            out.append((k, rng.randrange(9), rng.choice("ab"), rng.choice(EVENTS), rng.choice(SEVERITIES)))
        elif k == "unroute":
            out.append((k, rng.randrange(9)))
        elif k == "available":
            out.append((k, rng.choice("ab")))
        elif k in ("parent", "again", "sensor"):
            out.append((k,))
        elif k == "flood":
            out.append((k, rng.random() < .6))
        elif k == "work":
            out.append((k, rng.randrange(10**6)))
        else:  # acts of people: on the alarm that was held first, or last
            out.append((k, s, rng.random() < .5))
        if k in ("edit", "enable", "rollback", "parent") and rng.random() < .8 or k in ("rule", "delete", "undelete"):
            out.append(("tick", 1))  # the clock goes each second
    return out + [("tick", 1), ("tick", 6), ("drain",)]
