"""The worker against a real database: jobs end to end, killed, cancelled, refused, bounded."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import numpy as np
import psycopg
from millwright_trainer import reference
from servemlkit import field, waveform
from support import PATIENCE, Plant, Tap, until

PLANT: Plant | None = None
LEASE = "10 seconds"  # the shortest that the setting allows
WINDOWS = {"equipment_id": "pump-1", "bucket": "raw", "steps": 10, "normal": [{"from": "2026-05-01T00:00:00Z", "to": "2026-05-01T02:00:00Z"}]}
SLOW = WINDOWS | {"directions": {"flow": "both"}}  # takes seconds, not one
RECURRENT = WINDOWS | {"architecture": "lstm"}


def setup(tap: Tap) -> str | None:
    global PLANT
    if not os.environ.get("MILLWRIGHT_TEST_ADMIN_URL"):
        return "no server (MILLWRIGHT_TEST_ADMIN_URL)"
    PLANT = Plant()
    # Five sensors at one reading a second for two hours would be more than is needed: every five seconds.
    PLANT.db.execute(
        """
        INSERT INTO plant.equipment (id, name, type) VALUES ('pump-1', 'Pump', 'pump');
        INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('pump-1', 'flow', 'flow'), ('pump-1', 'motor: A', 'current');
        INSERT INTO telemetry.reading (sensor_id, time, value)
        SELECT s.id, t, CASE s.name WHEN 'flow' THEN 30 + sin(extract(epoch FROM t)::float8 / 60) ELSE 7 END
            + 0.1 * sin(extract(epoch FROM t)::float8 * 12.9898) + CASE WHEN t >= '2026-05-01 03:00Z' THEN 4 ELSE 0 END
        FROM plant.sensor AS s
        CROSS JOIN (SELECT g FROM generate_series('2026-05-01 00:00Z'::timestamptz, '2026-05-01 02:00Z', '5 seconds') AS g
                    UNION ALL SELECT g FROM generate_series('2026-05-01 03:00Z'::timestamptz, '2026-05-01 03:10Z', '5 seconds') AS g) AS x (t)
        WHERE s.equipment_id = 'pump-1';
        """
    )
    PLANT.db.execute("UPDATE ops.setting SET value = to_jsonb(%s::text) WHERE name = 'ml.training_lease'", (LEASE,))
    PLANT.db.execute("UPDATE ops.setting SET value = '\"0 seconds\"' WHERE name = 'ml.training_pause'")
    return None


def teardown() -> None:
    if PLANT:
        PLANT.close()


def end_lease(number: int) -> None:
    """As time would: nobody renews it any more."""
    PLANT.db.execute("UPDATE ml.training_job SET lease_until = clock_timestamp() - INTERVAL '1 second' WHERE id = %s AND state = 'running'", (number,))


def is_whole(directory: Path) -> str:
    """Why a bundle is not whole; nothing: every file is there with its hash, and the golden vectors come out."""
    metadata = json.loads((directory / "metadata.json").read_text())
    files = {p.name for p in directory.iterdir()} - {"metadata.json"}
    if files != set(metadata["files_sha256"]):
        return f"files {files}"
    for name, wanted in metadata["files_sha256"].items():
        if hashlib.sha256((directory / name).read_bytes()).hexdigest() != wanted:
            return f"hash of {name}"
    golden = json.loads((directory / "golden.json").read_text())
    if not golden["vectors"]:
        return "no golden vectors"
    for m in metadata["modalities"]:
        scaler = json.loads((directory / f"standard_scaler_{m}.json").read_text())
        kind = "regressor" if (directory / f"regressor_{m}.safetensors").exists() else "ae"
        tensors = reference.read_safetensors(directory / f"{kind}_{m}.safetensors")
        for vector in golden["vectors"]:
            x = np.array(vector["features"], float)
            x = x.T[None] if x.ndim == 2 else x[None, None]
            if len(metadata["modalities"]) > 1:
                begin = 0 if m == metadata["modalities"][0] else x.shape[2] - len(scaler["mean"])
                x = x[:, :, begin : begin + len(scaler["mean"])]
            z = (x - np.array(scaler["mean"])) / np.array(scaler["scale"])
            found, wanted = (reference.value(tensors, z)[0], vector["value"]) if kind == "regressor" else (reference.scores(tensors, z)[0][0], vector["scores"][m])
            if abs(found - wanted) > 1e-4 * max(1e-9, abs(wanted)) + 1e-9:
                return f"golden vector {wanted} comes out as {found}"
    return ""


def succeeded(tap: Tap, number: int, what: str) -> dict:
    job = PLANT.job(number)
    tap.ok(job["state"] == "succeeded", f"{what}: succeeded", f"{job['state']}: {job['error']}\n{job['log']}\n{PLANT.said()}")
    return job


def case_windows_end_to_end(tap: Tap) -> None:
    spec = WINDOWS | {"abnormal": [{"from": "2026-05-01T03:00:00Z", "to": "2026-05-01T03:10:00Z", "label": "jam"}]}
    dense = PLANT.queue("window_autoencoder", spec)
    lstm = PLANT.queue("window_autoencoder", RECURRENT | {"epochs": 2})
    tap.equal(PLANT.worker().wait(PATIENCE), 0, "a worker with --once ends when nothing waits")
    for number, what in ((dense, "a dense autoencoder over windows"), (lstm, "an LSTM autoencoder over windows")):
        job = succeeded(tap, number, what)
        tap.equal(is_whole(PLANT.root / job["bundle"]), "", f"{what}: hashes hold and golden vectors come out")
        tap.ok(job["card"]["must_not_be_used"] and job["card"]["data"]["sha256"], f"{what}: its card says where it must not be used, and what it saw")
        tap.ok(job["metrics"]["training_time"] > 0 and job["progress"] == 1, f"{what}: its metrics say how long it took")
    job = PLANT.job(dense)
    tap.ok(job["metrics"]["f1_score"] > 0.9 and job["metrics"]["detection_rate"] == {"jam": 1}, "a jump in both signals is found", job["metrics"])
    metadata = json.loads((PLANT.root / job["bundle"] / "metadata.json").read_text())
    tap.equal([s["sensor"] for s in metadata["window"]["signals"]], ["flow", "motor: A"], "the bundle says which sensors it looks at")
    tap.equal(PLANT.hidden(), [], "nothing is left in hidden folders")


def waves(rng: np.random.Generator, tone: float) -> dict[str, np.ndarray]:
    """A second of three currents at 500 Hz and of a vibration at 1 kHz; a fault adds a tone."""
    t, v = np.arange(500) / 500, np.arange(1000) / 1000
    phases = [4 * np.sin(2 * np.pi * (50 * t + k / 3)) + 0.2 * rng.normal(size=500) + tone * np.sin(2 * np.pi * 120 * t) for k in range(3)]
    return {"current": np.array(phases), "vibration": (np.sin(2 * np.pi * 25 * v) + 0.3 * rng.normal(size=1000) + tone * np.sin(2 * np.pi * 180 * v))[None]}


def case_field_form_from_stored_features(tap: Tap) -> None:
    rng = np.random.default_rng(8)
    PLANT.db.execute("INSERT INTO plant.equipment (id, name, type) VALUES ('mill-1', 'Mill', 'mill')")
    with PLANT.db.cursor().copy("COPY ml.waveform_features (equipment_id, modality, time, sample_rate_hz, samples, features, outcome) FROM STDIN") as out:
        for n in range(190):
            for modality, axes in waves(rng, 0.0 if n < 150 else 1.5).items():
                rate = 500 if modality == "current" else 1000
                names = [f"{a}_{s}" for a in field.AXES[modality] for s in waveform.SUFFIXES]
                values = [v for axis in axes for v in waveform.features(axis, rate)]
                stamp = f"2026-05-02 {n // 60:02}:{n % 60:02}:00.{'0' if modality == 'current' else '4'}Z"
                out.write_row(("mill-1", modality, stamp, rate, axes.shape[1], json.dumps(dict(zip(names, values))), "no_model"))
    times = {"equipment_id": "mill-1", "normal": [{"from": "2026-05-02T00:00:00Z", "to": "2026-05-02T02:30:00Z"}],
             "abnormal": [{"from": "2026-05-02T02:30:00Z", "to": "2026-05-02T04:00:00Z", "label": "hum"}]}  # fmt: skip
    both = PLANT.queue("autoencoder", times | {"model_type": "xgboost"})
    alone = PLANT.queue("autoencoder", {"equipment_id": "mill-1", "normal": times["normal"], "modalities": ["current"], "abnormal": []})
    PLANT.worker().wait(PATIENCE)
    job = succeeded(tap, both, "the field's form, both modalities, one fault")
    if job["state"] == "succeeded":
        metadata = json.loads((PLANT.root / job["bundle"] / "metadata.json").read_text())
        tap.equal((metadata["case"], metadata["modalities"], metadata["class_map"]), ("B", ["current", "vibration"], {"0": "normal", "1": "hum"}), "is of case B")
        tap.equal(is_whole(PLANT.root / job["bundle"]), "", "its hashes hold and its golden vectors come out")
        tap.ok(job["metrics"]["recall"] > 0.9 and job["metrics"]["rows_judged"]["faulty"] == 12, "of each fault the last 30 % are judged, and found", job["metrics"])
    job = succeeded(tap, alone, "the field's form, current alone, no fault")
    if job["state"] == "succeeded":
        metadata = json.loads((PLANT.root / job["bundle"] / "metadata.json").read_text())
        tap.equal((metadata["case"], metadata["modalities"], metadata["th_ae"]["vibration"]), ("A", ["current"], None), "is of case A")
        tap.ok(job["metrics"]["f1_score"] is None and job["card"]["limits"], "what was not measured is said, not guessed", job["card"])
    fresh = PLANT.queue("threshold", times | {"power": "default", "source_version": job["bundle"].split("/")[2]}) if served(job) else None
    if fresh:
        PLANT.worker().wait(PATIENCE)
        new = succeeded(tap, fresh, "new thresholds for it")
        if new["state"] == "succeeded":
            tap.equal(is_whole(PLANT.root / new["bundle"]), "", "its hashes hold and its golden vectors come out")
            old, now = ((PLANT.root / b["bundle"] / "ae_current.safetensors").read_bytes() for b in (job, new))
            tap.ok(old == now, "the weights are the same")


def served(job: dict) -> bool:
    """As thin would say it: the queue takes thresholds only for a bundle that the registry has."""
    if job["state"] != "succeeded":
        return False
    equipment, power, version = job["bundle"].split("/")
    entry = {"equipment_id": equipment, "power": power, "model_version": version, "modalities": ["current"], "thresholds": {"current": 1}, "case": "A",
             "bundle_path": job["bundle"], "sha256": "00", "features": ["x"], "steps": 1}  # fmt: skip
    PLANT.db.execute("SELECT ml.sync_models(%s, '[]', 'test')", (json.dumps([entry]),))
    return True


def case_field_form_from_files(tap: Tap) -> None:
    rng = np.random.default_rng(9)
    number = PLANT.ask("SELECT ml.begin_training('autoencoder', %s)", json.dumps({"equipment_id": "press-9", "model_type": "xgboost", "window_seconds": 0.5}))
    place = 0
    for state, count in (("normal", 6), ("abnormal", 2)):
        for _ in range(count):
            made = [waves(rng, 0.0 if state == "normal" else 1.5) for _ in range(10)]
            for modality, rate in (("current", 500), ("vibration", 1000)):
                values = np.concatenate([m[modality] for m in made], axis=1)
                lines = "".join(f"{i / rate:.4f}," + ",".join(f"{v:.5f}" for v in row) + ",\n" for i, row in enumerate(values.T))
                head = "".join(f"description {n}\n" for n in range(9))
                PLANT.ask("SELECT ml.receive_training_file(%s, %s, %s, %s, %s)", number, place, f"{state}_{modality}", f"{place}.csv", head + lines)
                place += 1
    PLANT.ask("SELECT ml.release_training(%s)", number)
    PLANT.worker().wait(PATIENCE)
    job = succeeded(tap, number, "recordings that came as files")
    if job["state"] == "succeeded":
        tap.equal(is_whole(PLANT.root / job["bundle"]), "", "its hashes hold and its golden vectors come out")
        tap.ok(job["metrics"]["recall"] > 0.9 and job["metrics"]["rows"]["train"] >= 60, "half-second stretches are measurements, and the tone is found", job["metrics"])


def case_remaining_life_end_to_end(tap: Tap) -> None:
    PLANT.db.execute(
        """
        INSERT INTO plant.equipment (id, name, type) SELECT 'saw-' || n, 'Saw', 'saw' FROM generate_series(1, 8) AS n;
        INSERT INTO plant.sensor (equipment_id, name, type)
        SELECT 'saw-' || n, s, 'vibration' FROM generate_series(1, 8) AS n CROSS JOIN unnest('{heat,shake}'::text[]) AS s;
        -- seven that failed after 60 hours or more, one that lasts since 50; wear shows in the last 40
        INSERT INTO telemetry.reading (sensor_id, time, value)
        SELECT s.id, g.t, n + CASE s.name WHEN 'shake' THEN greatest(0, 40 - extract(epoch FROM l.ended - g.t) / 3600) / 10 ELSE 0 END
            + 0.2 * sin(extract(epoch FROM g.t)::float8 * 12.9898)
        FROM generate_series(1, 8) AS n
        CROSS JOIN LATERAL (SELECT date_trunc('hour', now()) - make_interval(hours => CASE n WHEN 8 THEN 50 ELSE 200 END) AS began) AS b
        CROSS JOIN LATERAL (SELECT b.began + make_interval(hours => 60 + 3 * n) AS ended) AS l
        JOIN plant.sensor AS s ON s.equipment_id = 'saw-' || n
        CROSS JOIN LATERAL generate_series(b.began, least(l.ended, now()) - INTERVAL '1 minute', '20 minutes') AS g (t);
        """
    )
    csv = "equipment_id,component,component_type,installed_at,removed_at,end_reason\n" + "".join(
        PLANT.ask(
            """SELECT string_agg(concat_ws(',', 'saw-' || n, 'blade', 'blade', b.began::text,
                   CASE WHEN n < 8 THEN (b.began + make_interval(hours => 60 + 3 * n))::text ELSE '' END, CASE WHEN n < 8 THEN 'failed' ELSE '' END)
                   || E'\n', '' ORDER BY n)
               FROM generate_series(1, 8) AS n
               CROSS JOIN LATERAL (SELECT date_trunc('hour', now()) - make_interval(hours => CASE n WHEN 8 THEN 50 ELSE 200 END) AS began) AS b"""
        )
    )
    outcomes = PLANT.db.execute("SELECT outcome, reason FROM plant.import_lives(%s, 'test')", (csv,)).fetchall()
    tap.equal({o for o, _ in outcomes}, {"stored"}, "the lives are imported")
    PLANT.db.execute("CALL ops.refresh_rollups()") if PLANT.ask("SELECT to_regprocedure('ops.refresh_rollups()') IS NOT NULL") else None
    number = PLANT.queue("rul", {"equipment_type": "saw", "bucket": "1h", "steps": 10, "cap_hours": 40, "architecture": "lstm"})
    PLANT.worker().wait(PATIENCE)
    job = succeeded(tap, number, "remaining life of a type")
    if job["state"] != "succeeded":
        return
    own = "/".join(["saw-8", *job["bundle"].split("/")[1:]])
    tap.ok({job["bundle"], own} <= PLANT.bundles(), "there is a bundle of the type, and one of each machine whose life lasts", PLANT.bundles())
    for name in (job["bundle"], own):
        tap.equal(is_whole(PLANT.root / name), "", f"{name.split('/')[0]}: hashes hold and golden vectors come out")
    metadata = json.loads((PLANT.root / own / "metadata.json").read_text())
    tap.equal((metadata["unit"], metadata["window"]["bucket"], metadata["window"]["steps"]), ("h", "1h", 10), "it is in hours, over hours")
    tap.ok("window" not in json.loads((PLANT.root / job["bundle"] / "metadata.json").read_text()), "the type's own bundle asks for no windows")
    scaler = json.loads((PLANT.root / own / "standard_scaler_wear.json").read_text())
    tap.ok(abs(scaler["mean"][2] - 8) < 0.2, "the machine's scaler holds where its life began", scaler["mean"])
    tap.ok(job["metrics"]["rmse"] < job["metrics"]["rmse_of_a_constant"], "it is better than a constant on lives that nothing saw", job["metrics"])


def case_killed_in_the_middle(tap: Tap) -> None:
    before = PLANT.bundles()
    number = PLANT.queue("window_autoencoder", SLOW)
    first = PLANT.worker(once=False)
    until("it trains", lambda: "normal windows" in PLANT.job(number)["log"])
    children = [int(p) for p in Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()]
    first.send_signal(signal.SIGKILL)
    first.wait()
    until("the process that computed is gone", lambda: not any(Path(f"/proc/{p}").exists() and "Z" not in Path(f"/proc/{p}/stat").read_text().split()[2] for p in children), 30)
    tap.ok(bool(children), "a worker that is killed takes the process that computes with it")
    tap.equal(PLANT.bundles(), before, "and leaves no bundle, not even half of one")
    tap.ok(bool(PLANT.hidden()), "only its hidden folder")
    end_lease(number)
    PLANT.worker().wait(PATIENCE)
    job = succeeded(tap, number, "another one takes over")
    tap.equal((job["attempts"], is_whole(PLANT.root / job["bundle"])), (2, ""), "and at the second attempt the bundle is whole")
    tap.equal(PLANT.hidden(), [], "what the first one left behind is gone")


def case_killed_before_the_word(tap: Tap) -> None:
    """The bundle is in its place, the database has not been told: the worst moment."""
    number = PLANT.queue("window_autoencoder", WINDOWS)
    job = PLANT.job(number)
    with psycopg.connect(PLANT.url) as blocker:
        first = PLANT.worker(once=False)
        until("its last word", lambda: "nothing saw" in PLANT.job(number)["log"])
        blocker.execute("SELECT FROM ml.training_job WHERE id = %s FOR UPDATE", (number,))
        path = PLANT.root / job["bundle"]
        until("the bundle is in its place", path.exists)
        tap.equal(is_whole(path), "", "a bundle that appears is whole")
        first.send_signal(signal.SIGKILL)
        first.wait()
        blocker.rollback()
    until("the killed one's session ends", lambda: not PLANT.ask(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND state = 'active'", PLANT.login), 60)  # fmt: skip
    state = PLANT.job(number)["state"]
    if state == "running":
        end_lease(number)
    PLANT.worker().wait(PATIENCE)
    job = succeeded(tap, number, f"killed between bundle and word (the database then said {state})")
    tap.equal(is_whole(path), "", "the bundle is whole")
    owner = json.loads((path / "metadata.json").read_text())["trained_by"]
    tap.equal((owner["job"], owner["attempt"]), (number, job["attempts"]), "and is the one of the attempt that counts")
    tap.equal(PLANT.hidden(), [], "nothing is left behind")


def case_cancelled(tap: Tap) -> None:
    before = PLANT.bundles()
    number = PLANT.queue("window_autoencoder", SLOW)
    worker = PLANT.worker()
    until("it trains", lambda: "normal windows" in PLANT.job(number)["log"])
    PLANT.ask("SELECT ml.cancel_training(%s)", number)
    began = time.monotonic()
    job = PLANT.wait_over(number)
    worker.wait(PATIENCE)
    tap.equal(job["state"], "cancelled", "a cancelled training ends")
    tap.ok(time.monotonic() - began < 60, "soon")
    tap.equal((PLANT.bundles(), PLANT.hidden()), (before, []), "and leaves nothing")


def case_refused_at_the_end(tap: Tap) -> None:
    # a worker that is quicker than the cancelling has succeeded, rightly: another one is asked then
    for _ in range(8):
        before = PLANT.bundles()
        number = PLANT.queue("window_autoencoder", WINDOWS)
        path = PLANT.root / PLANT.job(number)["bundle"]
        with psycopg.connect(PLANT.url) as blocker:
            worker = PLANT.worker()
            until("its last word", lambda: "nothing saw" in PLANT.job(number)["log"])
            blocker.execute("UPDATE ml.training_job SET cancel_requested = true WHERE id = %s AND state = 'running'", (number,))
            until("the bundle is in its place", path.exists)
            blocker.commit()
        worker.wait(PATIENCE)
        if PLANT.job(number)["state"] != "succeeded":
            break
    tap.equal(PLANT.job(number)["state"], "cancelled", "cancelled while the bundle was being moved to its place")
    tap.equal((PLANT.bundles(), PLANT.hidden()), (before, []), "the bundle is taken away again")


def case_bounds(tap: Tap) -> None:
    before = PLANT.bundles()
    small = PLANT.queue("window_autoencoder", SLOW | {"normal": [{"from": "2026-05-01T00:00:00Z", "to": "2026-05-01T00:01:00Z"}]})
    slow = PLANT.queue("window_autoencoder", RECURRENT | {"time_limit": 10, "epochs": 10000, "steps": 200})
    PLANT.worker(TRAINER_TIME_LIMIT="10").wait(PATIENCE)
    tap.ok((PLANT.job(small)["error"] or "").startswith("too_few_samples"), "too little data is said, with a code", PLANT.job(small))
    job = PLANT.job(slow)
    tap.ok((job["error"] or "").startswith("time_limit"), "a training ends with its time", job)
    tap.equal(PLANT.hidden(), [], "nothing is left behind")
    tap.equal(PLANT.bundles(), before, "and no bundle")


def case_hostile_place(tap: Tap) -> None:
    number = PLANT.queue("window_autoencoder", WINDOWS | {"model_version": "taken"})
    path = PLANT.root / PLANT.job(number)["bundle"]
    path.mkdir(parents=True)
    (path / "metadata.json").write_text('{"somebody": "else"}')
    PLANT.worker().wait(PATIENCE)
    job = PLANT.job(number)
    tap.ok(job["state"] == "failed" and job["error"].startswith("bundle_exists"), "a bundle that somebody else made is not touched", job)
    tap.equal((path / "metadata.json").read_text(), '{"somebody": "else"}', "it stands as it was")
    (path / "metadata.json").unlink()
    path.rmdir()


def case_two_workers(tap: Tap) -> None:
    numbers = [PLANT.queue("window_autoencoder", WINDOWS) for _ in range(4)]
    workers = [PLANT.worker() for _ in range(2)]
    for worker in workers:
        worker.wait(PATIENCE)
    jobs = [PLANT.job(n) for n in numbers]
    tap.equal([(j["state"], j["attempts"]) for j in jobs], [("succeeded", 1)] * 4, "two workers share the queue, and each job is done once")
    tap.equal([is_whole(PLANT.root / j["bundle"]) for j in jobs], [""] * 4, "their bundles are whole")


def case_no_transaction_while_training(tap: Tap) -> None:
    number = PLANT.queue("window_autoencoder", SLOW)
    worker = PLANT.worker()
    until("it trains", lambda: "normal windows" in PLANT.job(number)["log"])
    open_ = held = 0
    while PLANT.job(number)["state"] == "running" and open_ < 200:
        held += PLANT.ask("SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND xact_start < clock_timestamp() - INTERVAL '1 second'", PLANT.login)
        open_ += 1
        time.sleep(0.05)
    worker.wait(PATIENCE)
    tap.ok(open_ > 0 and held == 0, f"no transaction is open for a second while it trains ({open_} looks)")


def case_rights(tap: Tap) -> None:
    with psycopg.connect(PLANT.trainer_url, autocommit=True) as c:
        refused = 0
        tries = ["SELECT * FROM ml.training_job", "SELECT * FROM auth.account", "SELECT * FROM telemetry.reading LIMIT 1", "SELECT ml.queue_training('rul', '{}')",
                 "UPDATE ops.setting SET value = '1'", "SELECT ml.cancel_training(1)", "CREATE TABLE ml.x (i int)"]  # fmt: skip
        for statement in tries:
            try:
                c.execute(statement)
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedFunction):
                refused += 1
    tap.equal(refused, len(tries), "the trainer's login reads its views, calls its functions, and can do nothing else")


def case_read_by_thin(tap: Tap) -> None:
    """thin replays the golden vectors of every bundle that the cases before this one left."""
    thin = os.environ.get("MILLWRIGHT_THIN")
    if not thin or not Path(thin).exists():
        tap.skip("thin loads every bundle", "MILLWRIGHT_THIN names no program")
        return
    wanted = PLANT.bundles()
    ports = []
    for _ in range(2):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            ports.append(s.getsockname()[1])
    log = (PLANT.logs / "thin.log").open("w")
    process = subprocess.Popen(
        [thin, "serve"], stdout=log, stderr=log,
        env=os.environ
        | {"DATABASE_URL": PLANT.thin_url, "SERVE_ML_ROOT": str(PLANT.root), "SECRET_KEY": os.urandom(32).hex(), "THIN_HTTP": f"127.0.0.1:{ports[0]}"}
        | {"THIN_METRICS": f"127.0.0.1:{ports[1]}", "MILLWRIGHT_SQL": str(Path(__file__).parents[2]), "MQTT_URL": "mqtt://127.0.0.1:9"},
    )  # fmt: skip
    try:
        query = "SELECT coalesce(jsonb_object_agg(concat_ws('/', equipment_id, power, model_version), status), '{}') FROM ml.serve_ml_models"
        until("thin has looked at the folder", lambda: process.poll() is not None or set(PLANT.ask(query)) >= wanted, 60)
        found = PLANT.ask(query)
        tap.equal({n: found.get(n) for n in wanted}, dict.fromkeys(wanted, "ready"), f"thin loads all {len(wanted)} bundles, and their golden vectors come out")
        if process.poll() is not None:
            print("# " + (PLANT.logs / "thin.log").read_text()[-2000:].replace("\n", "\n# "))
    except AssertionError as error:
        tap.ok(False, "thin loads every bundle", f"{error}\n{PLANT.ask(query)}\n{(PLANT.logs / 'thin.log').read_text()[-3000:]}")
    finally:
        process.terminate()
        process.wait(30)
