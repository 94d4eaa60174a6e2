#!/usr/bin/env python3
"""listen.py URL: prints what a WebSocket says, one message a line. Needs nothing but Python.

    TOKEN=… tools/listen.py ws://127.0.0.1:8000/api/v1/notifications/ws/notifications [--after SEQ] [--count N] [--seconds S]

The access token is taken from the environment variable TOKEN, so that it does not show in the process list. With --after
the server first sends everything that came after that sequence number: note the last `seq` that you saw, and nothing
is missed over a restart of either side. Ends with the server's close code, or after --count notifications or --seconds.
"""

import argparse
import base64
import hashlib
import os
import socket
import ssl
import struct
import sys
import time
import urllib.parse

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class Closed(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed by the server: {code} {reason}".rstrip())
        self.code = code


class WebSocket:
    """A client that reads: text messages out, pings answered, everything else an error."""

    def __init__(self, url: str, token: str | None = None, timeout: float = 10) -> None:
        parts = urllib.parse.urlsplit(url)
        secure = parts.scheme in ("wss", "https")
        self.buffer = b""
        self.socket = socket.create_connection((parts.hostname, parts.port or (443 if secure else 80)), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            self.socket = ssl.create_default_context().wrap_socket(self.socket, server_hostname=parts.hostname)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1", f"Host: {parts.netloc}",
                 "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self.more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(f"refused: {head.splitlines()[0].decode()} {self.buffer.decode(errors='replace')}".strip())
        accept = base64.b64encode(hashlib.sha1((key + MAGIC).encode()).digest())
        if accept not in head:
            raise ConnectionError("this is no WebSocket server: wrong Sec-WebSocket-Accept")

    def more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the connection ended without a close frame")
        self.buffer += data

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self.more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def send(self, kind: int, payload: bytes = b"") -> None:
        mask = os.urandom(4)
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(payload))
        self.socket.sendall(bytes([0x80 | kind]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def receive(self, timeout: float | None = None) -> str:
        """The next text message. Raises TimeoutError, Closed, ConnectionError."""
        message = b""
        self.socket.settimeout(timeout)
        while True:
            # Nothing is taken before the whole frame is there, so that a timeout in its middle loses nothing.
            size, offset = self.peek(2)[1] & 0x7F, 2
            if size >= 126:
                width = 2 if size == 126 else 8
                size = int.from_bytes(self.peek(2 + width)[2:], "big")
                offset += width
            self.peek(offset + size)
            first = self.take(offset)[0]
            payload = self.take(size)
            final, kind = first & 0x80, first & 0x0F
            if kind == PING:
                self.send(PONG, payload[:125])
            elif kind == CLOSE:
                self.send(CLOSE, payload[:2])
                code = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1005
                raise Closed(code, payload[2:].decode(errors="replace"))
            elif kind in (0, TEXT):
                message += payload
                if final:
                    return message.decode()

    def peek(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self.more()
        return self.buffer[:count]

    def close(self) -> None:
        try:
            self.send(CLOSE, struct.pack(">H", 1000))
        except OSError:
            pass
        self.socket.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--after", type=int, help="the last sequence number seen; 0: from the beginning of what is kept")
    parser.add_argument("--count", type=int, help="end after so many notifications")
    parser.add_argument("--seconds", type=float, help="end after so many seconds")
    options = parser.parse_args()
    url = options.url
    if options.after is not None:
        url += ("&" if "?" in url else "?") + f"after={options.after}"
    deadline = time.monotonic() + options.seconds if options.seconds else None
    seen = 0
    try:
        websocket = WebSocket(url, os.environ.get("TOKEN"))
        while options.count is None or seen < options.count:
            left = deadline - time.monotonic() if deadline else None
            if left is not None and left <= 0:
                break
            message = websocket.receive(left)
            print(message, flush=True)
            # the greeting, which says where the stream stands, is none
            seen += not message.startswith('{"type":"ready"')
        websocket.close()
    except (TimeoutError, KeyboardInterrupt):
        pass
    except (Closed, ConnectionError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
