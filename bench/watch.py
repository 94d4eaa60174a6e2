#!/usr/bin/env python3
"""Looks at thin's metrics every 20 ms: when did the first of N messages arrive, when was the last committed and acknowledged?

Prints {"messages", "rows", "first", "last", "batches", "commit_seconds"} with Unix times; the last two tell how much of the
time went into the database. The clock starts at the last look at which nothing had been committed
yet, or with --since-start when the process started: never too late. --settled instead waits until the counters stand
still for a second.
"""

import argparse
import http.client
import json
import sys
import time
import urllib.parse

MESSAGES, POINTS = "thin_mqtt_messages_total", "thin_points_stored_total"
BATCHES, COMMITS = "thin_ingest_batch_seconds_count", "thin_ingest_batch_seconds_sum"


class Metrics:
    def __init__(self, url: str) -> None:
        self.parts = urllib.parse.urlsplit(url)
        self.connection: http.client.HTTPConnection | None = None

    def read(self) -> dict[str, float] | None:
        if not self.connection:
            self.connection = http.client.HTTPConnection(self.parts.hostname, self.parts.port, timeout=10)
        try:
            self.connection.request("GET", self.parts.path)
            text = self.connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            self.connection = None
            return None
        values: dict[str, float] = {}
        for line in text.splitlines():
            if line and line[0] != "#":
                name, value = line.rsplit(" ", 1)
                name = name.split("{")[0]
                values[name] = values.get(name, 0) + float(value)
        return values


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--metrics", required=True)
    parser.add_argument("--messages", type=int, default=0)
    parser.add_argument("--settled", action="store_true")
    parser.add_argument("--since-start", action="store_true")
    parser.add_argument("--timeout", type=float, default=600)
    options = parser.parse_args()
    metrics = Metrics(options.metrics)
    deadline = time.time() + options.timeout
    began: tuple[float, ...] | None = None
    seen = 0.0
    first = changed = time.time()
    while time.time() < deadline:
        now = time.time()
        values = metrics.read()
        if values is None:  # not up yet
            time.sleep(0.02)
            continue
        messages, points = values.get(MESSAGES, 0), values.get(POINTS, 0)
        if began is None:
            now_there = (messages, points, values.get(BATCHES, 0), values.get(COMMITS, 0))
            began, seen = ((0, 0, 0, 0), -1) if options.since_start else (now_there, messages)
        if messages != seen:
            changed, seen = time.time(), messages
        if messages <= began[0]:
            first = now
        if options.settled:
            if time.time() - changed > 1:
                return 0
        elif messages - began[0] >= options.messages:
            if options.since_start:
                first = values["process_start_time_seconds"]
            print(json.dumps({"messages": int(messages - began[0]), "rows": int(points - began[1]), "first": first, "last": time.time(),
                              "batches": int(values.get(BATCHES, 0) - began[2]), "commit_seconds": values.get(COMMITS, 0) - began[3]}))
            return 0
        time.sleep(0.02)
    print(f"after {options.timeout:.0f} s: {seen - (began or (0, 0))[0]:.0f} of {options.messages} messages", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
