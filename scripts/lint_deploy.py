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
                if "alert" in rule and not {"summary", "description"} <= set(rule.get("annotations", {})):
                    problem(path, f"rule {name}: annotations need summary and description")


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
            check_prometheus(path)
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
