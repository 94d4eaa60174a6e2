#!/usr/bin/env python3
"""Feeds the faces of a running stack with spoilt and nearly valid input: HTTP (raw bytes, and requests by the OpenAPI
document), WebSocket frames, MQTT messages, and the decoders in SQL. Called by scripts/fuzz; standard library alone.

After each batch something good must work: a request is answered, a message is stored. A 5xx, an answer that does not come
within 5 s, a good message that is not stored, a thin that is gone or keeps growing is a finding: printed, and the exit
code is 1. Each batch is made from (seed, face, number of the batch) alone.
"""
import argparse
import base64
import json
import os
import random
import socket
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

PATIENCE = 5.0  # seconds for an answer
BATCH = 200
GROWTH_MB = 400  # of thin's resident memory over the whole run

TEXTS = ["", "a", "'", "%", "\\", "\u202e", "\ufeff", "\U0001f980", "NaN", "infinity", "-1", "0", "1e309", "2026-01-01T00:00:00Z",
         "294277-01-01", "9223372036854775808", "null", "x" * 3000, "178000000 years", "{}", "true", "press-1", "../..", "1.5"]
SCALARS = ["null", "true", "0", "-0", "-1", "1e308", "1e309", "5e-324", "1e-400", "123456789012345678901234567890", '""', '"a"',
           '"\\u0000"', '"\\ud800"', '"infinity"', '"9999-12-31T23:59:59Z"', "[]", "{}", "nul", "01", '"' + "x" * 5000 + '"',
           '{"a":1,"\\u0061":2}', "[" * 100, "1e131071", "\ufeff", "-9999", "3.4e38"]


class Finding(Exception):
    pass


def spoil(rng, data):
    """One to eight changes of bytes."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data)) if data else 0
        kind = rng.randrange(6)
        if kind == 0 and data:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and data:
            data[at] = rng.randrange(256)
        elif kind == 2:
            del data[at:at + rng.randint(1, 16)]
        elif kind == 3:
            data[at:at] = data[at:at + rng.randint(1, 64)]
        elif kind == 4:
            data[at:at] = rng.choice([b"\r\n", b"\n", b"\r", b"\0", b":", b" ", b"\t", b"0", b"ffffffffffffffff", b"chunked", b"%00",
                                      b"\xff", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: y\r\n"])
        else:
            del data[at:]
    return bytes(data)


def made_json(rng, depth=0):
    kind = rng.randrange(4 if depth > 4 else 6)
    if kind < 4:
        return rng.choice(SCALARS)
    names = ["time", "value", "unit", "quality", "values", "device", "timestamp", "x", "y", "z", "vibe", "features", "power", "a", ""]
    if kind == 4:
        return "[" + ",".join(made_json(rng, depth + 1) for _ in range(rng.randrange(5))) + "]"
    return "{" + ",".join(json.dumps(rng.choice(names)) + ":" + made_json(rng, depth + 1) for _ in range(rng.randrange(6))) + "}"


class HTTP:
    def __init__(self, args):
        self.host, self.port = args.http.split(":")
        self.key = args.key

    def connect(self):
        sock = socket.create_connection((self.host, int(self.port)), timeout=PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def exchange(self, data):
        """Sends, says that nothing more comes, and reads until the peer closes."""
        with self.connect() as sock:
            try:
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            answer = b""
            try:
                while len(answer) < 1 << 22:
                    part = sock.recv(65536)
                    if not part:
                        break
                    answer += part
            except ConnectionResetError:
                pass
            except TimeoutError as error:
                raise Finding(f"no end within {PATIENCE} s after {answer[:80]!r}") from error
        return answer

    def request(self, method, target, body=None, headers=""):
        if body is not None:
            headers += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        head = f"{method} {target} HTTP/1.1\r\nHost: fuzz\r\nX-API-Key: {self.key}\r\nConnection: close\r\n{headers}\r\n"
        return head.encode() + (body or b"")

    def check(self, answer):
        for line in answer.split(b"\r\n"):
            if line.startswith(b"HTTP/1.1 5") and not line.startswith(b"HTTP/1.1 501"):
                raise Finding(f"{line.decode(errors='replace')}: {answer[-600:]!r}")

    def try_all(self, requests):
        """Several at once; the first finding is thrown, with the request."""
        def one(data):
            try:
                self.check(self.exchange(data))
            except Finding as finding:
                raise Finding(f"{finding}: {base64.b64encode(data[:4000]).decode()}") from finding
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(one, requests))
        self.good()
        return len(requests)

    def good(self):
        answer = self.exchange(self.request("GET", "/api/v1/equipment?limit=1"))
        if not answer.startswith(b"HTTP/1.1 200"):
            raise Finding(f"a good request: {answer[:300]!r}")


class RawHTTP(HTTP):
    name = "http_raw"

    def batch(self, rng):
        shapes = [
            self.request("GET", "/api/v1/equipment?limit=1"), self.request("GET", "/v2/health/live"),
            self.request("POST", "/api/v1/sensors/data", b'{"device_id": "fuzz-1", "sensor_type": "t", "value": 1}'),
            b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"10;a=b\r\n{\"username\":\"a\",\r\n0f\r\n\"password\":\"b\"}\r\n0\r\nX: y\r\n\r\n",
            b"GET /docs HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\nGET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /api/v1/notifications/ws/notifications?after=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            b"OPTIONS * HTTP/1.0\r\nExpect: 100-continue\r\nIdempotency-Key: a\r\n\r\n",
        ]
        requests = []
        for _ in range(BATCH):
            data = spoil(rng, rng.choice(shapes))
            requests.append(data + rng.choice(shapes) if rng.randrange(8) == 0 else data)
        return self.try_all(requests)


class StructuredHTTP(HTTP):
    name = "http_requests"

    def __init__(self, args):
        super().__init__(args)
        document = json.loads(self.exchange(self.request("GET", "/openapi.json")).split(b"\r\n\r\n", 1)[1])
        self.schemas = document["components"]["schemas"]
        # ends sessions and keys, or is a WebSocket
        out = ("/auth/logout", "/ws/", "/settings/", "/users/")
        self.operations = [(method.upper(), path, operation) for path, methods in document["paths"].items()
                           for method, operation in methods.items() if not any(part in path for part in out)]

    def resolve(self, schema):
        while isinstance(schema, dict) and "$ref" in schema:
            schema = self.schemas.get(schema["$ref"].rsplit("/", 1)[1], {})
        return schema if isinstance(schema, dict) else {}

    def value(self, rng, schema, depth=0):
        schema = self.resolve(schema)
        if rng.randrange(6) == 0 or depth > 5:
            return rng.choice(SCALARS)
        for member in ("oneOf", "anyOf"):
            if member in schema:
                return self.value(rng, rng.choice(schema[member]), depth + 1)
        if "enum" in schema:
            return json.dumps(rng.choice(schema["enum"]))
        kinds = schema.get("type", "string")
        kind = rng.choice(kinds) if isinstance(kinds, list) else kinds
        if kind == "object":
            members = [f"{json.dumps(name)}:{self.value(rng, inner, depth + 1)}" for name, inner in schema.get("properties", {}).items()
                       if name in schema.get("required", []) or rng.randrange(3) == 0]
            return "{" + ",".join(members) + "}"
        if kind == "array":
            return "[" + ",".join(self.value(rng, schema.get("items", {}), depth + 1) for _ in range(rng.randrange(4))) + "]"
        if kind in ("integer", "number"):
            return str(rng.choice([0, 1, 2, -1, 7.5, 10 ** 9, 2 ** 31, 2 ** 63, 1e308, rng.randrange(1000)]))
        return {"boolean": "true", "null": "null"}.get(kind) or json.dumps(rng.choice(TEXTS + ["press-1", "fuzz-1", "high", "P1D"]))

    def batch(self, rng):
        requests = []
        for _ in range(BATCH):
            method, path, operation = rng.choice(self.operations)
            query = []
            for parameter in operation.get("parameters", []):
                parameter = parameter if "name" in parameter else {"in": "header", "name": ""}
                text = rng.choice(TEXTS + ["1", "1", "press-1", "fuzz-1"])
                if parameter["in"] == "path":
                    path = path.replace("{" + parameter["name"] + "}", quote(text or "1", safe=""))
                elif parameter["in"] == "query" and (parameter.get("required") or rng.randrange(3) == 0):
                    query.append(f"{quote(parameter['name'])}={quote(text[:2000], safe='')}")
            body = None
            if "requestBody" in operation:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                body = self.value(rng, schema).encode("utf-8", "surrogatepass")
            requests.append(self.request(method, path + ("?" + "&".join(query) if query else ""), body))
        return self.try_all(requests)


class WebSocket(HTTP):
    name = "websocket"
    FRAMES = 50

    def open(self, headers=""):
        sock = self.connect()
        sock.sendall((f"GET /api/v1/notifications/ws/notifications HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n").encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = sock.recv(65536)
            if not part:
                break
            answer += part
        if not answer.startswith(b"HTTP/1.1 101"):
            raise Finding(f"no WebSocket: {answer[:200]!r}")
        return sock, answer.split(b"\r\n\r\n", 1)[1]

    def frame(self, rng):
        payload = rng.choice([b"", b"{}", b'{"access_token": "x"}', b'{"access_token": "x", "after": -1}', made_json(rng).encode("utf-8", "surrogatepass"),
                              rng.randbytes(rng.randrange(300)), b"\x03\xe8", b"\x03", b"\xff\xff" + b"x" * 123, b"\xc3\x28"])
        mask = rng.randbytes(4)
        first = rng.choice([0x81, 0x82, 0x01, 0x80, 0x00, 0x88, 0x89, 0x8A, 0xC1, 0x8B, 0xF1, rng.randrange(256)])
        size = rng.choice([len(payload)] * 6 + [2 ** 63, 2 ** 31, 70000, 0])
        flag = 0x80 if rng.randrange(10) else 0
        if size < 126:
            head = struct.pack("!BB", first, flag | size)
        elif size < 65536:
            head = struct.pack("!BBH", first, flag | 126, size)
        else:
            head = struct.pack("!BBQ", first, flag | 127, size)
        masked = bytes(byte ^ mask[index & 3] for index, byte in enumerate(payload)) if flag else payload
        return head + (mask if flag else b"") + masked

    def batch(self, rng):
        tried = 0
        for _ in range(BATCH // self.FRAMES):
            sock, _ = self.open(f"X-API-Key: {self.key}\r\n" if rng.randrange(2) else "")
            with sock:
                try:
                    for _ in range(self.FRAMES):
                        tried += 1
                        sock.sendall(self.frame(rng))
                    sock.shutdown(socket.SHUT_WR)
                    while sock.recv(65536):
                        pass
                except TimeoutError as error:
                    raise Finding("a WebSocket that was closed stays open") from error
                except OSError:
                    pass  # it was closed under us, as it should be
        sock, rest = self.open(f"X-API-Key: {self.key}\r\n")
        with sock:
            if not rest and not sock.recv(65536):
                raise Finding("a good WebSocket is closed")
        return tried


class MQTT(HTTP):
    name = "mqtt"

    def __init__(self, args):
        super().__init__(args)
        host, port = args.mqtt.split(":")
        self.sock = socket.create_connection((host, int(port)), timeout=PATIENCE)
        identifier = b"fuzz-publisher"
        self.packet(0x10, b"\0\4MQTT\4\2\0\0" + struct.pack("!H", len(identifier)) + identifier)
        if self.sock.recv(4)[:1] != b"\x20":
            raise Finding("the broker refuses us")
        self.number = 0
        self.expected = None

    def packet(self, first, body):
        size, length = len(body), b""
        while True:
            length += bytes([size % 128 | (0x80 if size >= 128 else 0)])
            size //= 128
            if not size:
                break
        self.sock.sendall(bytes([first]) + length + body)

    def publish(self, messages):
        for topic, payload in messages:
            self.number = self.number % 60000 + 1
            self.packet(0x32, struct.pack("!H", len(topic)) + topic + struct.pack("!H", self.number) + payload)
        missing = 4 * len(messages)
        while missing > 0:
            part = self.sock.recv(min(65536, missing))
            if not part:
                raise Finding("the broker closed the connection")
            missing -= len(part)

    def message(self, rng):
        word = rng.choice(["fuzz-1", "fuzz-2", "press-1", "_x", "x" * 65, "x" * rng.randrange(6000), "\u00e9", "a b", "'", "%", "..", "\U0001f980"])
        topic = rng.choice(["factory/{}/t", "factory/{}", "factory/fuzz-1/{}", "unity/sensors/{}/data", "unity/sensors/{}/vibration",
                            "serve-ml/{}/features", "waveform/{}/vibration", "waveform/fuzz-1/{}"]).format(word)
        good = rng.choice(['{"time": 1700000000, "value": 1}', '[{"value": 1}, {"value": 2}]', "7.5", '{"values": {"a": 1, "b": 2}}',
                           '{"device": "fuzz-1", "timestamp": 1, "x": 1, "y": 2, "z": 3}', '{"timestamp": "now", "vibe": 3}',
                           '{"power": "1", "features": {"a": 1}}', '{"sample_rate_hz": 100, "axes": {"x": [1, 2, 3]}}'])
        kind = rng.randrange(4)
        if kind == 0:
            payload = made_json(rng).encode("utf-8", "surrogatepass")
        elif kind == 1:
            payload = rng.randbytes(rng.randrange(200))
        else:
            payload = spoil(rng, good.encode())
        return topic.encode()[:65000], payload

    def batch(self, rng):
        self.publish([self.message(rng) for _ in range(BATCH)])
        value = rng.randrange(10 ** 9)
        self.publish([(b"factory/fuzz-good/counter", json.dumps({"value": value}).encode())])
        until = time.monotonic() + 60
        while time.monotonic() < until:
            answer = self.exchange(self.request("GET", "/api/v1/sensors/data/fuzz-good/latest"))
            if str(value).encode() in answer:
                return BATCH + 1
            time.sleep(0.05)
        raise Finding(f"a good message is not stored after 60 s: {answer[-300:]!r}")


class Decoders(HTTP):
    """ingest.accept with what the database makes up itself: hundreds of thousands of messages a minute."""
    name = "sql_decoders"
    MESSAGES = 4000
    SCRIPT = r"""
        SET client_min_messages = warning;
        SELECT setseed({seed});
        BEGIN;
        CREATE TEMPORARY TABLE made ON COMMIT DROP AS
        SELECT replace((ARRAY['factory/{{}}/t', 'factory/{{}}', 'factory/fuzz-1/{{}}', 'unity/sensors/{{}}/data', 'unity/sensors/{{}}/vibration',
                    'nobody/{{}}', '{{}}'])[1 + floor(random() * 7 + 0 * g)],
                '{{}}', (ARRAY['fuzz-1', 'fuzz-2', '_x', repeat('x', 65), md5(g::text), 'a b', '''', '%', 'é'])[1 + floor(random() * 9 + 0 * g)]) AS topic,
            CASE WHEN random() < 0.1 THEN NULL
                WHEN random() < 0.5 THEN overlay(b.base PLACING t.token FROM 1 + floor(random() * length(b.base))::integer FOR floor(random() * 8)::integer)
                ELSE left(b.base, floor(random() * length(b.base))::integer) || t.token || right(b.base, floor(random() * 12)::integer) END AS payload
        FROM generate_series(1, {messages}) AS g
        CROSS JOIN LATERAL (SELECT (ARRAY['{{"time": 1700000000, "value": 1}}', '[{{"value": 1}}, {{"value": 2, "quality": "bad"}}]', '7.5',
            '{{"time": "2026-01-01T00:00:00Z", "values": {{"a": 1, "b": 2e300}}}}', '{{"device": "fuzz-1", "timestamp": 1, "x": 1, "y": 2, "z": 3}}',
            '{{"timestamp": "2026-01-01", "vibe": 3}}'])[1 + floor(random() * 6 + 0 * g)] AS base) AS b
        CROSS JOIN LATERAL (SELECT (ARRAY['', '1e309', '1e-400', '-1e308', '"', '[', '{{', '\u0000', '\ud800', 'null', 'infinity', '"294277-01-01"', 'NaN',
            '{{"value": ', ',"value":', '9e999999', '-0', 'é', E'\x01', '[[[[', '"time": "epoch"', '"quality": 99999', repeat('9', 400)])
            [1 + floor(random() * 23 + 0 * g)] AS token) AS t;
        SELECT * FROM ingest.accept((SELECT array_agg(topic) FROM made), (SELECT array_agg(payload) FROM made),
            (SELECT array_agg(CASE WHEN payload IS NULL THEN '\xff00'::bytea END) FROM made), (SELECT array_agg(now()) FROM made));
        {end};
    """

    def __init__(self, args):
        super().__init__(args)
        self.psql, self.database = args.psql, args.database

    def batch(self, rng):
        script = self.SCRIPT.format(seed=rng.uniform(-1, 1), messages=self.MESSAGES, end="COMMIT" if rng.randrange(4) == 0 else "ROLLBACK")
        try:
            done = subprocess.run([self.psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.database], input=script, text=True,
                                  capture_output=True, timeout=120, check=False)
        except subprocess.TimeoutExpired as error:
            raise Finding("ingest.accept took longer than 120 s") from error
        if done.returncode:
            raise Finding(f"ingest.accept: {done.stderr[:600]}")
        return self.MESSAGES


def resident_mb(pid):
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except FileNotFoundError as error:
        raise Finding("thin is gone") from error


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("http", "mqtt", "key", "psql", "database"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--pid", required=True, type=int)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--face", action="append")
    args = parser.parse_args()
    faces = [face(args) for face in (RawHTTP, StructuredHTTP, WebSocket, MQTT, Decoders) if not args.face or face.name in args.face]
    tried, findings, spent = {face.name: 0 for face in faces}, [], {face.name: 0.0 for face in faces}
    end, number = time.monotonic() + args.seconds, 0
    resident_mb(args.pid)
    first = None
    while time.monotonic() < end and len(findings) < 20:
        # whichever has had the least time
        face = min(faces, key=lambda each: spent[each.name])
        began = time.monotonic()
        try:
            tried[face.name] += face.batch(random.Random(f"{args.seed}:{face.name}:{number}"))
            memory = resident_mb(args.pid)
            # what is loaded once is no growth
            if number >= len(faces) and first is None:
                first = memory
            if first is not None and memory > first + GROWTH_MB:
                raise Finding(f"thin grew from {first} to {memory} MB")
        except (Finding, OSError) as finding:
            findings.append(f"{face.name} batch {number}: {finding}")
            print("finding:", findings[-1][:2000], flush=True)
            if "thin is gone" in str(finding) or isinstance(finding, ConnectionRefusedError):
                break
            if face.name == "mqtt":
                face.__init__(args)
        spent[face.name] += time.monotonic() - began
        number += 1
    for face in faces:
        print(f"{face.name}: {tried[face.name]} inputs, {tried[face.name] / max(spent[face.name], 0.001):.0f}/s")
    print(f"live: {sum(tried.values())} inputs, {len(findings)} findings, seed {args.seed}, thin {first} -> {resident_mb(args.pid)} MB")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
