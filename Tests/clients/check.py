#!/usr/bin/env python3
"""Clients that others wrote against a running thin. Run by scripts/test --only clients (scripts/lib/clients.sh); prints TAP.

THIN_URL: what to try; CLIENTS_PASSWORD: of admin@example.com and engineer1. Its SERVE_ML_ROOT has the bundle press_1/11kW/v1 of the fixture
whose inputs and scores --expected holds.

1. the OpenAPI document is valid (openapi-spec-validator), and has what generators need (items of arrays, unique operations);
2. openapi-python-client generates a package of it without leaving anything out, and the package works: it logs in, stores, reads, makes and
   lists rules, explains an alarm, predicts;
3. Triton's own client for the Open Inference Protocol gets the scores that numpy computed, row by row."""
import argparse
import importlib
import json
import os
import pathlib
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request

URL = os.environ["THIN_URL"]
PASSWORD = os.environ["CLIENTS_PASSWORD"]


class Tap:
    """Counts and prints."""

    def __init__(self):
        self.number = self.failed = 0

    def case(self, said, do):
        self.number += 1
        try:
            do()
            print(f"ok {self.number} - {said}", flush=True)
        except Exception:  # pylint: disable=broad-except # each case by itself
            self.failed += 1
            print(f"not ok {self.number} - {said}")
            for line in traceback.format_exc().splitlines()[-14:]:
                print(f"# {line[:400]}", flush=True)


def walk(node, path=""):
    """Every object of a document, with where it stands."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from walk(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{path}/{index}")


def is_array(schema):
    kind = schema.get("type")
    return kind == "array" or (isinstance(kind, list) and "array" in kind)


def check_document(document):
    from openapi_spec_validator import validate
    validate(document)


def check_arrays(document):
    bare = [path for path, node in walk(document) if is_array(node) and not {"items", "prefixItems"} & node.keys()]
    assert not bare, f"arrays without items: {bare}"


def check_operations(document):
    operations = [(path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()
                  if method in ("get", "put", "post", "delete", "patch")]
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(names) == len(set(names)), "an operationId stands twice"
    for path, method, operation in operations:
        assert operation.get("summary"), f"{method} {path} has no summary"
        assert operation.get("tags"), f"{method} {path} has no tag"
        assert any(status.startswith("2") or status == "101" for status in operation["responses"]), f"{method} {path} never succeeds"


def check_problems():
    """What a problem's type points to exists, and speaks of it."""
    try:
        urllib.request.urlopen(URL + "/api/v1/auth/me", timeout=20)
        raise AssertionError("nobody is asked for a log-in")
    except urllib.error.HTTPError as error:
        kind = json.load(error)["type"]
    page, _, anchor = kind.partition("#")
    with urllib.request.urlopen(URL + page, timeout=20) as answer:
        text = answer.read().decode()
    assert anchor and f'id="{anchor}"' in text, f"{page} has no {anchor}"


def generate(work, document):
    """The package, and what its generator complained of."""
    file = work / "openapi.json"
    file.write_text(json.dumps(document))
    run = subprocess.run(["openapi-python-client", "generate", "--path", file, "--output-path", work / "package", "--overwrite"],
                         capture_output=True, text=True, timeout=300, check=False)
    return run.returncode, run.stdout + run.stderr


class Generated:
    """The generated package, in use."""

    def __init__(self, work):
        sys.path.insert(0, str(work / "package"))
        self.name = next(p.parent.name for p in (work / "package").glob("*/client.py"))
        self.root = importlib.import_module(self.name)
        self.models = importlib.import_module(self.name + ".models")
        self.client = None

    def call(self, tag, operation, *arguments, **named):
        module = importlib.import_module(f"{self.name}.api.{tag}.{operation}")
        answer = module.sync_detailed(*arguments, client=self.client, **named)
        assert 200 <= answer.status_code < 300, f"{operation}: {answer.status_code} {answer.content[:300]}"
        assert answer.parsed is not None or not answer.content, f"{operation}: the answer was not understood: {answer.content[:300]}"
        return answer.parsed

    def log_in(self):
        self.client = self.root.Client(base_url=URL)
        token = self.call("auth", "login", body=self.models.Login.from_dict({"username": "admin@example.com", "password": PASSWORD}))
        self.client = self.root.AuthenticatedClient(base_url=URL, token=token.access_token)
        assert self.call("auth", "me").role == "admin"

    def rules_and_alarms(self):
        rule = self.call("rules", "create_rule", body=self.models.RuleCreate.from_dict(
            {"name": "generated: hot", "condition": "above", "high": 80, "severity": "high", "select_sensor_type": ["temperature"]}))
        assert rule.name == "generated: hot"
        names = [r.name for r in self.call("rules", "list_rules").items]
        assert "generated: hot" in names, names
        self.call("sensor_data", "store_sensor_data", body=self.models.NewPoint.from_dict(
            {"device_id": "kiln-generated", "sensor_type": "temperature", "value": 95, "unit": "Cel"}))
        latest = self.call("sensor_data", "get_latest_sensor_data", "kiln-generated")
        assert latest.value == 95, latest
        data = self.call("sensor_data", "list_sensor_data", "kiln-generated")
        assert [point.value for point in data.data] == [95], data
        until = time.monotonic() + 15
        while not (alarms := self.call("alerts", "list_alerts", device_id="kiln-generated").notifications):
            assert time.monotonic() < until, "no alarm came"
            time.sleep(0.2)
        why = self.call("alerts", "explain_alert", alarms[0].id)
        assert [s.value for s in why.samples] == [95] and why.transitions[0].kind == "raised", why

    def predictions(self, expected):
        features = dict(zip(expected["features"], expected["inputs"][0]))
        answer = self.call("serve_ml", "predict", body=self.models.PredictRequest.from_dict(
            {"equipment_id": "press_1", "power": "11kW", "features": features}))
        scores = answer.scores.to_dict()
        for modality, values in expected["numpy"].items():
            assert abs(scores[modality] - values[0]) <= 1e-5 * max(1, abs(values[0])), (modality, scores, values[0])

    def v2(self):
        model = self.call("inference", "v2_model", "press_1:11kW")
        assert model.inputs[0].name == "features", model


def check_triton(expected, token):
    """As a stranger only whether the server lives; the rest with the token of the log-in."""
    import numpy
    import tritonclient.http as triton
    client = triton.InferenceServerClient(URL.split("://", 1)[1])
    who = {"Authorization": f"Bearer {token}"}
    assert client.is_server_live(), "not live"
    assert client.is_server_ready(headers=who), "not ready"
    assert client.is_model_ready("press_1:11kW", headers=who), "the model is not ready"
    described = client.get_model_metadata("press_1:11kW", headers=who)
    columns = described["inputs"][0]["parameters"]["columns"]
    order = [expected["features"].index(name) for name in columns]
    rows = numpy.array(expected["inputs"], dtype=numpy.float64)[:, order]
    modalities = next(o for o in described["outputs"] if o["name"] == "scores")["parameters"]["columns"]
    # bytes are what it sends unless it is told not to
    for kind, binary, tolerance in (("FP64", False, 1e-5), ("FP64", True, 1e-5), ("FP32", True, 1e-3)):
        given = rows.astype(numpy.float32) if kind == "FP32" else rows
        tensor = triton.InferInput("features", list(rows.shape), kind)
        tensor.set_data_from_numpy(given, binary_data=binary)
        wanted = [triton.InferRequestedOutput(name, binary_data=binary) for name in ("scores", "is_anomaly")]
        answer = client.infer("press_1:11kW", [tensor], outputs=wanted, headers=who)
        scores = answer.as_numpy("scores")
        for column, modality in enumerate(modalities):
            numpy.testing.assert_allclose(scores[:, column], expected["numpy"][modality], rtol=tolerance, atol=1e-7)
        assert answer.as_numpy("is_anomaly").shape == (len(rows),)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="a folder to write in")
    parser.add_argument("--expected", type=pathlib.Path, required=True)
    return parser.parse_args()


def main():
    given = arguments()
    tap = Tap()
    with urllib.request.urlopen(URL + "/openapi.json", timeout=20) as answer:
        document = json.load(answer)
    expected = json.loads(given.expected.read_text())
    tap.case("the OpenAPI document is valid", lambda: check_document(document))
    tap.case("every array says what its items are", lambda: check_arrays(document))
    tap.case("every operation has a name of its own, a summary, a tag and a way to succeed", lambda: check_operations(document))
    tap.case("what a problem's type points to exists", check_problems)
    code, said = generate(given.work, document)

    def complete():
        assert code == 0 and "WARNING" not in said and "Unable" not in said, said[-3000:]
    tap.case("openapi-python-client generates a package and leaves nothing out", complete)
    made = Generated(given.work)
    tap.case("the generated package logs in", made.log_in)
    tap.case("it stores and reads values, makes a rule, finds its alarm and explains it", made.rules_and_alarms)
    tap.case("it predicts what numpy computed", lambda: made.predictions(expected))
    tap.case("it reads a model's description of the Open Inference Protocol", made.v2)
    tap.case("Triton's client infers what numpy computed, every row", lambda: check_triton(expected, made.client.token))
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
