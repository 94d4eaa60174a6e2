#!/usr/bin/env python3
"""Latency of an alarm: from publishing a value over a rule's limit to its arrival at a WebSocket client.

Publishes one crossing after the other, each on a machine of its own (so that no alarm is held back as chatter), at a steady pace
with a little jitter (so that it does not beat with the batches), while the simulator keeps up the background load. Both
ends are this process, so one clock measures. Prints one JSON object with percentiles in milliseconds; relay_p50_ms is the part
after the outbox row was written: the commit, waking the relay, fetching and sending.
"""

import argparse
import datetime
import json
import os
import pathlib
import random
import sys
import threading
import time

import paho.mqtt.client as mqtt

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
from listen import Closed, WebSocket  # noqa: E402


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mqtt-port", type=int, required=True)
    parser.add_argument("--websocket", required=True)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--rate", type=float, default=20, help="crossings a second")
    parser.add_argument("--limit", type=float, default=1000, help="the rule's limit")
    options = parser.parse_args()

    published: dict[str, float] = {}
    received: dict[str, float] = {}
    written: dict[str, float] = {}
    failure: list[str] = []
    websocket = WebSocket(options.websocket, os.environ["TOKEN"])

    def read() -> None:
        try:
            while len(received) < options.count:
                text = websocket.receive(30)
                now, wall = time.perf_counter(), time.time()
                message = json.loads(text)
                data = message.get("data") or {}
                device = data.get("device_id") or data.get("equipment_id") or ""
                if device in published and device not in received:
                    received[device] = now
                    written[device] = wall - datetime.datetime.fromisoformat(message["timestamp"]).timestamp()
        except (TimeoutError, Closed, ConnectionError, OSError) as error:
            failure.append(str(error))

    reader = threading.Thread(target=read)
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="latency-probe", protocol=mqtt.MQTTv311)
    client.connect("127.0.0.1", options.mqtt_port)
    client.loop_start()
    run = format(int(time.time()), "x")
    # The machines are made known first: that the first message of a machine registers it is not what is measured.
    devices = [f"probe-{run}-{i}" for i in range(options.count)]
    for device in devices:
        client.publish(f"factory/{device}/load", json.dumps({"time": time.time() - 1, "value": 1.0}), qos=1)
    time.sleep(3)
    reader.start()
    for device in devices:
        payload = json.dumps({"time": time.time(), "value": options.limit * 2})
        published[device] = time.perf_counter()
        client.publish(f"factory/{device}/load", payload, qos=1)
        time.sleep(random.uniform(0.5, 1.5) / options.rate)
    reader.join(35)
    client.loop_stop()
    client.disconnect()
    websocket.close()
    milliseconds = sorted((received[d] - published[d]) * 1000 for d in received)
    if not milliseconds:
        print(f"no notification came: {failure}", file=sys.stderr)
        return 1
    print(json.dumps({
        "published": len(published), "received": len(received), "p50_ms": percentile(milliseconds, 0.5), "p90_ms": percentile(milliseconds, 0.9),
        "p99_ms": percentile(milliseconds, 0.99), "max_ms": milliseconds[-1],
        "relay_p50_ms": percentile(sorted(written.values()), 0.5) * 1000}))
    return 0 if len(received) == len(published) else 1


if __name__ == "__main__":
    sys.exit(main())
