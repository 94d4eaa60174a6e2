#!/usr/bin/env python3
"""Checks of what runs nowhere on a build machine: compose, Kubernetes, Prometheus, Grafana, plain YAML and JSON.

Compose goes through the compose specification's own schema, Kubernetes through that of a release; Prometheus and
Grafana files, for which no package carries a schema, are checked for what loading them would refuse first.
"""

import json
import pathlib
import re
import subprocess
import sys

import kubernetes_validate
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
KUBERNETES = "1.31"
problems: list[str] = []


def problem(path: pathlib.Path, text: str) -> None:
    problems.append(f"{path.relative_to(ROOT)}: {text}")


def tracked(*patterns: str) -> list[pathlib.Path]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "--", *patterns], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


class UniqueKeys(yaml.SafeLoader):
    """YAML's own parser keeps the last of two equal keys, and says nothing."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def load_yaml(path: pathlib.Path) -> list:
    try:
        return [d for d in yaml.load_all(path.read_text(), Loader=UniqueKeys) if d is not None]
    except yaml.YAMLError as error:
        problem(path, f"is not YAML: {error}")
        return []


def check_compose(path: pathlib.Path) -> None:
    done = subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)],
                          capture_output=True, text=True)
    if done.returncode:
        problem(path, done.stdout.strip() or done.stderr.strip())
    for document in load_yaml(path):
        services = document.get("services", {})
        for name, service in services.items():
            image = service.get("image", "")
            if not service.get("build") and (":" not in image or image.endswith(":latest")):
                problem(path, f"service {name}: the image has no fixed tag")
            needs = service.get("depends_on", {})
            for other in needs:
                if other not in services:
                    problem(path, f"service {name} depends on {other}, which does not exist")
            for mount in service.get("volumes", []):
                source = mount.split(":")[0] if isinstance(mount, str) else mount.get("source", "")
                if source.startswith("./") and not (path.parent / source).exists():
                    problem(path, f"service {name} mounts {source}, which does not exist")
        for kind in ("secrets", "configs"):
            for name, value in document.get(kind, {}).items():
                for service in services.values():
                    for use in service.get(kind, []):
                        used = use if isinstance(use, str) else use["source"]
                        if used not in document[kind]:
                            problem(path, f"{kind[:-1]} {used} is not declared")
                if kind == "configs" and "file" in value and not (path.parent / value["file"]).exists():
                    problem(path, f"config {name}: {value['file']} does not exist")


def check_kubernetes(path: pathlib.Path) -> None:
    for document in load_yaml(path):
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            problem(path, f"{document.get('kind')}: {'.'.join(map(str, error.path))}: {error.message}")
        except Exception as error:  # an unknown kind, say
            problem(path, f"{document.get('kind')}: {error}")


# ---- what stands in several places must say the same ---------------------------------------------------

# Read by nobody but the scripts behind make, or set by the composition itself.
# the last three are the original system's: compose and Kubernetes have ours
NOT_THINS = {"MILLWRIGHT_HOME", "MILLWRIGHT_SQL", "PG_PORT", "MQTT_PORT", "SIMULATE", "SIMULATE_ARGS",
             "TIMESCALE_URL", "MQTT_BROKER_HOST", "MQTT_BROKER_PORT"}
SECRET = re.compile(r"(PASSWORD|SECRET_KEY|SECRET_KEYS_PREVIOUS|_TOKEN|DATABASE_URL|SLACK_WEBHOOK_URL|SMTP_URL)$")


def documented() -> dict[str, str]:
    """Variables of .env.example by section."""
    section, found = "", {}
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line.startswith("# ----"):
            section = line.strip("# -")
        elif match := re.match(r"([A-Z][A-Z0-9_]*)=", line):
            found[match[1]] = section
    return found


def given(environment: dict) -> set[str]:
    """Names that a container gets; NAME_FILE gives NAME."""
    return set(environment) | {name.removesuffix("_FILE") for name in environment}


def check_variables() -> None:
    example = ROOT / ".env.example"
    known = documented()
    thins = {name for name, section in known.items() if "scripts behind make" not in section and "compose only" not in section}
    read = set()
    for path in tracked("Sources/Thin/*.swift", "Sources/Thin/**/*.swift"):
        call = r"(?:environment\.|^\s*)(?:string|secret|required|bool|integer|choice|list|address)\(\s*\"([A-Z][A-Z0-9_]+)\""
        read |= set(re.findall(call, path.read_text(), re.M))
    for name in sorted(read - set(known)):
        problem(example, f"{name} is read by thin and not documented")
    for name in sorted(thins - read - NOT_THINS):
        problem(example, f"{name} is documented and read by nobody")

    path = ROOT / "docker-compose.yml"
    compose = load_yaml(path)[0]
    passed = given(compose["services"]["thin"]["environment"])
    for name in sorted(thins - passed - NOT_THINS):
        problem(path, f"service thin does not get {name}")
    used = set(re.findall(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)", path.read_text()))
    for name in sorted(used - set(known)):
        problem(path, f"${{{name}}} is not documented in .env.example")
    scripts = "".join(p.read_text() for p in (ROOT / "deploy/compose").iterdir() if p.is_file())
    for name, section in known.items():
        if "compose only" in section and name not in used and name not in scripts:
            problem(example, f"{name} is said to be compose's and used by nothing there")
    for service, value in compose["services"].items():
        for name, text in (value.get("environment") or {}).items():
            if SECRET.search(name) and re.search(r"\w", re.sub(r"\$\{[A-Z_]+:-\}", "", str(text))):
                problem(path, f"service {service}: {name} is a secret and not a file")
        if not value.get("read_only") or value.get("cap_drop") != ["ALL"] or "no-new-privileges:true" not in value.get("security_opt", []):
            problem(path, f"service {service} is not closed (read_only, cap_drop, no-new-privileges)")
        if not value.get("mem_limit") or not value.get("networks") or not value.get("pids_limit"):
            problem(path, f"service {service} has no limits or no network of its own")

    path = ROOT / "deploy/kubernetes/millwright.yaml"
    objects = load_yaml(path)
    config = next(d["data"] for d in objects if d["kind"] == "ConfigMap")
    secret = next(d["stringData"] for d in objects if d["kind"] == "Secret")
    container = next(d for d in objects if d["kind"] == "StatefulSet")["spec"]["template"]["spec"]["containers"][0]
    passed = given({e["name"]: "" for e in container["env"]}) | set(config)
    for name in sorted(thins - passed - NOT_THINS):
        problem(path, f"thin does not get {name}")
    for name in config:
        if SECRET.search(name) or name not in known:
            problem(path, f"ConfigMap: {name} is " + ("a secret" if SECRET.search(name) else "no variable of .env.example"))
    for name in set(secret) - set(known) - {"ADMIN_DATABASE_URL"}:
        problem(path, f"Secret: {name} is no variable of .env.example")


def check_pods() -> None:
    path = ROOT / "deploy/kubernetes/millwright.yaml"
    objects = load_yaml(path)
    selected = [d["spec"]["podSelector"].get("matchLabels") for d in objects if d["kind"] == "NetworkPolicy"]
    if None not in selected:
        problem(path, "no NetworkPolicy that refuses everything else")
    for document in objects:
        pod = document.get("spec", {}).get("template")
        if not pod:
            continue
        name, spec = document["metadata"]["name"], pod["spec"]
        context = spec.get("securityContext", {})
        if not context.get("runAsNonRoot") or context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            problem(path, f"{name}: runs as root, or without seccomp")
        if spec.get("automountServiceAccountToken") is not False:
            problem(path, f"{name}: mounts a service account's token")
        if pod["metadata"].get("labels") not in selected:
            problem(path, f"{name}: no NetworkPolicy for its pods")
        for container in spec["containers"]:
            own = container.get("securityContext", {})
            if own.get("allowPrivilegeEscalation") is not False or not own.get("readOnlyRootFilesystem") or own.get("capabilities", {}).get("drop") != ["ALL"]:
                problem(path, f"{name}: container {container['name']} is not closed")
            if not {"cpu", "memory", "ephemeral-storage"} <= set(container.get("resources", {}).get("limits", {})):
                problem(path, f"{name}: container {container['name']} lacks limits")
            for variable in container.get("env", []):
                if SECRET.search(variable["name"]):
                    problem(path, f"{name}: {variable['name']} is a secret and not a file")


def check_broker() -> None:
    """Gateways may publish where a decoder listens, and nowhere else; the demo's gateway for the demo's machines."""
    path = ROOT / "deploy/mosquitto/topics"
    allowed = {line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")}
    seeds = re.findall(r"^    \('([^']*\{equipment\}[^']*)'", (ROOT / "sql/data/020_ingest.sql").read_text(), re.M)
    listened = {re.sub(r"\{(?!equipment)[a-z]+\}", "+", seed) for seed in seeds}
    for topic in sorted(listened ^ allowed):
        problem(path, f"{topic} stands " + ("in sql/data/020_ingest.sql only" if topic in listened else "here only"))
    kinds = re.search(r"kinds = \[([^\]]*)\]", (ROOT / "Sources/Simulator/Plant/Machine.swift").read_text())[1]
    names = re.findall(r'"(\w+)"', kinds)
    machines = " ".join(f"{names[n % len(names)]}-{n + 1:02}" for n in range(8))
    path = ROOT / "deploy/compose/make-secrets"
    if f"\nsimulator {machines}\n" not in path.read_text():
        problem(path, f"the simulator's machines are {machines}")


def headings(path: pathlib.Path) -> set[str]:
    """Anchors of a Markdown file, as GitHub makes them."""
    found = re.findall(r"^#+ +(.+?) *$", path.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


DURATION = re.compile(r"^(\d+(ms|[smhdwy]))+$")


def check_prometheus(path: pathlib.Path) -> None:
    known = {"global", "scrape_configs", "rule_files", "alerting", "remote_write", "remote_read", "storage", "groups"}
    for document in load_yaml(path):
        for key in set(document) - known:
            problem(path, f"unknown member {key}")
        names: set[str] = set()
        for job in document.get("scrape_configs", []):
            if job.get("job_name") in names or not job.get("job_name"):
                problem(path, f"job_name {job.get('job_name')!r} is missing or stands twice")
            names.add(job.get("job_name"))
        for pattern in document.get("rule_files", []):
            if not list(path.parent.glob(pathlib.Path(pattern).name)):
                problem(path, f"rule_files: {pattern} matches no file here")
        anchors = headings(ROOT / "docs/operations.md")
        for group in document.get("groups", []):
            for rule in group.get("rules", []):
                name = rule.get("alert") or rule.get("record")
                if not name or not rule.get("expr"):
                    problem(path, f"group {group.get('name')}: a rule without name or expr")
                    continue
                for key in set(rule) - {"alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations"}:
                    problem(path, f"rule {name}: unknown member {key}")
                if "for" in rule and not DURATION.match(str(rule["for"])):
                    problem(path, f"rule {name}: for: {rule['for']} is no duration")
                for opening, closing in ("()", "[]", "{}"):
                    if rule["expr"].count(opening) != rule["expr"].count(closing):
                        problem(path, f"rule {name}: unbalanced {opening}{closing} in expr")
                if "alert" in rule and not {"summary", "description", "runbook_url"} <= set(rule.get("annotations", {})):
                    problem(path, f"rule {name}: annotations need summary, description and runbook_url")
                link = rule.get("annotations", {}).get("runbook_url", "")
                if "alert" in rule and (link != f"docs/operations.md#{name.lower()}" or name.lower() not in anchors):
                    problem(path, f"rule {name}: {link or 'nothing'} leads to no section of docs/operations.md of its name")


def check_dashboard(path: pathlib.Path, sources: set[str], uids: dict[str, pathlib.Path]) -> None:
    try:
        board = json.loads(path.read_text())
    except ValueError as error:
        return problem(path, f"is not JSON: {error}")
    for key in ("uid", "title", "panels", "schemaVersion"):
        if key not in board:
            problem(path, f"has no {key}")
    if board.get("uid") in uids:
        problem(path, f"has the uid of {uids[board['uid']].name}")
    uids[board.get("uid", "")] = path
    ids: list[int] = []
    panels = list(board.get("panels", []))
    for panel in panels:
        panels.extend(panel.get("panels", []))
        ids.append(panel.get("id"))
        if panel.get("type") == "row":
            continue
        place = panel.get("gridPos", {})
        if place.get("x", 0) + place.get("w", 25) > 24:
            problem(path, f"panel {panel.get('title')!r} is wider than the grid")
        for target in panel.get("targets", []):
            source = (target.get("datasource") or panel.get("datasource") or {}).get("uid")
            if source not in sources:
                problem(path, f"panel {panel.get('title')!r} asks data source {source!r}, which is not provisioned")
            if not (target.get("rawSql") or target.get("expr")):
                problem(path, f"panel {panel.get('title')!r} has a target without query")
    if len(ids) != len(set(ids)):
        problem(path, "two panels have the same id")


def main() -> int:
    check_variables()
    check_pods()
    check_broker()
    yamls = tracked("*.yml", "*.yaml")
    jsons = [p for p in tracked("*.json") if "deploy/grafana" not in str(p)]
    boards = tracked("deploy/grafana/dashboards/*.json")
    sources: set[str] = set()
    for path in yamls:
        where = str(path.relative_to(ROOT))
        if path.name.startswith(("docker-compose", "compose")):
            check_compose(path)
        elif where.startswith("deploy/kubernetes/"):
            check_kubernetes(path)
        elif where.startswith("deploy/prometheus/"):
            # tests of the rules are promtool's
            check_prometheus(path) if not path.name.endswith("_test.yml") else load_yaml(path)
        else:
            documents = load_yaml(path)
            if "provisioning/datasources" in where:
                sources |= {s["uid"] for d in documents for s in d.get("datasources", [])}
    uids: dict[str, pathlib.Path] = {}
    for path in boards:
        check_dashboard(path, sources, uids)
    for path in jsons:
        try:
            json.loads(path.read_text())
        except ValueError as error:
            problem(path, f"is not JSON: {error}")
    print("\n".join(problems) + ("\n" if problems else "") + f"{len(yamls)} YAML, {len(boards)} dashboards, {len(jsons)} JSON files, "
          f"{len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
