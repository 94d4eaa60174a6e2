"""Numbers that no single sample has: the oracle of what alarm.judge_derived and the models judge, each from what is stored."""
DERIVED = {"two_signal", "no_data", "windowed", "baseline", "model_verdict"}
STATES = {"slow": (0, 10, 10, 1), "fast": (10, 1000, 14, 2)}  # what p tells from … to, and what s and p are like then: centre, spread
TICK = 0.001  # silence of exactly the limit is none yet


def series(rule, sensor, points, since, until):
    """[(time, number)] after since, up to until; points: sensor → {time: (value, good)}."""
    return {"two_signal": two_signal, "no_data": no_data, "windowed": windowed, "baseline": baseline}[rule["condition"]](rule, sensor, points, since, until)


def good(points, sensor):
    return sorted((t, v) for t, (v, is_good) in points[sensor].items() if is_good)


def two_signal(rule, sensor, points, since, until):
    """At each value of the sensor: minus the newest one that the other had then, at most a minute old."""
    out, subtracted = [], rule.get("other", "p")
    for t, v in good(points, sensor) if sensor != subtracted else ():
        other = [w for u, w in good(points, subtracted) if t - 60 < u <= t]
        if since < t <= until and other:
            out.append((t, v - other[-1]))
    return out


def windowed(rule, sensor, points, since, until):
    """At each full minute: the mean of the two minutes before it, of values of any quality."""
    out = []
    for minute in range(since // 60 * 60, until + 1, 60):
        values = [v for t, (v, _) in points[sensor].items() if minute - 120 <= t < minute]
        if since < minute and values:
            out.append((minute, sum(values) / len(values)))
    return out


def no_data(rule, sensor, points, since, until):
    """Just beyond each limit when it is reached, 0 when a value ends that; of a sensor that never spoke, from the beginning."""
    out, times = [(t, 0) for t in sorted(points[sensor])[:1]], sorted(points[sensor]) or [0]
    for last, after in zip(times, times[1:] + [10**9]):
        reached = [last + x + TICK for x in (rule["high"], rule["high_high"]) if x is not None and last + x + TICK < after]
        out += [(t, t - last) for t in reached] + ([(after, 0)] if reached else [])
    return [(t, v) for t, v in out if since < t <= until]


def baseline(rule, sensor, points, since, until):
    """How many spreads each value lies from the centre of the state that p told last, at most a minute before; in no state, nothing."""
    out = []
    for t, v in good(points, sensor):
        told = [w for u, w in good(points, "p") if t - 60 < u <= t]
        for low, high, centre, spread in STATES.values():
            if since < t <= until and told and low <= told[-1] < high:
                out.append((t, (v - centre) / spread))
    return out
