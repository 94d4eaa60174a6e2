#!/usr/bin/env python3
"""200 alarms a second for a minute, raised and cleared, from MQTT to a WebSocket client: what is lost, doubled or out of order?

Each second each of 200 machines goes over the limit of the rule "bench: probe" and half a second later comes back. Prints one JSON
object: how many raises and clears were sent and told, gaps in the sequence numbers, machines whose story is not "raised, cleared"
again and again with the values that were sent, and percentiles of the time from publishing to arrival in milliseconds.
"""

import argparse
import json
import os
import pathlib
import sys
import threading
import time

import paho.mqtt.client as mqtt

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
from latency import percentile  # noqa: E402
from listen import Closed, WebSocket  # noqa: E402

SLOTS = 20


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mqtt-port", type=int, required=True)
    parser.add_argument("--websocket", required=True)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=200, help="alarms a second; a multiple of 20")
    options = parser.parse_args()

    run = format(int(time.time()), "x")
    devices = [f"sustained-{run}-{i}" for i in range(options.rate)]
    stories: dict[str, list[tuple[str, float]]] = {device: [] for device in devices}
    published: dict[tuple[str, float], float] = {}
    delays: list[float] = []
    sequence: list[int] = []
    wanted = 2 * options.rate * options.seconds
    websocket = WebSocket(options.websocket, os.environ["TOKEN"])

    def read() -> None:
        told = 0
        try:
            while told < wanted:
                text = websocket.receive(30)
                now = time.perf_counter()
                message = json.loads(text)
                if message.get("type") != "notification":
                    continue
                sequence.append(message["seq"])
                data = message.get("data") or {}
                story = stories.get(data.get("device_id") or "")
                if story is not None and data.get("event") in ("raised", "cleared"):
                    story.append((data["event"], data["value"]))
                    told += 1
                    delays.append(now - published.get((data["device_id"], data["value"]), now))
        except (TimeoutError, Closed, ConnectionError, OSError) as error:
            print(f"after {told} of {wanted}: {error}", file=sys.stderr)

    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="sustained", protocol=mqtt.MQTTv311)
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", options.mqtt_port)
    client.loop_start()
    # made known first: that the first message of a machine registers it is not what is measured
    for device in devices:
        client.publish(f"factory/{device}/load", json.dumps({"time": time.time() - 1, "value": 1.0}), qos=1)
    time.sleep(3)
    reader = threading.Thread(target=read)
    reader.start()

    def send(group: int, value: float) -> None:
        for device in devices[group::SLOTS]:
            published[device, value] = time.perf_counter()
            client.publish(f"factory/{device}/load", json.dumps({"time": time.time(), "value": value}), qos=1)

    start = time.perf_counter()
    last = options.seconds * SLOTS
    for slot in range(last + SLOTS // 2):
        time.sleep(max(0.0, start + slot / SLOTS - time.perf_counter()))
        if slot < last:
            send(slot % SLOTS, 2000.0 + slot // SLOTS)
        if slot >= SLOTS // 2:
            send((slot - SLOTS // 2) % SLOTS, float((slot - SLOTS // 2) // SLOTS))
    reader.join(60)
    client.loop_stop()
    client.disconnect()
    websocket.close()
    expected = [step for second in range(options.seconds) for step in (("raised", 2000.0 + second), ("cleared", float(second)))]
    milliseconds = sorted(delay * 1000 for delay in delays)
    print(json.dumps({
        "sent": wanted, "received": sum(len(story) for story in stories.values()),
        "gaps": sum(1 for before, after in zip(sequence, sequence[1:]) if after != before + 1),
        "machines": len(devices), "wrong_stories": sum(1 for story in stories.values() if story != expected),
        "p50_ms": percentile(milliseconds, 0.5) if milliseconds else None, "p99_ms": percentile(milliseconds, 0.99) if milliseconds else None}))
    return 0 if all(story == expected for story in stories.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
