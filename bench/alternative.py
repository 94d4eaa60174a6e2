#!/usr/bin/env python3
"""The obvious alternative, as a good Python developer writes it in an afternoon: paho-mqtt in, psycopg out.

Subscribes to the three-phase topics with QoS 1, parses each message (orjson), and writes three rows a message into a hypertable
with the same primary key as telemetry.reading, a batch of messages per transaction, ON CONFLICT DO NOTHING. It does
less than `thin`: no registry of unknown equipment beyond a dictionary, no quarantine, no latest values, no aggregates'
invalidation, no rules, and paho acknowledges when the callback returns, so before the commit: a crash loses what was in hand.

Prints one JSON object a second: messages received, rows committed. Ends after --messages, or on SIGTERM.
"""

import argparse
import json
import queue
import signal
import sys
import threading
import time
from datetime import datetime, timezone

import orjson
import paho.mqtt.client as mqtt
import psycopg

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS alternative;
CREATE TABLE IF NOT EXISTS alternative.sensor (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, device text, axis text, UNIQUE (device, axis));
CREATE TABLE IF NOT EXISTS alternative.reading (
    time timestamptz NOT NULL, value float8 NOT NULL, sensor_id integer NOT NULL, quality smallint NOT NULL DEFAULT 0,
    is_historical boolean NOT NULL DEFAULT false, PRIMARY KEY (sensor_id, time));
SELECT create_hypertable('alternative.reading', by_range('time', INTERVAL '1 day'), create_default_indexes => false, if_not_exists => true);
"""
AXES = ("x", "y", "z")
ROW = "INSERT INTO alternative.reading (time, sensor_id, value) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


def parse_time(value) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, timezone.utc)


class Sensors:
    """(device, axis) -> id, made when first seen."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.known: dict[tuple[str, str], int] = {}

    def __getitem__(self, key: tuple[str, str]) -> int:
        if key not in self.known:
            row = self.connection.execute(
                "INSERT INTO alternative.sensor (device, axis) VALUES (%s, %s) ON CONFLICT (device, axis) DO UPDATE SET axis = excluded.axis "
                "RETURNING id", key).fetchone()
            self.known[key] = row[0]
        return self.known[key]


def write(connection: psycopg.Connection, sensors: Sensors, batch: list[bytes], method: str) -> int:
    rows = []
    for payload in batch:
        message = orjson.loads(payload)
        at = parse_time(message["timestamp"])
        for axis in AXES:
            rows.append((at, sensors[message["device"], axis], float(message[axis])))
    with connection.cursor() as cursor:
        if method == "executemany":  # pipelined and prepared by psycopg 3
            cursor.executemany(ROW, rows)
        elif method == "values":  # one statement with many rows, what psycopg2's execute_values did
            for start in range(0, len(rows), 10_000):
                part = rows[start:start + 10_000]
                cursor.execute("INSERT INTO alternative.reading (time, sensor_id, value) VALUES "
                               + ",".join(["(%s,%s,%s)"] * len(part)) + " ON CONFLICT DO NOTHING",
                               [value for row in part for value in row])
        else:  # arrays: a row set in three parameters
            cursor.execute("INSERT INTO alternative.reading (time, sensor_id, value) "
                           "SELECT * FROM unnest(%s::timestamptz[], %s::int[], %s::float8[]) ON CONFLICT DO NOTHING",
                           tuple(map(list, zip(*rows))))
    connection.commit()
    return len(rows)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--mqtt-port", type=int, required=True)
    parser.add_argument("--topic", default="unity/sensors/+/data")
    parser.add_argument("--batch", type=int, default=1000, help="messages a transaction")
    parser.add_argument("--messages", type=int, default=0, help="end after so many")
    parser.add_argument("--method", choices=("executemany", "values", "unnest"), default="executemany")
    parser.add_argument("--client-id", default="alternative")
    parser.add_argument("--subscribe-only", action="store_true", help="make the persistent session, then leave")
    options = parser.parse_args()

    inbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    subscribed = threading.Event()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=options.client_id, protocol=mqtt.MQTTv311, clean_session=False)
    client.on_connect = lambda c, *_: c.subscribe(options.topic, qos=1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _c, _u, message: inbox.put(message.payload)
    signal.signal(signal.SIGTERM, lambda *_: inbox.put(None))

    connection = psycopg.connect(options.database)
    connection.execute(SCHEMA)
    connection.commit()
    sensors = Sensors(connection)
    client.connect("127.0.0.1", options.mqtt_port, keepalive=60)
    client.loop_start()
    if not subscribed.wait(10):
        print("no SUBACK", file=sys.stderr)
        return 1
    if options.subscribe_only:
        client.disconnect()
        client.loop_stop()
        return 0

    messages = rows = 0
    first = last = reported = time.time()
    ended = False
    while not ended and (not options.messages or messages < options.messages):
        try:
            batch = [inbox.get(timeout=1)]
        except queue.Empty:
            batch = []
        while batch and len(batch) < options.batch:
            try:
                batch.append(inbox.get_nowait())
            except queue.Empty:
                break
        if None in batch:
            ended = True
            batch = [payload for payload in batch if payload is not None]
        if batch:
            if not messages:
                first = time.time()
            rows += write(connection, sensors, batch, options.method)
            messages += len(batch)
            last = time.time()
        if time.time() - reported >= 1 or ended or (options.messages and messages >= options.messages):
            reported = time.time()
            print(json.dumps({"messages": messages, "rows": rows, "first": first, "last": last}), flush=True)
    client.disconnect()
    client.loop_stop()
    connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
