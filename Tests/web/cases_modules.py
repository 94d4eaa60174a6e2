"""The pure modules, in the browser that runs them."""
import pathlib
import re

WEB = pathlib.Path(__file__).parents[2] / "web"


def run(bench, script):
    """What an async function body gives, on an empty page of the same origin."""
    page = bench.page()
    page.goto(f"{bench.wire.url}/favicon.svg")
    return page.evaluate(f"async () => {{ {script} }}")


def same(found, wanted):
    assert found == wanted, f"{found!r}, not {wanted!r}"


def case_order(bench):
    """Alarms: unacknowledged first, then the worse, then the newer; states by their names, whatever axes an alarm has."""
    found = run(bench, """
        const { compare, stateOf, isHeld, Severities, matches, unitOf } = await import("/js/alarms/order.js");
        const severities = new Severities([{ name: "low", rank: 100 }, { name: "critical", rank: 400 }, { name: "odd", rank: 250 }, { name: "high", rank: 300 }, { name: "medium", rank: 200 }]);
        const alarm = (id, severity, raised_at, more) => ({ id, severity, raised_at, active: true, acknowledged: false, shelved: false, suppressed: false, out_of_service: false, ...more });
        const list = [alarm(1, "critical", "2026-01-01T00:00:01Z", { acknowledged: true }), alarm(2, "low", "2026-01-01T00:00:02Z"), alarm(3, "high", "2026-01-01T00:00:03Z"),
            alarm(4, "high", "2026-01-01T00:00:04Z", { active: false }), alarm(5, "unheard of", "2026-01-01T00:00:05Z"), alarm(6, "high", "2026-01-01T00:00:04Z")];
        const states = [{}, { acknowledged: true }, { active: false }, { active: false, acknowledged: true }, { shelved: true }, { suppressed: true, acknowledged: true },
            { out_of_service: true, shelved: true }, { retracted_at: "2026-01-01T00:00:00Z" }, { active: false, shelved: true }].map((more) => stateOf(alarm(9, "low", "", more)));
        return { ids: list.sort(compare(severities)).map((one) => one.id), states, held: isHeld(alarm(1, "low", "", { shelved: true })),
            units: ["above", "no_data", "flat_line", "rate_of_change", "iso_zone"].map((condition) => unitOf({ condition, unit: "°C" })),
            places: ["critical", "high", "odd", "medium", "low", "unheard of"].map((name) => severities.place(name)), none: new Severities().place("x"),
            matches: [matches("PRESS hot", ["press-01", "too hot"]), matches("press cold", ["press-01", null]), matches("  ", [])] };""")
    same(found, {"ids": [6, 4, 3, 2, 5, 1], "states": ["unacknowledged", "acknowledged", "returned", "normal", "shelved", "suppressed", "out_of_service", "normal", "returned"],
                 "held": True, "units": ["°C", "s", "s", "°C/s", "°C"], "places": [1, 2, 3, 4, 4, 4], "none": 4, "matches": [True, False, True]})


def case_stream(bench):
    """The stream: what comes twice or late changes nothing, a gap leaves the position, and pauses grow to a bound."""
    found = run(bench, """
        const { advance, pause } = await import("/js/stream.js");
        const n = (seq) => ({ type: "notification", seq });
        return { first: advance(null, { type: "ready", seq: 7 }), kept: advance(5, { type: "ready", seq: 7 }), next: advance(7, n(8)), twice: advance(8, n(8)), late: advance(8, n(3)),
            zero: advance(null, n(0)), gap: advance(5, { type: "gap", oldest: 90, newest: 99 }), unknown: advance(5, { type: "x" }),
            pauses: [0, 1, 2, 10, 1000].map((attempt) => pause(attempt, 0)), half: pause(0, 1) };""")
    same(found, {"first": {"seq": 7, "kind": "ready"}, "kept": {"seq": 5, "kind": "ready"}, "next": {"seq": 8, "kind": "news"}, "twice": {"seq": 8, "kind": "old"},
                 "late": {"seq": 8, "kind": "old"}, "zero": {"seq": 0, "kind": "news"}, "gap": {"seq": 5, "kind": "gap"}, "unknown": {"seq": 5, "kind": "other"},
                 "pauses": [500, 1000, 2000, 10000, 10000], "half": 250})


def case_charts(bench):
    """Charts: a line breaks where no value was, limits far away do not flatten the values, long spans are asked for by the minute, hour or day."""
    found = run(bench, """
        const { sparkPath } = await import("/js/charts/sparkline.js");
        const { limitLines, valueRange, summary } = await import("/js/charts/trend.js");
        const { bucketFor } = await import("/js/charts/points.js");
        const { setLanguage, setWords } = await import("/js/i18n.js");
        setLanguage("en");
        setWords({ en: { "level.high": "high", "level.high_high": "high high" } });
        const points = [{ time: "", value: 10 }, { time: "", value: 12, min: 9, max: 14 }];
        const near = limitLines([{ low: null, high: 15, high_high: 1000 }, { high: 15 }]);
        return { broken: sparkPath([0, 1, null, 1, 0], 104, 24).match(/M/g).length, flat: sparkPath([5, 5], 100, 24), none: sparkPath([null, 3]), infinite: sparkPath([1, Infinity, 2]).match(/M/g).length,
            lines: near.map((line) => [line.name, line.value]), range: valueRange(points, near).map(Math.round), one: valueRange([{ value: 0 }], []).every(Number.isFinite),
            nothing: valueRange([], near), buckets: [0.5, 1, 24, 24 * 30, 24 * 365].map((hours) => bucketFor(hours * 3600e3)),
            words: summary({ name: "t", unit: "°C", points, lines: near.slice(0, 1) }), empty: summary({ name: "t", points: [], lines: [] }) };""")
    same(found, {"broken": 2, "flat": "M2.0 12.0L98.0 12.0", "none": "", "infinite": 2, "lines": [["high", 15], ["high_high", 1000]], "range": [9, 15], "one": True, "nothing": None,
                 "buckets": ["raw", "1m", "1m", "1h", "1d"],
                 "words": "t: last 12 °C, lowest 9 °C, highest 14 °C. Limits: high 15 °C.", "empty": "t: no values in this span."})


def case_words(bench):
    """Numbers, spans and addresses read well in both languages, and nonsense does no harm."""
    found = run(bench, """
        const { number, quantity, span, duration, moment } = await import("/js/format.js");
        const { capital, setLanguage, setWords, t, named, worded } = await import("/js/i18n.js");
        const { parse, href } = await import("/js/ui/router.js");
        const { chosen } = await import("/js/machines/tiles.js");
        setLanguage("en");
        setWords({ en: { "severity.high": "rather high" }, ko: { "severity.critical": "심각" } });
        const english = [number(71.28456), number(0), number(null), number(1e9), number(2e-7), number(NaN), quantity(3, "bar"), quantity(null, "bar"), span(3999), span(65e3), span(3600e3 * 2 + 300e3),
            span(86400e3 * 3), span(-5), duration("PT1M30S"), duration("PT0.5S"), duration("soon"), duration(null), moment("nonsense"), t("no.such.key"), named("severity", "very_odd"), named("severity", "high"), capital("écart"), t("ago", { span: "$&{span}" })];
        setLanguage("ko");
        const korean = [span(65e3), worded({ messages: { ko: "가", en: "a" } }), worded({ messages: { de: "b" } }), worded(null), named("severity", "critical"), named("severity", "high")];
        const addresses = ["", "#/alarms/7", "#/machines/a%2Fb", "#/machines/%E0%A4%A", "#/nowhere", "#/machines/"].map(parse);
        const kinds = chosen([["a", 1], ["a", 2], ["b", 3], ["c", 4]].map(([sensor_type, id]) => ({ sensor_type, id })), 3).map((sensor) => sensor.id);
        return { english, korean, addresses, href: href("machines", "a/b #1"), kinds };""")
    same(found["english"], ["71.28", "0", "–", "1.00e+9", "2.00e-7", "–", "3 bar", "–", "3 s", "1 min", "2 h 5 min", "3 d", "0 s", "1 min", "0 s", "soon", "–", "–", "no.such.key", "very odd", "rather high", "Écart", "$&{span} ago"])
    same(found["korean"], ["1분", "가", "b", "", "심각", "rather high"])
    same(found["addresses"], [{"view": "alarms", "id": None}, {"view": "alarms", "id": "7"}, {"view": "machines", "id": "a/b"}, {"view": "machines", "id": "%E0%A4%A"},
                              {"view": "alarms", "id": None}, {"view": "machines", "id": None}])
    same([found["href"], found["kinds"]], ["#/machines/a%2Fb%20%231", [1, 3, 4]])


def case_policy(bench):
    """Nothing of ours writes markup from text, styles into attributes, or code from strings; nothing is asked of another host."""
    for path in sorted(WEB.rglob("*")):
        if path.suffix not in (".js", ".html", ".css"):
            continue
        text = path.read_text()
        for bad in (r"innerHTML", r"outerHTML", r"insertAdjacentHTML", r"document\.write", r"\beval\(", r"new Function", r"\bstyle=", r"\son\w+=\"", r"https?://(?!www\.w3\.org/2000/svg)",
                    r"setAttribute\(\"style\""):
            assert not re.search(bad, text), f"{path.name}: {bad}"
    page = bench.page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(bench.wire.url)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy, policy
    bench.enter(page, "viewer1")
    page.goto(f"{bench.wire.url}/#/machines/press-01")
    page.locator(".chart-canvas canvas").first.wait_for()
    assert [url for url in asked if not url.startswith(bench.wire.url)] == []


def case_languages(bench):
    """Each language has every text, none is left over, and each text that the page asks for is there."""
    keys = run(bench, """
        const { LANGUAGES } = await import("/js/i18n.js");
        return Object.fromEntries(Object.entries(LANGUAGES).map(([code, words]) => [code, words]));""")
    same(sorted(set(keys["en"]) ^ set(keys["ko"])), [])
    empty = [key for words in keys.values() for key, text in words.items() if not text.strip()]
    same(empty, [])
    holes = {key for key in keys["en"] if sorted(re.findall(r"\{\w+\}", keys["en"][key])) != sorted(re.findall(r"\{\w+\}", keys["ko"][key]))}
    same(holes, set())
    source = "\n".join(path.read_text() for path in sorted(WEB.glob("js/**/*.js")))
    asked = set(re.findall(r"\bt\(\s*\"([\w.]+)\"", source))
    same(sorted(asked - set(keys["en"])), [])
    prefixes = set(re.findall(r"t\(`([\w.]+)\.\$\{", source)) | set(re.findall(r"named\(\"(\w+)\"", source))
    unused = [key for key in keys["en"] if f'"{key}"' not in source and not any(key.startswith(prefix + ".") for prefix in prefixes) and not key.startswith(("language", "why.", "about."))]
    same(unused, [])
