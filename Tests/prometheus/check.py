"""check.py --programs DIR --thin URL --metrics URL --pid PID --key FILE --work DIR: our metrics and rules in a real Prometheus.

Sends thin some work, scrapes it with Debian's Prometheus under deploy/prometheus/prometheus.yml, and looks at what arrived. Ends thin
(SIGTERM to PID) and waits for the alert. Prints TAP; DIR is left with the log of Prometheus. Standard library only.
"""

import argparse
import json
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import os

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ROOT / "deploy/prometheus"
PATIENCE = 60  # seconds, for everything that is waited for
# Names that stand in rules and that a healthy, idle thin has no series of.
RARE = {"millwright_system_failure"}

arguments = argparse.ArgumentParser()
for name in ("programs", "thin", "metrics", "pid", "key", "work"):
    arguments.add_argument(f"--{name}", required=True)
given = arguments.parse_args()
work = pathlib.Path(given.work)
count = 0


def ok(passed: object, what: str, said: object = "") -> bool:
    global count
    count += 1
    print(f"{'ok' if passed else 'not ok'} {count} - {what}", flush=True)
    if not passed:
        for line in str(said).splitlines()[:40]:
            print(f"# {line}", flush=True)
    return bool(passed)


def promtool(*command: str, text: str | None = None) -> tuple[int, str]:
    run = subprocess.run([f"{given.programs}/promtool", *command], input=text, capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def ask(url: str, method: str = "GET", body: object = None, key: str | None = None) -> tuple[int, str]:
    headers = {"Content-Type": "application/json"} | ({"X-API-Key": key} if key else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def eventually(look):
    """What look returns, as soon as it is true."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            found = look()
        except OSError:
            found = None
        if found or time.monotonic() > end:
            return found
        time.sleep(0.3)


def samples(text: str) -> list[tuple[str, str, float]]:
    found = re.findall(r"^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$", text, re.M)
    return [(name, labels, float(value)) for name, labels, value in found]


def value(text: str, name: str, labels: str = "") -> float:
    return sum(v for n, l, v in samples(text) if n == name and labels in l)


# ---- files ---------------------------------------------------------------------------------------------
for command in (["check", "config", str(FILES / "prometheus.yml")], ["check", "rules", str(FILES / "rules.yml")],
                *(["test", "rules", str(path)] for path in sorted(FILES.glob("*_test.yml")))):
    code, said = promtool(*command)
    ok(code == 0, f"promtool {' '.join(command[:2])} {pathlib.Path(command[2]).name}", said)

alerts = re.findall(r"- alert: (\w+)\n((?: {8}.*\n)+)", (FILES / "rules.yml").read_text())
sections = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ +(.+?) *$", (ROOT / "docs/operations.md").read_text(), re.M)}
lost = [name for name, body in alerts if f'runbook_url: "docs/operations.md#{name.lower()}"' not in body or name.lower() not in sections]
ok(alerts and not lost, "each alert links to a section of docs/operations.md of its name", lost)

# ---- something happens ---------------------------------------------------------------------------------
key = next(line.split()[1] for line in pathlib.Path(given.key).read_text().splitlines() if line.startswith("admin "))
api = given.thin + "/api/v1"
before = ask(given.metrics + "/metrics")[1]
sent = [
    ask(f"{api}/auth/login", "POST", {"username": "engineer1", "password": "wrong wrong"})[0],
    ask(f"{api}/auth/login", "POST", {"username": "engineer1", "password": "schemathesis-password"})[0],
    ask(f"{api}/sensors/data", "POST", {"device_id": "press-1", "sensor_type": "vibration", "value": 20.5}, key)[0],
    ask(f"{api}/serve-ml/predict", "POST", {"equipment_id": "nobody", "features": {"a": 1}}, key)[0],
    ask(f"{api}/nothing")[0],
]
code, made = ask(f"{api}/notifications/channels", "POST",
                 {"name": "nowhere", "kind": "webhook", "target": "http://127.0.0.1:9/", "max_attempts": 1}, key)
sent += [code, ask(f"{api}/notifications/channels/{json.loads(made).get('id')}/test", "POST", None, key)[0]]
ok(sent == [401, 200, 200, 404, 404, 201, 202], "requests were answered as expected", f"{sent} {made}")


def tried():
    text = ask(given.metrics + "/metrics")[1]
    needed = ("thin_deliveries_total", "millwright_system_measured_seconds", "millwright_mqtt_sessions_lost_total", "thin_volume_bytes")
    return text if all(any(n == name for n, _, _ in samples(text)) for name in needed) else None


text = eventually(tried) or ask(given.metrics + "/metrics")[1]
for name, labels, more in (
        ("millwright_login_attempts_total", 'outcome="failed"', 1), ("millwright_login_attempts_total", 'outcome="succeeded"', 1),
        ("thin_prediction_refusals_total", 'reason="unknown_model"', 1), ("thin_prediction_failures_total", "", 0),
        ("thin_deliveries_total", 'channel="nowhere",outcome="failed"', 1)):
    grown = value(text, name, labels) - value(before, name, labels)
    ok(grown == more, f"{name}{{{labels}}} grew by {more}", grown)
ok(value(text, "millwright_last_received_seconds") < PATIENCE * 3 and "millwright_last_received_seconds" in text, "the point that came is the last")
ok(any(n == "thin_http_request_duration_seconds_bucket" and 'method="POST"' in l and 'status="4xx"' in l for n, l, _ in samples(text)),
   "durations are told apart by method and status")
ok(value(text, "thin_database_wait_seconds_count") > 0, "requests waited for a connection, however shortly")

# ---- the text of /metrics ------------------------------------------------------------------------------
code, said = promtool("check", "metrics", text=text)
ok(code == 0 and not said.strip(), "promtool check metrics has nothing to say", said)
families = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M)
ok(len(families) == len({name for name, _ in families}), "each family stands once", families)
wrong = [name for name, kind in families if (kind == "counter") != name.endswith("_total")]
ok(not wrong, "counters, and nothing else, end in _total", wrong)
reserved = sorted({f"{n}{{{l}}}" for n, labels, _ in samples(text) for l in re.findall(r'[{,](\w+)="', labels)
                   if l in ("job", "instance") or l.startswith(("exported_", "__"))})
ok(not reserved, "no label of ours is one of Prometheus' own", reserved)

# ---- a real Prometheus ---------------------------------------------------------------------------------
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
config = (FILES / "prometheus.yml").read_text()
for old, new in (("thin:9091", urllib.parse.urlsplit(given.metrics).netloc), ("127.0.0.1:9090", f"127.0.0.1:{port}"),
                 ("scrape_interval: 10s", "scrape_interval: 1s"), ("evaluation_interval: 10s", "evaluation_interval: 1s"),
                 ("- rules.yml", f"- {FILES / 'rules.yml'}")):
    ok(config.count(old) == 1, f"the configuration says {old}")
    config = config.replace(old, new)
(work / "prometheus.yml").write_text(config)
server = f"http://127.0.0.1:{port}"
log = open(work / "prometheus.log", "w")
process = subprocess.Popen([f"{given.programs}/prometheus", f"--config.file={work}/prometheus.yml", f"--storage.tsdb.path={work}/tsdb",
                            f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)


def query(expression: str) -> list[dict]:
    code, body = ask(f"{server}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
    return json.loads(body)["data"]["result"] if code == 200 else []


def rules() -> list[dict]:
    found = json.loads(ask(f"{server}/api/v1/rules")[1])
    return [rule for group in found["data"]["groups"] for rule in group["rules"]]


def states() -> dict[str, str]:
    return {alert["labels"]["alertname"]: alert["state"] for alert in json.loads(ask(f"{server}/api/v1/alerts")[1])["data"]["alerts"]}


try:
    ok(eventually(lambda: query('up{job="thin"} == 1')), "Prometheus scrapes thin", (work / "prometheus.log").read_text()[-2000:])
    ok(not query('count({exported_job=~".+"} or {exported_instance=~".+"})'), "nothing had to be renamed")
    ok(eventually(lambda: all(rule["health"] == "ok" for rule in rules())), "every rule can be evaluated",
       [(rule["name"], rule.get("lastError")) for rule in rules() if rule["health"] != "ok"])
    named = json.loads(ask(f"{server}/api/v1/label/__name__/values")[1])["data"]
    asked = set(re.findall(r"\b(?:thin|millwright|process)_[a-z_]+\b", " ".join(rule["query"] for rule in rules())))
    ok(not asked - set(named) - RARE, "every name that a rule asks for is scraped", sorted(asked - set(named) - RARE))
    ok(len(rules()) == len(re.findall(r"- alert:", (FILES / "rules.yml").read_text())), "every rule is loaded")
    # a channel that leads nowhere is a dead letter, told as such; a plant of one point is no reason for any other
    loud = {name: state for name, state in states().items() if name not in ("DeadLetters", "DeliveriesFail", "SystemFailure")}
    ok(not loud, "nothing else is alarming", loud)
    os.kill(int(given.pid), signal.SIGTERM)
    ok(eventually(lambda: "ThinDown" in states()), "thin is ended, and the alert is on its way", states())
finally:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
print(f"1..{count}")
