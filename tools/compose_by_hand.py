#!/usr/bin/env python3
"""Starts the services of docker-compose.yml that are ours, and the broker, without an engine, and sees them work together.

Commands, environments, secrets and mounts are taken from the file; what is replaced is what only an engine gives: the
names of hosts, their ports, and the paths below /run/secrets, /mosquitto and /app. A secret that a service names and does
not get, a log-in that fails, a certificate that does not fit or a machine that the simulator may not speak for ends it with 1.

The database is made on the server of --admin-url, whose roles thin and grafana_reader get new passwords: a server of tests only.
"""

import argparse
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def interpolate(value):
    """${NAME:-default} with nothing set, as after a fresh checkout."""
    if isinstance(value, dict):
        return {k: interpolate(v) for k, v in value.items()}
    if isinstance(value, list):
        return [interpolate(v) for v in value]
    if isinstance(value, str):
        return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", value).replace("$$", "$")
    return value


class Composition:
    def __init__(self, options, folder: pathlib.Path) -> None:
        self.options, self.folder = options, folder
        self.compose = interpolate(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))
        shutil.copytree(ROOT / "deploy", folder / "deploy")
        shutil.rmtree(folder / "deploy/compose/secrets", ignore_errors=True)
        self.secrets()
        self.admin = urllib.parse.urlsplit(options.admin_url)
        self.database = f"compose_{os.getpid()}"
        self.ports = {name: free_port() for name in ("8883", "8884", "8000", "9091")}
        self.processes: list[tuple[str, subprocess.Popen]] = []
        (folder / "serve_ml").mkdir()
        (folder / "data").mkdir()

    def run(self, command, environment, **more) -> str:
        done = subprocess.run([str(c) for c in command], env=environment, capture_output=True, text=True, timeout=180, **more)
        if done.returncode:
            raise SystemExit(f"{command[0]} {command[-1]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def secrets(self) -> None:
        """Made once; made again they stay; a gateway is added beside the others, and nothing that is no name or machine is."""
        scripts, path = self.folder / "deploy/compose", {"PATH": os.environ["PATH"]}
        made = scripts / "secrets"

        def content() -> dict[str, bytes]:
            return {f.name: f.read_bytes() for f in made.iterdir()}

        self.run(["sh", scripts / "make-secrets"], path)
        first = content()
        self.run(["sh", scripts / "make-secrets"], path)
        self.run(["sh", scripts / "add-gateway", "kiln-gw", "kiln-7"], path)
        for wrong in (["bad name", "m"], ["thin-2", "m"], ["gw", "a/b"], ["gw", "#"], ["gw", 'a"b'], ["gw"], ["../x", "m"]):
            if subprocess.run(["sh", scripts / "add-gateway", *wrong], env=path, capture_output=True).returncode == 0:
                raise SystemExit(f"add-gateway takes {wrong}")
        changed = {name for name, was in first.items() if content()[name] != was}
        if changed != {"gateways", "mosquitto_gateways.json"} or '"factory/kiln-7/+"' not in (made / "mosquitto_gateways.json").read_text():
            raise SystemExit(f"a second make-secrets or add-gateway changed {changed}")
        if (made / "mqtt_ca.key").stat().st_mode & 0o077:
            raise SystemExit("the authority's key is open to others")
        # a certificate that ends soon is made anew, by the same authority
        self.run(["openssl", "x509", "-in", made / "mqtt_server.pem", "-days", "3", "-signkey", made / "mqtt_server.key", "-out", made / "mqtt_server.pem"], path)
        self.run(["sh", scripts / "make-secrets"], path)
        self.run(["openssl", "x509", "-in", made / "mqtt_server.pem", "-noout", "-checkend", "2592000"], path)
        self.run(["openssl", "verify", "-CAfile", made / "mqtt_ca.pem", made / "mqtt_server.pem"], path)

    def secret(self, service: str, name: str) -> str:
        """Path of a secret as the service sees it, with the addresses of this machine in it."""
        given = [s if isinstance(s, str) else s["source"] for s in self.compose["services"][service].get("secrets", [])]
        if name not in given:
            raise SystemExit(f"service {service} names the secret {name} and does not get it")
        source = self.folder / self.compose["secrets"][name]["file"]
        if not name.endswith("database_url"):
            return str(source)
        text = source.read_text()
        login = self.admin.netloc.rpartition("@")[0] if name.startswith("admin") else text.split("//")[1].split("@")[0]
        host = self.admin.netloc.rpartition("@")[2]
        here = self.folder / f"here-{name}"
        here.write_text(f"postgresql://{login}@{host}/{self.database}")
        return str(here)

    def local(self, service: str, text: str) -> str:
        text = re.sub(r"/run/secrets/([a-z_]+)", lambda m: self.secret(service, m[1]), str(text))
        for port, ours in self.ports.items():
            text = text.replace(f"broker:{port}", f"localhost:{ours}").replace(f"0.0.0.0:{port}", f"127.0.0.1:{ours}")
        return text.replace("/app/serve_ml", str(self.folder / "serve_ml"))

    def environment(self, service: str) -> dict[str, str]:
        """What the container would have, and what the image sets (Dockerfile)."""
        own = {k: self.local(service, v) for k, v in (self.compose["services"][service].get("environment") or {}).items()}
        own.pop("THIN_DOCS_ASSETS", None)
        return {"PATH": os.environ["PATH"], "MILLWRIGHT_SQL": str(ROOT)} | own

    def start(self, name: str, command, environment) -> subprocess.Popen:
        log = open(self.folder / f"{name}.log", "w")
        process = subprocess.Popen([str(c) for c in command], env=environment, stdout=log, stderr=log)
        self.processes.append((name, process))
        return process

    def wait(self, name: str, what, seconds: int = 60) -> None:
        until = time.monotonic() + seconds
        while not what():
            dead = [n for n, p in self.processes if p.poll() not in (None, 0)]
            if time.monotonic() > until or dead:
                raise SystemExit(f"{dead or name} failed:\n" + (self.folder / f"{(dead or [name])[0]}.log").read_text()[-3000:])
            time.sleep(0.2)

    def listens(self, port: str) -> bool:
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.ports[port])) == 0

    def broker(self) -> None:
        service = self.compose["services"]["broker"]
        mounts = {str(v).split(":")[1]: str(self.folder / str(v).split(":")[0]) for v in service["volumes"] if v.startswith("./")}
        mounts |= {s["target"]: self.secret("broker", s["source"]) for s in service["secrets"]}
        text = pathlib.Path(mounts.pop("/mosquitto/config/mosquitto.conf")).read_text()
        for target, source in mounts.items():
            text = text.replace(target, source)
        if re.search(r"^[a-z_]+ /mosquitto/(?!data)", text, re.M):
            raise SystemExit("mosquitto.conf names a file that the broker does not get")
        text = text.replace("/mosquitto/data/", f"{self.folder}/data/")
        text = re.sub(r"^listener (\d+)$", lambda m: f"listener {self.ports[m[1]]} 127.0.0.1", text, flags=re.M)
        plugins = [p for f in ("/usr/lib", "/usr/local/lib") for p in pathlib.Path(f).glob("**/mosquitto_dynamic_security.so")]
        text = re.sub(r"^plugin .*$", f"plugin {plugins[0]}", text, flags=re.M)
        if os.getuid() == 0:
            text += "\nuser root\n"
        (self.folder / "mosquitto.conf").write_text(text)
        path = os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin"
        self.start("broker", [shutil.which("mosquitto", path=path), "-c", self.folder / "mosquitto.conf"], {"PATH": path})
        self.wait("broker", lambda: self.listens("8884") and self.listens("8883"))

    def query(self, sql: str, database: str | None = None) -> str:
        url = self.admin._replace(path=f"/{database or self.database}").geturl()
        return self.run([self.options.psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql], {}).strip()

    def go(self) -> None:
        self.query(f"CREATE DATABASE {self.database}", "postgres")
        self.broker()
        self.run([self.options.thin, "migrate"], self.environment("migrate"))
        script = self.local("accounts", (self.folder / "deploy/compose/accounts.sh").read_text().replace('/run/secrets/$1"', '$SECRETS/$1"'))
        secrets = self.folder / "accounts"
        secrets.mkdir()
        for name in self.compose["services"]["accounts"]["secrets"]:
            shutil.copy(self.secret("accounts", name), secrets / name)
        path = f"{pathlib.Path(self.options.psql).parent}:{os.environ['PATH']}"
        self.run(["sh", "-c", script], self.environment("accounts") | {"SECRETS": str(secrets), "PATH": path})
        thin = self.start("thin", [self.options.thin, *self.compose["services"]["thin"]["command"]], self.environment("thin"))
        check = self.environment("thin")
        self.wait("thin", lambda: subprocess.run([self.options.thin, "healthcheck"], env=check, capture_output=True).returncode == 0)
        simulator = self.compose["services"]["simulator"]
        self.start("simulator", [self.options.simulator, *simulator["command"], "--count", "400"], self.environment("simulator"))
        # each message is one point or three; all machines of the command must have got in
        machines = simulator["command"][simulator["command"].index("--machines") + 1]
        self.wait("simulator", lambda: int(self.query("SELECT count(*) FROM telemetry.reading")) >= 400
                  and self.query("SELECT count(DISTINCT equipment_id) FROM plant.sensor") == machines)
        if self.query("SELECT role FROM auth.account WHERE role = 'admin'") != "admin":
            raise SystemExit("accounts made no administrator")
        thin.terminate()
        thin.wait(60)

    def end(self) -> None:
        for _, process in reversed(self.processes):
            process.kill()
            process.wait()
        self.query(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)", "postgres")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--thin", "--simulator", "--psql", "--admin-url"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="millwright-compose-") as folder:
        composition = Composition(options, pathlib.Path(folder))
        try:
            composition.go()
        finally:
            composition.end()
    print("broker, migrate, accounts, thin and simulator work together as docker-compose.yml starts them")
    return 0


sys.exit(main())
