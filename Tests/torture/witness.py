#!/usr/bin/env python3
"""What `make torture` sees of the stack while its parts are killed: publishes, posts, listens, and at the end counts.

It knows every point that a broker or thin acknowledged to it. While it runs it
  * publishes points with QoS 1, hostile messages among them (a fixed share, made from the seed),
  * posts points over HTTP,
  * follows the notifications over a WebSocket that resumes with ?after=, and answers a webhook channel.
When the stop file appears it stops sending, waits until what was acknowledged is stored, and checks:
  * each acknowledged point is stored, once, with its value, and nothing is stored that was not sent;
  * each machine has the alarms that its stored points ask for, and all of them are told;
  * each acknowledged hostile message stands in quarantine or was stored as what it says;
  * sequence numbers at the WebSocket client have no gap, no double and stand in order; each machine's story is raised, cleared, raised …;
  * each notification that a route names arrived at the webhook at least once.
Prints one JSON object; ends with 1 where a check failed. Broker, database and thin are given by the environment: MQTT_URL,
DATABASE_URL (administrator's), THIN_URL, ADMIN_EMAIL, ADMIN_PASSWORD.
"""

import argparse
import collections
import http.server
import json
import os
import pathlib
import random
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable

import paho.mqtt.client as mqtt
import psycopg

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from listen import Closed, WebSocket  # noqa: E402

MACHINES = 20
HIGH, DEADBAND = 900.0, 100.0
# A broker that is killed forgets what it acknowledged since it last wrote its database: a publisher that wants
# "not lost" sends that again. Longer than the broker's autosave_interval.
BROKER_MEMORY_SECONDS = 6.0
# outside of every filter: the broker takes it and nobody hears it
NOBODY = "nobody/"


def hostile(chance: random.Random, number: int) -> tuple[str, bytes]:
    """A message that no decoder can store, or only in part. The number makes its topic or payload its own."""
    mark = f"hostile-{number}"
    nonsense = chance.randbytes(chance.randrange(1, 400))
    return chance.choice([
        lambda: (f"factory/{chance.randbytes(4000).hex()}", mark.encode()),
        lambda: (f"factory/{mark}/{chance.randbytes(2000).hex()}", b"1"),
        lambda: (f"serve-ml/{chance.randbytes(3000).hex()}/features", b"{"),
        lambda: (f"serve-ml/{mark}/features", b'{"features":' * chance.randrange(1, 2000)),
        lambda: (f"waveform/{mark}/vibration", nonsense),
        lambda: (f"unity/sensors/{mark}/data", nonsense),
        lambda: (f"unity/sensors/{mark}/data", b'{"device":"x","timestamp":"\\u0000","x":1e999,"y":null,"z":[]}'),
        lambda: (f"factory/{mark}/v", b'{"value": 1e309}'),
        lambda: (f"factory/{mark}/v", b'{"value": 1, "time": "infinity"}'),
        lambda: (f"factory/{mark}", b'{"values": {"' + b"k" * 3000 + b'": 1}}'),
        lambda: (f"factory/{mark}", b"[" * chance.randrange(1, 30_000)),
        lambda: (f"factory/{mark}/v", b'{"value": 1, "time": "0001-01-01T00:00:00Z"}'),
        lambda: (f"{NOBODY}{mark}", nonsense),
    ])()


def transitions(values: Iterable[float]) -> int:
    """How often an alarm of the witness' rule is raised or cleared by these values, one after the other."""
    count = 0
    for value in values:
        if count % 2 == 0 and value > HIGH or count % 2 == 1 and value <= HIGH - DEADBAND:
            count += 1
    return count


class Witness:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.chance = random.Random(options.seed)
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        # (device, sensor, time in ms) -> value, of every point sent; and which of them were acknowledged
        self.sent: dict[tuple[str, str, int], float] = {}
        self.acknowledged: set[tuple[str, str, int]] = set()
        self.hostile_sent = 0
        # topics: each hostile message has one of its own, and what is sent again counts once
        self.hostile_acknowledged: set[str] = set()
        self.counts: collections.Counter[str] = collections.Counter()
        self.failures: list[str] = []
        # of the WebSocket client
        self.sequence: list[int] = []
        self.stories: dict[str, list[str]] = collections.defaultdict(list)
        self.hooked: set[int] = set()
        self.token = ""

    def fail(self, text: str) -> None:
        self.failures.append(text)
        print(f"FAILED: {text}", file=sys.stderr, flush=True)

    # ---- MQTT -----------------------------------------------------------------------------------

    def publish(self) -> None:
        """Sends at the rate asked for and keeps what is not acknowledged until it is; repeats what a broker may have forgotten."""
        url = urllib.parse.urlsplit(os.environ["MQTT_URL"])
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=(url.username or "torture") + "-witness",
                             protocol=mqtt.MQTTv5, reconnect_on_failure=True)
        if url.username:
            client.username_pw_set(urllib.parse.unquote(url.username), urllib.parse.unquote(url.password or ""))
        client.reconnect_delay_set(1, 2)
        client.max_inflight_messages_set(2000)
        client.max_queued_messages_set(0)
        waiting: dict[int, tuple] = {}
        recent: collections.deque[tuple[float, tuple]] = collections.deque()

        def on_publish(_c, _u, mid, reason, _p) -> None:
            with self.lock:
                message = waiting.pop(mid, None)
                if message is None:
                    early.add(mid)
                    return
                taken(message, reason)

        def taken(message: tuple, reason) -> None:
            topic, payload, points = message
            if reason is not None and reason.value >= 128:
                self.counts["refused by the broker"] += 1
                return
            recent.append((time.monotonic(), message))
            if points is None:
                if not topic.startswith(NOBODY):
                    self.hostile_acknowledged.add(topic)
            else:
                self.acknowledged.update(points)

        early: set[int] = set()
        epoch = [0]

        def on_connect(_c, _u, _flags, reason, _p) -> None:
            if reason.value < 128:
                epoch[0] += 1

        client.on_publish = on_publish
        client.on_connect = on_connect
        while True:
            try:
                client.connect(url.hostname, url.port or 1883, keepalive=20)
                break
            except OSError:
                time.sleep(0.2)
        client.loop_start()

        def send(message: tuple) -> None:
            info = client.publish(message[0], message[1], qos=1)
            with self.lock:
                if info.mid in early:
                    early.discard(info.mid)
                    taken(message, None)
                else:
                    waiting[info.mid] = message
            self.counts["messages"] += 1

        clock: dict[str, int] = {}
        step, seen_epoch, number = 0, 0, 0
        began = time.monotonic()
        while not self.stopping.is_set():
            if epoch[0] != seen_epoch:
                seen_epoch = epoch[0]
                # the broker may be a new one, whose memory is older than what it acknowledged
                with self.lock:
                    old = time.monotonic() - BROKER_MEMORY_SECONDS
                    again = [m for t, m in recent if t > old]
                    recent.clear()
                for message in again:
                    send(message)
                self.counts["repeated"] += len(again)
            if len(waiting) > 20_000:
                time.sleep(0.05)
                continue
            for _ in range(MACHINES):
                number += 1
                if self.chance.random() < self.options.hostile:
                    self.hostile_sent += 1
                    topic, payload = hostile(self.chance, self.hostile_sent)
                    send((topic, payload, None))
                machine = f"m{number % MACHINES}"
                # one key, one point: a burst after a stall must not name the same millisecond twice
                now = clock[machine] = max(int(time.time() * 1000), clock.get(machine, 0) + 1)
                value = 950.0 if step % 40 >= 35 else 10.0 + step % 7
                keys = [(machine, sensor, now) for sensor in ("current_x", "current_y", "current_z")]
                for key, each in zip(keys, (value, 1.0, 2.0)):
                    self.sent[key] = each
                payload = json.dumps({"device": machine, "timestamp": now, "x": value, "y": 1, "z": 2}).encode()
                send((f"unity/sensors/{machine}/data", payload, keys))
            step += 1
            with self.lock:
                while recent and recent[0][0] < time.monotonic() - 2 * BROKER_MEMORY_SECONDS:
                    recent.popleft()
            time.sleep(max(0.0, began + step * MACHINES / self.options.rate - time.monotonic()))
        deadline = time.monotonic() + 120
        while waiting and time.monotonic() < deadline:
            time.sleep(0.1)
        # the broker's memory once more: it may have been killed just before the end
        with self.lock:
            again = [m for t, m in recent if t > time.monotonic() - 2 * BROKER_MEMORY_SECONDS]
        for message in again:
            send(message)
        while waiting and time.monotonic() < deadline:
            time.sleep(0.1)
        if waiting:
            self.fail(f"{len(waiting)} messages were never acknowledged by the broker")
        client.disconnect()
        client.loop_stop()

    # ---- HTTP -----------------------------------------------------------------------------------

    def call(self, path: str, body: object | None = None, timeout: float = 10) -> dict:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(
            os.environ["THIN_URL"] + path, json.dumps(body).encode() if body is not None else None, headers)
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.load(answer)

    def log_in(self) -> None:
        while True:
            try:
                self.token = ""
                self.token = self.call("/api/v1/auth/login", {
                    "username": os.environ["ADMIN_EMAIL"], "password": os.environ["ADMIN_PASSWORD"]})["access_token"]
                return
            except (OSError, ValueError, KeyError) as error:
                print(f"log-in: {error}", file=sys.stderr)
                time.sleep(0.5)

    def post(self) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            now = int(time.time() * 1000)
            key = ("posted", f"p{number % 5}", now)
            self.sent[key] = float(number)
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now / 1000)) + f".{now % 1000:03d}Z"
            try:
                self.call("/api/v1/sensors/data", {
                    "device_id": key[0], "sensor_type": key[1], "value": float(number), "time": stamp})
                with self.lock:
                    self.acknowledged.add(key)
                self.counts["posted"] += 1
            except urllib.error.HTTPError as error:
                if error.code == 401:
                    self.log_in()
                elif error.code < 500 and error.code not in (404, 429):
                    self.fail(f"POST sensors/data answered {error.code}: {error.read()[:300]!r}")
            except (OSError, ValueError):
                self.counts["posts without an answer"] += 1
            time.sleep(0.1)

    # ---- listening ------------------------------------------------------------------------------

    def follow(self) -> None:
        url = os.environ["THIN_URL"].replace("http", "ws", 1) + "/api/v1/notifications/ws/notifications"
        while not self.done:
            try:
                after = self.sequence[-1] if self.sequence else 0
                websocket = WebSocket(f"{url}?after={after}", self.token)
                while not self.done:
                    try:
                        message = json.loads(websocket.receive(2))
                    except TimeoutError:
                        continue
                    if message.get("type") != "notification":
                        continue
                    self.sequence.append(message["seq"])
                    data = message.get("data") or {}
                    if data.get("event") in ("raised", "cleared") and data.get("rule") == "torture":
                        self.stories[f"{data.get('device_id')}/{data.get('sensor')}"].append(data["event"])
            except Closed as closed:
                self.counts[f"websocket closed {closed.code}"] += 1
                if closed.code == 4401:
                    self.log_in()
            except (ConnectionError, OSError, ValueError) as error:
                self.counts["websocket lost"] += 1
                if "401" in str(error):
                    self.log_in()
            time.sleep(0.1)

    def receive_hooks(self) -> int:
        witness = self

        class Hook(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                try:
                    witness.hooked.add(int(json.loads(body)["seq"]))
                except (ValueError, KeyError, TypeError):
                    witness.counts["webhooks that could not be read"] += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]

    # ---- the end --------------------------------------------------------------------------------

    done = False

    def run(self) -> int:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
            database.execute(
                """INSERT INTO alarm.rule (name, condition, high, deadband, severity, select_sensor_type, chatter_count)
                   VALUES ('torture', 'above', %s, %s, 'high', '{current}', NULL)""", (HIGH, DEADBAND))
            # our receiver is on the same machine, where webhooks do not go by themselves
            database.execute("SELECT ops.set_setting('relay.allowed_networks', '\"127.0.0.1/32\"')")
            database.execute(
                """INSERT INTO relay.channel (name, kind, target, language, max_attempts)
                   VALUES ('torture', 'webhook', %s, 'en', 100)""", (f"http://127.0.0.1:{self.receive_hooks()}/hook",))
            database.execute(
                """INSERT INTO relay.route (name, channel_id, events)
                   SELECT 'torture', id, '{raised,cleared}' FROM relay.channel WHERE name = 'torture'""")
        self.log_in()
        threads = [threading.Thread(target=part, daemon=True) for part in (self.publish, self.post)]
        follower = threading.Thread(target=self.follow, daemon=True)
        for thread in threads + [follower]:
            thread.start()
        pathlib.Path(self.options.ready).touch()
        while not pathlib.Path(self.options.stop).exists():
            time.sleep(0.2)
        self.stopping.set()
        for thread in threads:
            thread.join(200)
        self.judge()
        self.done = True
        follower.join(10)
        print(json.dumps({
            "seed": self.options.seed, "points_sent": len(self.sent), "points_acknowledged": len(self.acknowledged),
            "hostile_acknowledged": len(self.hostile_acknowledged), "notifications": len(self.sequence), "webhooks": len(self.hooked),
            **self.found, **self.counts, "failures": self.failures}))
        return 1 if self.failures else 0

    found: dict[str, int] = {}

    def judge(self) -> None:
        deadline = time.monotonic() + self.options.patience
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
            def number(sql: str) -> int:
                return database.execute(sql).fetchone()[0]

            rows: dict[tuple[str, str, int], float] = {}
            while True:
                stored = database.execute(
                    """SELECT s.equipment_id, s.name, (extract(epoch FROM r.time) * 1000)::bigint, r.value
                       FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
                       WHERE s.equipment_id ~ '^(m[0-9]+|posted)$'""").fetchall()
                rows = {(equipment, sensor, milliseconds): value for equipment, sensor, milliseconds, value in stored}
                lost = self.acknowledged - rows.keys()
                unseen = self.hostile_acknowledged - {row[0] for row in database.execute("SELECT DISTINCT topic FROM ingest.quarantine")}
                if not (lost or unseen) or time.monotonic() > deadline:
                    break
                time.sleep(2)
            if lost:
                self.fail(f"{len(lost)} acknowledged points are not stored, e.g. {sorted(lost)[:3]}")
            if len(stored) != len(rows):
                twice = [key for key, count in collections.Counter(row[:3] for row in stored).items() if count > 1]
                self.fail(f"{len(stored) - len(rows)} points are stored more than once, e.g. {sorted(twice)[:3]}")
            strange = rows.keys() - self.sent.keys()
            if strange:
                self.fail(f"{len(strange)} points are stored that nobody sent, e.g. {sorted(strange)[:3]}")
            wrong = [key for key, value in rows.items() if key in self.sent and self.sent[key] != value]
            if wrong:
                self.fail(f"{len(wrong)} points have another value, e.g. {wrong[:3]}")
            if unseen:
                self.fail(f"{len(unseen)} hostile messages were acknowledged and are in no quarantine, e.g. {sorted(unseen)[0][:80]}")
            told = self.judge_alarms(database)
            # everybody has been told
            newest = 0
            deadline = max(deadline, time.monotonic() + 60)
            while time.monotonic() < deadline:
                newest = number("SELECT last FROM relay.sequence")
                pending = number("SELECT count(*) FROM relay.delivery WHERE status IN ('pending', 'sending')")
                if pending == 0 and self.sequence and self.sequence[-1] == newest:
                    break
                time.sleep(0.5)
            if self.sequence != list(range(1, newest + 1)):
                gaps = [(a, b) for a, b in zip([0] + self.sequence, self.sequence + [newest + 1]) if b != a + 1]
                self.fail(f"the WebSocket client's sequence breaks at {gaps[:5]} (newest {newest})")
            for machine, story in self.stories.items():
                if any(event != ("raised", "cleared")[place % 2] for place, event in enumerate(story)):
                    self.fail(f"{machine}'s story is {story[:12]} …")
            for machine in sorted(told.keys() | self.stories.keys()):
                heard = collections.Counter(self.stories.get(machine, []))
                # what was stored after the alarms were counted may have been told as well
                if any(heard[event] < count for event, count in told.get(machine, {}).items()):
                    self.fail(f"{machine} has {dict(told[machine])} in the database, and {dict(heard)} was told")
            wanted = {row[0] for row in database.execute("SELECT seq FROM relay.delivery WHERE status <> 'folded' AND seq IS NOT NULL")}
            dead = number("SELECT count(*) FROM relay.delivery WHERE status = 'dead'")
            if dead or wanted - self.hooked:
                self.fail(f"{len(wanted - self.hooked)} notifications never reached the webhook, {dead} are dead letters")
            if not self.stories:
                self.fail("no alarm was raised: the run proves nothing")
            self.found |= {
                "stored": len(rows), "quarantined": number("SELECT count(*) FROM ingest.quarantine"), "alarms": number("SELECT count(*) FROM alarm.alarm")}

    def judge_alarms(self, database: psycopg.Connection) -> dict[str, collections.Counter[str]]:
        """Holds each sensor's alarms against its stored points; answers how often each was raised and cleared.

        A point that comes after a newer one of its sensor (what is sent again after a kill may have been forgotten by the broker and
        new to the database) is judged in its place unless the rule was changed since, so the points that judged are some of those that
        are stored, and at least those that no newer one was stored before. An alarm that such a point took back counts for nothing,
        one that stands after all has not cleared. Fewer points never make more transitions, so theirs are the least and those of all stored points
        the most that there can be; where nothing came late the two are one number. What was stored before is told by xmin: two
        transactions with one sensor follow one another, and a row's number is given while its own holds the sensor.
        """
        points: dict[tuple[str, str], list[tuple]] = collections.defaultdict(list)
        alarms: dict[tuple[str, str], list[tuple]] = collections.defaultdict(list)
        events: dict[tuple[str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
        standing: dict[tuple[str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
        # of one moment: points that are sent again still come in
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with database.transaction():
            for equipment, sensor, *point in database.execute(
                    """SELECT s.equipment_id, s.name, r.time, r.value, r.xmin::text::bigint, r.is_historical
                       FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
                       WHERE s.equipment_id ~ '^m[0-9]+$' ORDER BY r.time"""):
                points[equipment, sensor].append(tuple(point))
            for equipment, sensor, *alarm in database.execute(
                    """SELECT s.equipment_id, s.name, a.raised_at, a.cleared_at
                       FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE a.code = 'torture' AND a.retracted_at IS NULL ORDER BY a.raised_at, a.id"""):
                alarms[equipment, sensor].append(tuple(alarm))
            for equipment, sensor, kind, count, valid in database.execute(
                    """SELECT s.equipment_id, s.name, t.kind, count(*), count(*) FILTER (WHERE a.retracted_at IS NULL)
                       FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id JOIN plant.sensor AS s ON s.id = a.sensor_id
                       WHERE a.code = 'torture' AND t.kind IN ('raised', 'cleared', 'reinstated') GROUP BY 1, 2, 3"""):
                if kind != "reinstated":
                    events[equipment, sensor][kind] = count
                standing[equipment, sensor]["cleared" if kind == "reinstated" else kind] += -valid if kind == "reinstated" else valid
        database.isolation_level = None
        least_of_all = most_of_all = late_of_all = 0
        for key in sorted(points.keys() | alarms.keys()):
            there, made = points[key], alarms[key]
            in_time, newest = [], None
            for _, value, stored_as, is_historical in reversed(there):
                if newest is None or stored_as <= newest:
                    newest = stored_as
                    if not is_historical:
                        in_time.append(value)
            least, most = transitions(reversed(in_time)), transitions(value for _, value, *_ in there)
            found = len(made) + sum(cleared is not None for _, cleared in made)
            name = f"{key[0]}/{key[1]}"
            if not least <= found <= most:
                self.fail(f"{name} has {len(made)} alarms, {found} transitions; its {len(there)} points ask for {least} to {most}")
            if (standing[key]["raised"], standing[key]["cleared"]) != (len(made), found - len(made)):
                self.fail(f"{name} has {len(made)} alarms, {found - len(made)} of them cleared, and the transitions {dict(standing[key])}")
            # an alarm begins and ends at the time of a point, and the next not before that
            high = {when for when, value, *_ in there if value > HIGH}
            low = {when for when, value, *_ in there if value <= HIGH - DEADBAND}
            moments = [when for alarm in made for when in alarm if when is not None]
            if any(raised not in high or cleared is not None and cleared not in low for raised, cleared in made) \
                    or any(a >= b for a, b in zip(moments, moments[1:])) or any(cleared is None for _, cleared in made[:-1]):
                self.fail(f"{name}'s alarms are not those of its points: {made[:6]}")
            least_of_all, most_of_all, late_of_all = least_of_all + least, most_of_all + most, late_of_all + len(there) - len(in_time)
        self.found = {"transitions_at_least": least_of_all, "transitions_at_most": most_of_all, "points_late": late_of_all}
        return {f"{equipment}/{sensor}": counts for (equipment, sensor), counts in events.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--rate", type=float, default=300, help="good messages a second")
    parser.add_argument("--hostile", type=float, default=0.05, help="hostile messages for each good one")
    parser.add_argument("--ready", required=True, help="a file that is made when all are at work")
    parser.add_argument("--stop", required=True, help="a file whose appearance ends the sending")
    parser.add_argument("--patience", type=float, default=300, help="seconds to wait at the end for what was acknowledged")
    return Witness(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
