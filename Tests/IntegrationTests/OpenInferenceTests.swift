import Foundation
import Postgres
import TestSupport
import Testing

/// The Open Inference Protocol V2, as a KServe or Triton client sees it.
@Suite("Open Inference Protocol", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct OpenInferenceTests {
    private static func tensor(_ name: String, _ shape: [Int], _ data: String, _ datatype: String = "FP64") -> String {
        "{\"name\":\"\(name)\",\"datatype\":\"\(datatype)\",\"shape\":\(shape),\"data\":\(data)}"
    }

    private static func output(_ call: HTTPCall, _ name: String) -> [String: Any] {
        (call.object["outputs"] as? [[String: Any]])?.first { $0["name"] as? String == name } ?? [:]
    }

    @Test("Server, health and model metadata")
    func metadata() async throws {
        let bundles = try BundleRoot()
        try bundles.install("case_b", "press_1", "v1")
        try bundles.install("case_b", "press_1", "v2")
        let plant = try await Plant(more: bundles.environment)
        let url = plant.thin.url
        #expect(try HTTPCall.get("\(url)/v2/health/live").object["live"] as? Bool == true)
        #expect(await eventually { (try? HTTPCall.get("\(url)/v2/health/ready").status) == 200 })
        #expect(try HTTPCall.get("\(url)/v2/health/ready").object["ready"] as? Bool == true)
        #expect(try HTTPCall.get("\(url)/v2").object["name"] as? String == "millwright")
        #expect(try HTTPCall.get("\(url)/v2/models/press_1:11kW").status == 401)

        let token = try await plant.token(role: "viewer")
        let model = try HTTPCall.get("\(url)/v2/models/press_1:11kW", token: token)
        #expect(model.object["name"] as? String == "press_1:11kW")
        #expect(model.object["versions"] as? [String] == ["v1", "v2"])
        let input = try #require((model.object["inputs"] as? [[String: Any]])?.first)
        #expect(input["shape"] as? [Int] == [-1, 84] && input["datatype"] as? String == "FP64")
        #expect((input["parameters"] as? [String: Any])?["columns"] as? [String] == (try Examples("case_b")).features)
        let outputs = model.object["outputs"] as? [[String: Any]] ?? []
        #expect(
            outputs.compactMap { $0["name"] as? String } == ["scores", "is_anomaly", "confidence", "probabilities"])
        #expect((outputs[3]["parameters"] as? [String: Any])?["columns"] as? [String] == ["normal", "bearing"])
        // a name may be percent-encoded
        #expect(
            try HTTPCall.get("\(url)/v2/models/press_1%3A11kW/versions/v1/ready", token: token).object["ready"] as? Bool
                == true)
        #expect(try HTTPCall.get("\(url)/v2/models/press_1:11kW/versions/v1", token: token).status == 200)
        for path in [
            "press_1", "nobody:11kW", "press_1:99kW", "press_1:11kW/versions/v9", "press_1:11kW/versions/v9/ready",
        ] {
            let call = try HTTPCall.get("\(url)/v2/models/\(path)", token: token)
            #expect(call.status == 404 && (call.object["error"] as? String)?.isEmpty == false, "\(call.body)")
        }
        #expect(
            try HTTPCall.post("\(url)/v2/models/press_1:11kW/infer", "{}", token: token).status == 403)
        let document = try HTTPCall.get("\(url)/openapi.json")
        let paths = try #require(document.object["paths"] as? [String: Any])
        let infer = paths["/v2/models/{model_name}/versions/{model_version}/infer"] as? [String: [String: Any]]
        let parameters = infer?["post"]?["parameters"] as? [[String: Any]] ?? []
        #expect(parameters.compactMap { $0["in"] as? String } == ["path", "path"])
    }

    @Test(
        "Tensors in every form give numpy's scores, and are stored; errors have the protocol's shape and store nothing")
    func infer() async throws {
        let bundles = try BundleRoot()
        try bundles.install("case_b", "press_1")
        let examples = try Examples("case_b")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "operator")
        let url = "\(plant.thin.url)/v2/models/press_1:11kW/infer"
        let count = examples.inputs.count
        let nested = "\(examples.inputs)"
        let flat = "\(examples.inputs.flatMap(\.self))"
        let columns = examples.features.enumerated().map { column, name in
            Self.tensor(name, [count, 1], "\(examples.inputs.map { $0[column] })")
        }
        let bodies = [
            "{\"id\":\"42\",\"parameters\":{\"force_xgb\":true},\"inputs\":[\(Self.tensor("features", [count, 84], nested))]}",
            "{\"id\":\"42\",\"parameters\":{\"force_xgb\":true},\"inputs\":[\(Self.tensor("input-0", [count, 84], flat))]}",
            "{\"id\":\"42\",\"parameters\":{\"force_xgb\":true},\"inputs\":[\(columns.joined(separator: ","))]}",
        ]
        for body in bodies {
            let call = try HTTPCall.post(url, body, token: token)
            #expect(call.status == 200, "\(call.body)")
            #expect(call.object["id"] as? String == "42" && call.object["model_version"] as? String == "v1")
            let scores = Self.output(call, "scores")
            #expect(scores["shape"] as? [Int] == [count, 2])
            let found = scores["data"] as? [Double] ?? []
            for (column, modality) in ["current", "vibration"].enumerated() {
                for row in 0..<count {
                    let expected = examples.scores[modality]?[row] ?? .nan
                    #expect(abs(found[2 * row + column] - expected) <= 1e-5 * expected)
                }
            }
            let probabilities = Self.output(call, "probabilities")["data"] as? [Double] ?? []
            for row in 0..<count {
                #expect(abs(probabilities[2 * row] - (examples.probabilities[row]["normal"] ?? .nan)) < 1e-3)
            }
            #expect((Self.output(call, "is_anomaly")["data"] as? [Bool])?.count == count)
        }
        #expect(try plant.database.number("SELECT count(*) FROM serve_ml_predictions") == 3 * count)

        let one = Self.tensor("features", [84], "\(examples.inputs[0])", "FP32")
        let some = try HTTPCall.post(url, "{\"inputs\":[\(one)],\"outputs\":[{\"name\":\"confidence\"}]}", token: token)
        #expect((some.object["outputs"] as? [[String: Any]])?.count == 1)
        #expect(Self.output(some, "confidence")["shape"] as? [Int] == [1])
        #expect(try plant.database.number("SELECT count(*) FROM serve_ml_predictions") == 3 * count + 1)

        let wrong: [(String, Int, String)] = [
            ("{", 400, "JSON"), ("{}", 422, "inputs"),
            ("{\"inputs\":[\(Self.tensor("features", [1, 3], "[1,2,3]"))]}", 422, "84"),
            ("{\"inputs\":[\(Self.tensor("features", [2, 84], "[1]"))]}", 422, "168"),
            ("{\"inputs\":[\(Self.tensor("features", [84], "\(examples.inputs[0])", "BYTES"))]}", 422, "datatype"),
            ("{\"inputs\":[\(Self.tensor("features", [1, 1, 84], "\(examples.inputs[0])"))]}", 422, "[n, 84]"),
            ("{\"inputs\":[\(Self.tensor("features", [1, 1, 1, 84], "\(examples.inputs[0])"))]}", 422, "dimensions"),
            ("{\"inputs\":[\(one)],\"outputs\":[{\"name\":\"nothing\"}]}", 422, "nothing"),
            ("{\"inputs\":[\(columns.dropLast().joined(separator: ","))]}", 422, examples.features[83]),
            (
                "{\"inputs\":[\(Self.tensor("features", [1001, 84], "[" + Array(repeating: "0", count: 1001 * 84).joined(separator: ",") + "]"))]}",
                422, "1000"
            ),
        ]
        for (body, status, part) in wrong {
            let call = try HTTPCall.post(url, body, token: token)
            #expect(call.status == status && (call.object["error"] as? String)?.contains(part) == true, "\(call.body)")
        }
        // one row out of range: nothing of the request is stored
        let far = "\(examples.inputs[0]), \(Array(repeating: 1e300, count: 84))"
        let call = try HTTPCall.post(
            url, "{\"inputs\":[\(Self.tensor("features", [2, 84], "[\(far)]"))]}", token: token)
        #expect(call.status == 422, "\(call.body)")
        #expect(try plant.database.number("SELECT count(*) FROM serve_ml_predictions") == 3 * count + 1)
    }

    @Test("Windows: [n, steps, features] and a tensor for each feature give numpy's numbers")
    func windows() async throws {
        let bundles = try BundleRoot()
        try bundles.install("sequence/window", "press_1")
        try bundles.install("sequence/regressor", "pump_1")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "operator")
        for (fixture, machine, output, member) in [
            ("window", "press_1", "scores", "scores"), ("regressor", "pump_1", "value", "value"),
        ] {
            let object = try BundleRoot.json("sequence/\(fixture).expected.json") as? [String: Any] ?? [:]
            let features = object["features"] as? [String] ?? []
            let windows = object["windows"] as? [[[Double]]] ?? []
            let truth = object[member] as? [Double] ?? []
            let (count, steps) = (windows.count, 30)
            try #require(count == truth.count && count > 1 && windows[0].count == features.count)
            let url = "\(plant.thin.url)/v2/models/\(machine):11kW"
            let model = try HTTPCall.get(url, token: token)
            let input = try #require((model.object["inputs"] as? [[String: Any]])?.first, "\(model.body)")
            #expect(input["shape"] as? [Int] == [-1, steps, features.count])
            // the fixture has a list for each feature, the tensor a row for each step
            let rows = windows.map { window in (0..<steps).map { step in window.map { $0[step] } } }
            let bodies = [
                Self.tensor("features", [count, steps, features.count], "\(rows)"),
                Self.tensor("features", [count, steps, features.count], "\(rows.flatMap { $0.flatMap(\.self) })"),
                features.enumerated().map { column, name in
                    Self.tensor(name, [count, steps], "\(windows.map { $0[column] })")
                }.joined(separator: ","),
            ]
            for body in bodies {
                let call = try HTTPCall.post("\(url)/infer", "{\"inputs\":[\(body)]}", token: token)
                #expect(call.status == 200, "\(call.body.prefix(500))")
                let found = Self.output(call, output)["data"] as? [Double] ?? []
                #expect(found.count == count)
                for (a, b) in zip(found, truth) { #expect(abs(a - b) <= 1e-4 * max(1, abs(b)), "\(a), numpy \(b)") }
            }
            let one = Self.tensor("features", [steps, features.count], "\(rows[0])")
            #expect(try HTTPCall.post("\(url)/infer", "{\"inputs\":[\(one)]}", token: token).status == 200)
            for shape in [[count * steps, features.count], [count, features.count, steps]] {
                let flat = Self.tensor("features", shape, "\(rows.flatMap { $0.flatMap(\.self) })")
                let call = try HTTPCall.post("\(url)/infer", "{\"inputs\":[\(flat)]}", token: token)
                #expect(call.status == 422 && call.body.contains("[n, 30, \(features.count)]"), "\(call.body)")
            }
        }
    }
}
