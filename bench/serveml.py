#!/usr/bin/env python3
"""Times serve_ml predictions beside onnxruntime and xgboost, on the same bundle and inputs, one thread each, in one run.

    serveml.py --binary .build/release/serveml-bench [--iterations 20000]

Also counted, where a C compiler is: allocations per prediction (bench/allocations.c), and a window bundle: an LSTM autoencoder, 30 steps of 8 signals, hidden 64.
Makes a bundle of the field's sizes (63-128-64-16 and 21-256-128-16, a fault model of 600 trees of depth 5 over 32 latents) in a temporary folder, runs the
Swift benchmark on it, then the same arithmetic here. Packages that are not installed (bench/requirements-ml.txt) are named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from servemlkit import autoencoder, formats  # noqa: E402

import numpy as np  # noqa: E402

SIZES = {"current": (63, [128, 64]), "vibration": (21, [256, 128])}
LATENT = 16
TREES, DEPTH = 600, 5
STEPS, SIGNALS, UNITS = 30, 8, 64
ROWS = 64


def percentiles(call, iterations: int) -> tuple[float, float]:
    """p50 and p99 of one call, in microseconds."""
    for _ in range(min(iterations, 500)):
        call(0)
    times = np.empty(iterations)
    for index in range(iterations):
        begin = time.perf_counter_ns()
        call(index % ROWS)
        times[index] = time.perf_counter_ns() - begin
    return tuple(np.quantile(times, [0.5, 0.99]) / 1000)


def make_bundle(directory: Path, rng: np.random.Generator):
    """Random weights (time does not depend on them) and a fault model that was really trained."""
    directory.mkdir(parents=True)
    names = {m: [f"{m[:3]}_{i}" for i in range(n)] for m, (n, _) in SIZES.items()}
    used = [n for group in names.values() for n in group]
    x = rng.normal(0, 1, (ROWS, len(used)))
    formats.write_spec(directory / "feature_spec.yaml", used, names)
    parts, scores, latents, column = {}, {}, {}, 0
    for modality, (count, hidden) in SIZES.items():
        encoder = autoencoder.initialise([count, *hidden, LATENT], rng)
        decoder = autoencoder.initialise([LATENT, *reversed(hidden), count], rng)
        parts[modality] = (encoder, decoder)
        formats.write_safetensors(directory / f"ae_{modality}.safetensors", autoencoder.state_dict(encoder, decoder))
        formats.write_json(directory / f"standard_scaler_{modality}.json", {"mean": [0.0] * count, "scale": [1.0] * count})
        scores[modality], latents[modality] = autoencoder.evaluate(encoder, decoder, x[:, column : column + count])
        column += count
    stacked = np.concatenate(list(latents.values()), axis=1)
    booster = None
    try:
        import xgboost

        many = np.repeat(stacked, 60, axis=0) * rng.normal(1, 0.3, (60 * ROWS, stacked.shape[1]))
        labels = (many[:, 0] * many[:, 5] + many[:, 20] + rng.normal(0, 1, len(many)) > 0).astype(int)
        parameters = {"objective": "binary:logistic", "max_depth": DEPTH, "eta": 0.05, "lambda": 0.1, "nthread": 1}
        booster = xgboost.train(parameters, xgboost.DMatrix(many.astype(np.float32), labels), TREES)
        booster.save_model(directory / "xgb.json")
    except ImportError:
        print("xgboost is not installed: no fault model is measured")
    vectors = [
        {"features": x[i].tolist(), "scores": {m: float(scores[m][i]) for m in SIZES}} for i in range(ROWS)
    ]
    formats.write_json(directory / "golden.json", {"vectors": vectors})
    metadata = {
        "equipment_id": "bench", "power": "1", "model_version": "v1", "modalities": list(SIZES),
        "case": "B" if booster else "A", "faults": ["fault"] if booster else [], "class_map": {"0": "normal", "1": "fault"},
        "th_ae": dict.fromkeys(SIZES, 1.0), "files_sha256": formats.hashes(directory),
    }  # fmt: skip
    formats.write_json(directory / "metadata.json", metadata)
    return parts, x.astype(np.float32), stacked.astype(np.float32), booster


def make_sequence_bundle(directory: Path, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """An LSTM autoencoder with random weights; its golden scores are left to onnxruntime."""
    directory.mkdir(parents=True)
    names = [f"s{i}" for i in range(SIGNALS)]
    tensors = {}
    for part, inputs in (("encoder", SIGNALS), ("decoder", UNITS)):
        for kind, columns in (("ih", inputs), ("hh", UNITS)):
            tensors[f"{part}.weight_{kind}_l0"] = rng.uniform(-0.3, 0.3, (4 * UNITS, columns)).astype(np.float32)
            tensors[f"{part}.bias_{kind}_l0"] = rng.uniform(-0.1, 0.1, 4 * UNITS).astype(np.float32)
    tensors["output.weight"] = rng.uniform(-0.3, 0.3, (SIGNALS, UNITS)).astype(np.float32)
    tensors["output.bias"] = np.zeros(SIGNALS, np.float32)
    x = rng.normal(0, 1, (ROWS, STEPS, SIGNALS)).astype(np.float32)
    formats.write_spec(directory / "feature_spec.yaml", names, {"wear": names}, STEPS)
    formats.write_safetensors(directory / "ae_wear.safetensors", tensors)
    formats.write_json(directory / "standard_scaler_wear.json", {"mean": [0.0] * SIGNALS, "scale": [1.0] * SIGNALS})
    metadata = {
        "equipment_id": "bench", "power": "1", "model_version": "lstm", "modalities": ["wear"], "case": "A", "faults": [],
        "th_ae": {"wear": 1.0}, "files_sha256": formats.hashes(directory),
    }  # fmt: skip
    formats.write_json(directory / "metadata.json", metadata)
    return tensors, x


def sequence_session(tensors: dict[str, np.ndarray]):
    """The same LSTM autoencoder for onnxruntime."""
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    def gates(tensor: np.ndarray) -> np.ndarray:
        # PyTorch: input, forget, cell, output. ONNX: input, output, forget, cell.
        i, f, c, o = np.split(tensor, 4)
        return np.concatenate([i, o, f, c])

    weights = [numpy_helper.from_array(np.array([STEPS, 1, 1], np.int64), "repeat"), numpy_helper.from_array(tensors["output.weight"].T.copy(), "ow"),
               numpy_helper.from_array(tensors["output.bias"], "ob")]  # fmt: skip
    nodes = []
    for part, source in (("encoder", "x"), ("decoder", "codes")):
        bias = np.concatenate([gates(tensors[f"{part}.bias_ih_l0"]), gates(tensors[f"{part}.bias_hh_l0"])])
        weights += [numpy_helper.from_array(gates(tensors[f"{part}.weight_{kind}_l0"])[None], part + kind) for kind in ("ih", "hh")]
        weights.append(numpy_helper.from_array(bias[None], part + "b"))
        if part == "decoder":
            nodes.append(helper.make_node("Tile", ["encoder_h", "repeat"], ["codes"]))
        nodes.append(helper.make_node("LSTM", [source, part + "ih", part + "hh", part + "b"], [part + "_y", part + "_h"], hidden_size=UNITS))
    weights.append(numpy_helper.from_array(np.array([STEPS, UNITS], np.int64), "flat"))
    weights.append(numpy_helper.from_array(np.array([STEPS, 1, SIGNALS], np.int64), "deep"))
    nodes += [
        helper.make_node("Reshape", ["decoder_y", "flat"], ["rows"]),
        helper.make_node("Gemm", ["rows", "ow", "ob"], ["out"]),
        helper.make_node("Reshape", ["out", "deep"], ["back"]),
        helper.make_node("Sub", ["x", "back"], ["d"]),
        helper.make_node("Mul", ["d", "d"], ["s"]),
        helper.make_node("ReduceMean", ["s"], ["score"], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes, "lstm", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [STEPS, 1, SIGNALS])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, [])], weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def allocations(binary: Path, directory: Path, kinds: list[str], work: Path) -> None:
    """Calls of the allocator per prediction, after warm-up: the difference of two runs."""
    library = work / "allocations.so"
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        print("no C compiler: allocations are not counted")
        return
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, Path(__file__).with_name("allocations.c")], check=True)

    def total(kind: str, iterations: int) -> int:
        run = subprocess.run(
            [binary, directory, "--repeat", kind, "--iterations", str(iterations)],
            check=True, capture_output=True, text=True, env={**os.environ, "LD_PRELOAD": str(library)})  # fmt: skip
        return int(run.stderr.split()[-1])

    for kind in kinds:
        each = (total(kind, 11_000) - total(kind, 1_000)) / 10_000
        print(f"{'allocations per prediction':36} {directory.name + ': ' + kind:64} {each:.2f}")


def onnx_sessions(parts):
    """One session per autoencoder, giving the mean squared error."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    sessions = {}
    for modality, (encoder, decoder) in parts.items():
        count = encoder[0][0].shape[1]
        nodes, weights, name = [], [], "x"
        for part in (encoder, decoder):
            for index, (weight, bias) in enumerate(part):
                out = f"h{len(nodes)}"
                weights += [numpy_helper.from_array(weight.T.copy(), out + "w"), numpy_helper.from_array(bias, out + "b")]
                nodes.append(helper.make_node("Gemm", [name, out + "w", out + "b"], [out]))
                name = out
                if index < len(part) - 1:
                    nodes.append(helper.make_node("Relu", [name], [name + "r"]))
                    name += "r"
        nodes += [
            helper.make_node("Sub", ["x", name], ["d"]),
            helper.make_node("Mul", ["d", "d"], ["s"]),
            helper.make_node("ReduceMean", ["s"], ["score"], keepdims=0),
        ]
        graph = helper.make_graph(
            nodes, modality, [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, count])],
            [helper.make_tensor_value_info("score", TensorProto.FLOAT, [])], weights,
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        sessions[modality] = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return sessions, f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--iterations", type=int, default=20000)
    parser.add_argument("--copies", type=int, default=1000, help="bundles in the loading test (0: none)")
    arguments = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as work:
        directory = Path(work) / "bench" / "1" / "v1"
        parts, x, latents, booster = make_bundle(directory, np.random.default_rng(5))
        output = subprocess.run(
            [arguments.binary, directory, "--iterations", str(arguments.iterations), "--copies", str(arguments.copies)], check=True, capture_output=True, text=True
        ).stdout
        tensors, window = make_sequence_bundle(Path(work) / "bench" / "1" / "lstm", np.random.default_rng(6))
        golden = {"vectors": []}
        try:
            session = sequence_session(tensors)
            steps = [row[:, None, :].copy() for row in window]
            golden["vectors"] = [
                {"features": row.T.astype(float).tolist(), "scores": {"wear": float(session.run(None, {"x": steps[i]})[0])}}
                for i, row in enumerate(window)
            ]
            formats.write_json(Path(work) / "bench" / "1" / "lstm" / "golden.json", golden)
            command = [arguments.binary, Path(work) / "bench" / "1" / "lstm", "--iterations", str(arguments.iterations // 10)]
            output += subprocess.run(command, check=True, capture_output=True, text=True).stdout.replace('what":"', 'what":"LSTM: ')
            lines.append(("onnxruntime", f"LSTM: {STEPS}x{SIGNALS}, hidden {UNITS}, from Python",
                          *percentiles(lambda index: session.run(None, {"x": steps[index]}), max(200, arguments.iterations // 10))))  # fmt: skip
        except ImportError as error:
            print(f"{error.name} is not installed: the LSTM is not measured")
        allocations(arguments.binary, directory, ["score", "predict", *(["fault"] if booster else []), "message"], Path(work))
        if golden["vectors"]:
            allocations(arguments.binary, Path(work) / "bench" / "1" / "lstm", ["score", "predict", "message"], Path(work))
        for line in output.splitlines():
            entry = json.loads(line)
            if "p50_us" not in entry:
                print(line)
                continue
            lines.append(("millwright", entry["what"], entry["p50_us"], entry["p99_us"]))
    slow = max(200, arguments.iterations // 5)
    try:
        sessions, version = onnx_sessions(parts)
        split = SIZES["current"][0]
        inputs = [(row[None, :split].copy(), row[None, split:].copy()) for row in x]

        def both(index):
            sessions["current"].run(None, {"x": inputs[index][0]})
            sessions["vibration"].run(None, {"x": inputs[index][1]})

        lines.append((version, "both autoencoders, from Python", *percentiles(both, slow)))
    except ImportError as error:
        print(f"{error.name} is not installed: its autoencoder is not measured")
    if booster is not None:
        import xgboost

        rows = [row[None, :].copy() for row in latents]
        lines.append((f"xgboost {xgboost.__version__}", f"{TREES} trees of depth {DEPTH}, inplace_predict, from Python",
                      *percentiles(lambda index: booster.inplace_predict(rows[index]), slow)))  # fmt: skip
        # A batch leaves the price of the call behind: what a row costs the library itself.
        batch = np.repeat(latents, 64, axis=0)
        begin = time.perf_counter()
        for _ in range(5):
            booster.inplace_predict(batch)
        each = (time.perf_counter() - begin) / 5 / len(batch) * 1e6
        lines.append((f"xgboost {xgboost.__version__}", f"the same, per row in batches of {len(batch)}", each, float("nan")))
    for who, what, p50, p99 in lines:
        print(f"{who:36} {what:64} p50 {p50:9.2f} µs   p99 {p99:9.2f} µs")


if __name__ == "__main__":
    main()
