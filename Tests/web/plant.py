"""The plant behind the page: sends values over HTTP and MQTT, acts as other people do, and says what the server knows."""
import datetime
import json
import subprocess
import time
import urllib.error
import urllib.request


class Plant:
    def __init__(self, url, mqtt, password):
        self.url = url
        self.mqtt = mqtt
        self.password = password
        self._tokens = {}

    def _token(self, user):
        if user not in self._tokens:
            self._tokens[user] = self._send("POST", "auth/login", {"username": user, "password": self.password})["access_token"]
        return self._tokens[user]

    def _send(self, method, path, body=None, token=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()[:400]}") from None
        return json.loads(text) if text else None

    def get(self, path, user="admin@example.com"):
        return self._send("GET", path, token=self._token(user))

    def post(self, path, body=None, user="admin@example.com"):
        return self._send("POST", path, body, self._token(user))

    def value(self, machine, value, sensor_type="temperature", unit="°C"):
        """A value now, over HTTP."""
        self.post("sensors/data", {"device_id": machine, "sensor_type": sensor_type, "value": value, "unit": unit})

    def publish(self, machine, value, sensor="temperature", unit="°C"):
        """A value now, over MQTT."""
        subprocess.run(["mosquitto_pub", "-L", f"{self.mqtt}/factory/{machine}/{sensor}", "-q", "1", "-m",
                        json.dumps({"value": value, "unit": unit})], check=True, timeout=20)

    def history(self, machine, sensor_type, unit, shape, minutes=60, step=20):
        """Values of the last minutes, one every `step` seconds, as shape(0…1) has them; the newest is a minute old."""
        now = datetime.datetime.now(datetime.timezone.utc)
        count = (minutes - 1) * 60 // step
        self.post("sensors/data", [{"device_id": machine, "sensor_type": sensor_type, "unit": unit, "value": shape(i / (count - 1)),
                                    "time": (now - datetime.timedelta(seconds=60 + (count - 1 - i) * step)).isoformat()} for i in range(count)])

    def alarm(self, machine, rule=None, patience=10):
        """The newest alarm of a machine, waited for: while somebody changes rules a new sensor gets its own within a second."""
        until = time.monotonic() + patience
        while True:
            found = [a for a in self.get(f"alerts?status=all&device_id={machine}")["notifications"] if rule in (None, a["rule"])]
            if found:
                return found[0]
            assert time.monotonic() < until, f"{machine} has no alarm after {patience} s"
            time.sleep(0.1)

    def rise_and_fall(self, machine, high, low):
        """A value that raises an alarm, and once it stands one that ends it."""
        self.value(machine, high)
        self.alarm(machine)
        self.value(machine, low)
