import ServeML

/// The Open Inference Protocol V2 (KServe, Triton): a second way to the same predictions. A model is named
/// `equipment:power`, its versions are those of the bundles.
enum OpenInference {
    static let livePath = "/v2/health/live"
    static let live = "{\"live\":true}"
    static let platform = "millwright_serve_ml"

    /// Errors below these paths carry a member `error`.
    static func owns(_ path: String) -> Bool { path == "/v2" || path.hasPrefix("/v2/") }

    /// - Parameter isReady: whether the bundles are known to the registry and the database answers.
    static func handlers(_ service: any PredictionService, isReady: @escaping @Sendable () -> Bool) -> [String: Handler]
    {
        let model: Handler = { request in
            OpenInferenceModel(try await served(request.path, service)).json
        }
        let modelReady: Handler = { request in
            let model = try await served(request.path, service)
            return "{\"name\":\(String.json(OpenInferenceModel.name(model.key))),\"ready\":true}"
        }
        return [
            "v2_server": { _ in
                "{\"name\":\"millwright\",\"version\":\(String.json(Version.current)),\"extensions\":[\"binary_tensor_data\"]}"
            },
            "v2_live": { _ in live },
            "v2_ready": { _ in
                guard isReady() else { throw Problem.unavailable("the models are not ready yet") }
                return "{\"ready\":true}"
            },
            "v2_model": model, "v2_model_version": model,
            "v2_model_ready": modelReady, "v2_model_version_ready": modelReady,
        ]
    }

    /// Those whose body may be more than JSON.
    static func streams(_ service: any PredictionService) -> [String: StreamHandler] {
        let infer: StreamHandler = { request in
            let body = try await OpenInferenceBody.read(request)
            let served = try await served(request.path, service)
            let asked = try OpenInferenceRequest(body, model: OpenInferenceModel(served))
            let version = request.path["model_version"]
            let rows = try asked.rows(equipmentID: served.key.equipmentID, power: served.key.power, version: version)
            return asked.answer(try await service.infer(rows), status: request.route.successStatus)
        }
        return ["v2_infer": infer, "v2_infer_version": infer]
    }

    private static func served(_ path: [String: String], _ service: any PredictionService) async throws -> ServedModel {
        let name = path["model_name"] ?? ""
        // an equipment's id may have colons, a power has none
        guard let colon = name.lastIndex(of: ":"), colon != name.startIndex, name.index(after: colon) != name.endIndex
        else { throw Problem.notFound("a model is named equipment:power, such as press-01:2.2kW") }
        return try await service.model(
            equipmentID: String(name[..<colon]), power: String(name[name.index(after: colon)...]),
            version: path["model_version"])
    }
}

/// What a model takes and gives, in the protocol's terms.
struct OpenInferenceModel: Sendable {
    struct Output: Sendable, Equatable {
        var name: String
        var datatype: String
        /// What the columns of a row are; empty: one value a row.
        var columns: [String] = []
    }

    let served: ServedModel
    let features: [String]
    /// Of a window; 1: there is none.
    let steps: Int
    let outputs: [Output]

    init(_ served: ServedModel) {
        self.served = served
        features = served.bundle.featureNames
        steps = served.bundle.steps
        var outputs = [
            Output(name: "scores", datatype: "FP64", columns: served.bundle.modalities),
            Output(name: "is_anomaly", datatype: "BOOL"), Output(name: "confidence", datatype: "FP64"),
        ]
        if served.bundle.givesValue { outputs.append(Output(name: "value", datatype: "FP64")) }
        if served.bundle.hasFaultModel {
            outputs.append(
                Output(name: "probabilities", datatype: "FP64", columns: Self.labels(served.bundle.metadata)))
        }
        self.outputs = outputs
    }

    static func name(_ key: BundleKey) -> String { "\(key.equipmentID):\(key.power)" }

    /// The classes in their order, as the fault model has them.
    private static func labels(_ metadata: BundleMetadata) -> [String] {
        metadata.classMap.isEmpty
            ? ["normal"] + metadata.faults : metadata.classMap.sorted { $0.key < $1.key }.map(\.value)
    }

    /// `$metadata_model_response`. What the columns of a tensor are stands in its `parameters`.
    var json: String {
        func strings(_ values: [String]) -> String { "[" + values.map(String.json).joined(separator: ",") + "]" }
        let described = outputs.map { output in
            let shape = output.columns.isEmpty ? "[-1]" : "[-1,\(output.columns.count)]"
            let columns = output.columns.isEmpty ? "" : ",\"parameters\":{\"columns\":\(strings(output.columns))}"
            return "{\"name\":\"\(output.name)\",\"datatype\":\"\(output.datatype)\",\"shape\":\(shape)\(columns)}"
        }
        let window = steps > 1 ? "\(steps)," : ""
        return "{\"name\":\(String.json(Self.name(served.key))),\"versions\":\(strings(served.versions))"
            + ",\"platform\":\"\(OpenInference.platform)\""
            + ",\"inputs\":[{\"name\":\"features\",\"datatype\":\"FP64\",\"shape\":[-1,\(window)\(features.count)]"
            + ",\"parameters\":{\"columns\":\(strings(features))}}]"
            + ",\"outputs\":[\(described.joined(separator: ","))]"
            + ",\"parameters\":{\"answering_version\":\(String.json(served.key.version))}}"
    }
}
