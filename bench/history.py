#!/usr/bin/env python3
"""Publishes years of daily points beside a running plant and watches what that does to live points; see bench/history.

A probe sensor speaks every 20 ms. Its stall is how far the database's latest value of it lies behind the clock, so it counts everything
between the publisher and the commit. Prints a table and one JSON object; exits with 1 where a limit is broken.
"""

import argparse
import datetime
import json
import statistics
import sys
import threading
import time

import paho.mqtt.client as mqtt
import psycopg

PERIOD = 0.02
DAY = 86400
POINTS_A_MESSAGE = 3650

QUESTIONS = {
    "latest, a machine with history only": "SELECT api.get_latest_sensor_data('history-1')",
    "latest, a live machine": "SELECT api.get_latest_sensor_data('press-01')",
    "sensors/data, default span": "SELECT api.list_sensor_data('press-01')",
    "sensors/data, default span, history only": "SELECT api.list_sensor_data('history-1')",
    "sensors/data, all years, first page and total": "SELECT api.list_sensor_data('history-1', start => '1990-01-01')",
    "explain an alarm": "SELECT count(*) FROM alarm.explain((SELECT max(id) FROM alarm.alarm WHERE sensor_id IS NOT NULL))",
    "count of a machine's points, all years": "SELECT count(*) FROM public.sensor_data WHERE device_id = 'history-1'",
    "judge_derived": "SELECT alarm.judge_derived()",
    "report.storage": "SELECT count(*) FROM report.storage",
    "ops.metrics and health": "SELECT count(*), ops.health() FROM ops.metrics()",
}


class Probe:
    """Speaks every PERIOD and keeps the worst stall of each phase, in seconds."""

    def __init__(self, client: mqtt.Client, database: str) -> None:
        self.client = client
        self.connection = psycopg.connect(database, autocommit=True, application_name="bench history")
        self.phase = "before"
        self.worst: dict[str, float] = {}
        self.all: dict[str, list[float]] = {}
        self.running = True
        self.threads = [threading.Thread(target=self.speak), threading.Thread(target=self.watch)]
        for thread in self.threads:
            thread.start()

    def speak(self) -> None:
        while self.running:
            self.client.publish("factory/probe/pulse", json.dumps({"time": time.time(), "value": 1}), qos=1)
            time.sleep(PERIOD)

    def watch(self) -> None:
        query = """SELECT extract(epoch FROM l.time)::float8 FROM telemetry.latest AS l
            JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.equipment_id = 'probe' AND isfinite(l.time)"""
        while self.running:
            row = self.connection.execute(query).fetchone()
            if row:
                stall = max(0.0, time.time() - row[0])
                self.worst[self.phase] = max(self.worst.get(self.phase, 0.0), stall)
                self.all.setdefault(self.phase, []).append(stall)
            time.sleep(PERIOD)

    def stop(self) -> None:
        self.running = False
        for thread in self.threads:
            thread.join()


def publish_history(client: mqtt.Client, sensors: int, years: int) -> int:
    """Arrays of ten years of one sensor each, the way a replaying gateway sends them; at most 20 under way."""
    now = int(time.time())
    waiting: list[mqtt.MQTTMessageInfo] = []
    sent = 0
    for number in range(sensors):
        topic = f"factory/history-{number // 10 + 1}/s{number % 10}"
        days = list(range(8, years * 365 - 1))
        for first in range(0, len(days), POINTS_A_MESSAGE):
            part = days[first : first + POINTS_A_MESSAGE]
            points = [{"time": now - day * DAY + (number * 37 + day * 11) % 3600, "value": (number + day) % 100} for day in part]
            waiting.append(client.publish(topic, json.dumps(points), qos=1))
            sent += len(part)
            while len(waiting) > 20:
                waiting.pop(0).wait_for_publish(120)
    for message in waiting:
        message.wait_for_publish(120)
    return sent


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mqtt-port", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--sensors", type=int, default=1000)
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--stall", type=float, default=2)
    parser.add_argument("--query", type=float, default=200)
    options = parser.parse_args()

    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="bench-history", protocol=mqtt.MQTTv311)
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", options.mqtt_port, keepalive=600)
    client.loop_start()
    database = psycopg.connect(options.database, autocommit=True)

    def ask(query: str) -> float:
        row = database.execute(query).fetchone()
        assert row is not None
        return float(row[0])

    database.execute(
        """INSERT INTO alarm.rule (name, condition, high, select_equipment, chatter_count) VALUES ('bench: pulse', 'above', 0, '{probe}', NULL);
           INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('bench: silence', 'no_data', 60, '{press-01,press-02,history-1}')"""
    )
    probe = Probe(client, options.database)
    time.sleep(15)

    times: dict[str, float] = {}

    def phase(name: str, ends: "object") -> None:
        probe.phase, began = name, time.monotonic()
        assert callable(ends)
        while not ends():
            time.sleep(0.5)
        times[name] = time.monotonic() - began

    probe.phase, began = "history arrives", time.monotonic()
    live_before = ask("SELECT count(*) FROM telemetry.reading WHERE time > now() - INTERVAL '1 day'")
    sent = publish_history(client, options.sensors, options.years)
    times["history arrives"] = time.monotonic() - began
    live = ask("SELECT count(*) FROM telemetry.reading WHERE time > now() - INTERVAL '1 day'") - live_before

    def accepted() -> bool:
        return ask("SELECT (SELECT moved FROM telemetry.history_lane) + (SELECT count(*) FROM ingest.backlog)") + inline() >= sent

    def inline() -> float:
        return ask("SELECT count(*) FROM telemetry.reading WHERE time < now() - INTERVAL '7 days'") - ask("SELECT moved - duplicates FROM telemetry.history_lane")

    phase("the lane moves it", lambda: accepted() and ask("SELECT count(*) FROM ingest.backlog") == 0)
    old = "coalesce(lower(period), '-infinity') < now() - INTERVAL '8 days'"

    def followed() -> bool:
        # not to wait for the schedule of ten minutes
        database.execute("UPDATE ops.job SET next_start = now() WHERE name LIKE 'refresh%' AND running_since IS NULL")
        return ops_edition(database) != "apache" or ask(f"SELECT count(*) FROM compat.invalidation WHERE {old}") == 0

    phase("aggregates follow", followed)
    probe.phase = "questions"

    answers: dict[str, float] = {}
    for name, query in QUESTIONS.items():
        runs = []
        for _ in range(5):
            began = time.perf_counter()
            database.execute(query).fetchall()
            runs.append((time.perf_counter() - began) * 1000)
        answers[name] = statistics.median(runs)
    probe.stop()

    stored = ask("SELECT count(*) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id LIKE 'history-%'")
    chunks = ask("SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_schema = 'telemetry' AND hypertable_name = 'reading'")
    counted = ask("SELECT sum(count) FROM rollup.reading_1h AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id LIKE 'history-%'")
    alarms = ask("SELECT count(*) FROM alarm.alarm WHERE equipment_id LIKE 'history-%' AND condition <> 'no_data'")
    worst = max(probe.worst.values())
    print(f"{sent:,} points of {options.sensors:,} sensors over {options.years} years, {datetime.date.today()}; {live / times['history arrives']:,.0f} live points/s meanwhile")
    for name, seconds in times.items():
        print(f"    {name:<40} {seconds:8.1f} s")
    print("stall of live points, seconds: median, 99 %, worst")
    for name, stalls in probe.all.items():
        stalls.sort()
        print(f"    {name:<40} {statistics.median(stalls):8.3f} {stalls[int(len(stalls) * 0.99)]:8.3f} {stalls[-1]:8.3f}")
    print("questions, ms (median of five)")
    for name, milliseconds in answers.items():
        print(f"    {name:<50} {milliseconds:8.1f}")
    print(f"stored {stored:,.0f}, in the hours {counted:,.0f}, chunks {chunks:.0f}, alarms of history {alarms:.0f}")
    slow = [name for name, milliseconds in answers.items() if milliseconds > options.query]
    print(json.dumps({"sent": sent, "stored": stored, "counted": counted, "chunks": chunks, "worst_stall": worst, "seconds": times, "questions_ms": answers}))
    failures = [f"{name} is too slow" for name in slow]
    if worst > options.stall:
        failures.append(f"live points stood still for {worst:.1f} s")
    if stored != sent or counted != sent or alarms:
        failures.append("what was stored is not what was sent")
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


def ops_edition(database: "psycopg.Connection[tuple[object, ...]]") -> str:
    row = database.execute("SELECT ops.edition()").fetchone()
    assert row is not None
    return str(row[0])


if __name__ == "__main__":
    sys.exit(main())
