import HTTPTypes
import ServeML

/// `$inference_request`, read against a model.
///
/// Inputs come in one of two forms: one tensor of shape [n, features] (or [features]: one row) whose columns are in the
/// bundle's order, whatever it is called; or one tensor of shape [n] or [n, 1] for each feature, called by the feature's
/// name, as clients send a data frame.
///
/// Of a model that looks at windows a row is [steps, features], oldest step first: the one tensor has the shape
/// [n, steps, features] (or [steps, features]), and a feature's own [n, steps].
///
/// A tensor whose parameters have `binary_data_size` has its numbers behind the JSON, in the order of the inputs.
struct OpenInferenceRequest: Sendable {
    static let maximumRows = 1000
    private static let datatypes: Set<String> = [
        "FP32", "FP64", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64",
    ]

    private struct Tensor {
        var name = ""
        var shape: [Int] = []
        var datatype = ""
        var data: [Double] = []
    }

    let model: OpenInferenceModel
    private var identifier: String?
    private var forcesClassifier = false
    private var outputs: [OpenInferenceModel.Output]
    /// Names of the outputs that are wanted as bytes.
    private var binary: Set<String> = []
    /// Row by row; the features that were sent.
    private var values: [FeatureValues] = []

    /// - Throws: ``Problem`` 400 for what is no JSON, 422 that names the member.
    init(_ body: OpenInferenceBody, model: OpenInferenceModel) throws(Problem) {
        let bytes = body.json
        var data = body.data
        self.model = model
        outputs = model.outputs
        do {
            let value = try JSONScanner.value(of: bytes)
            guard value.kind == .object else { throw Self.refusal("body", "must be a JSON object") }
            var inputs: [Tensor] = []
            for (name, member) in try JSONScanner.members(of: value, in: bytes) {
                switch (name, member.kind) {
                case ("id", .string): identifier = try JSONScanner.string(member, in: bytes)
                case ("inputs", .array):
                    for (number, element) in try JSONScanner.elements(of: member, in: bytes).enumerated() {
                        inputs.append(try Self.tensor(element, bytes, "inputs[\(number)]", &data))
                    }
                case ("outputs", .array): try read(outputs: member, bytes)
                case ("parameters", .object): try read(parameters: member, bytes)
                case ("id", .null), ("outputs", .null), ("parameters", .null): continue
                case ("id", _), ("inputs", _), ("outputs", _), ("parameters", _):
                    throw Self.refusal(name, "has the wrong type")
                // members that a newer version of the protocol may have
                default: continue
                }
            }
            guard data.isEmpty else {
                throw Self.refusal("inputs", "leave \(data.count) bytes behind the JSON that are no tensor's")
            }
            try arrange(inputs)
        } catch let failure as JSONScanner.Failure {
            throw .notJSON(failure)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .internalError
        }
    }

    func rows(equipmentID: String, power: String, version: String?) throws(Problem) -> [PredictRequest] {
        values.map { row in
            PredictRequest(
                equipmentID: equipmentID, power: power, modelVersion: version, features: row, featuresJSON: row.json(),
                forceClassifier: forcesClassifier)
        }
    }

    // MARK: Reading

    private static func refusal(_ field: String, _ message: String) -> Problem {
        .invalid([.init(field: field, message: message)])
    }

    private mutating func read(outputs value: JSONScanner.Value, _ bytes: [UInt8]) throws {
        var wanted: [OpenInferenceModel.Output] = []
        for element in try JSONScanner.elements(of: value, in: bytes) {
            let members = element.kind == .object ? try JSONScanner.members(of: element, in: bytes) : []
            guard let member = members.first(where: { $0.name == "name" })?.value, member.kind == .string else {
                throw Self.refusal("outputs", "must be objects with a name")
            }
            let name = try JSONScanner.string(member, in: bytes)
            guard let output = model.outputs.first(where: { $0.name == name }) else {
                let known = model.outputs.map(\.name).joined(separator: ", ")
                throw Self.refusal("outputs", "\(name) is none of this model's: \(known)")
            }
            if !wanted.contains(output) { wanted.append(output) }
            if let parameters = members.first(where: { $0.name == "parameters" })?.value,
                try Self.isTrue("binary_data", in: parameters, bytes)
            {
                binary.insert(name)
            }
        }
        if !wanted.isEmpty { outputs = wanted }
    }

    private mutating func read(parameters value: JSONScanner.Value, _ bytes: [UInt8]) throws {
        forcesClassifier = try Self.isTrue("force_xgb", in: value, bytes)
        if try Self.isTrue("binary_data_output", in: value, bytes) { binary.formUnion(model.outputs.map(\.name)) }
    }

    private static func isTrue(_ name: String, in value: JSONScanner.Value, _ bytes: [UInt8]) throws -> Bool {
        guard value.kind == .object else { return false }
        return try JSONScanner.members(of: value, in: bytes).contains {
            $0.name == name && $0.value.kind == .bool && JSONScanner.text($0.value, in: bytes) == "true"
        }
    }

    /// - Parameter data: what is left of the bytes behind the JSON; the tensor takes its own from the front.
    private static func tensor(
        _ value: JSONScanner.Value, _ bytes: [UInt8], _ field: String, _ data: inout ArraySlice<UInt8>
    ) throws -> Tensor {
        guard value.kind == .object else { throw refusal(field, "must be an object") }
        var tensor = Tensor()
        var size: Int?
        for (name, member) in try JSONScanner.members(of: value, in: bytes) {
            switch (name, member.kind) {
            case ("name", .string): tensor.name = try JSONScanner.string(member, in: bytes)
            case ("datatype", .string): tensor.datatype = try JSONScanner.string(member, in: bytes)
            case ("shape", .array):
                tensor.shape = try JSONScanner.elements(of: member, in: bytes).map { dimension in
                    guard let number = Int(JSONScanner.text(dimension, in: bytes)), number >= 0, number <= 1_000_000
                    else { throw refusal("\(field).shape", "must be whole numbers, not negative") }
                    return number
                }
            case ("data", .array): try flatten(member, bytes, field, depth: 0, &tensor.data)
            case ("parameters", .object):
                guard
                    let given = try JSONScanner.members(of: member, in: bytes).first(where: {
                        $0.name == "binary_data_size"
                    })?.value
                else { continue }
                size = given.kind == .number ? Int(JSONScanner.text(given, in: bytes)) ?? -1 : -1
            case ("name", _), ("datatype", _), ("shape", _), ("data", _):
                throw refusal("\(field).\(name)", "has the wrong type")
            default: continue
            }
        }
        guard !tensor.name.isEmpty else { throw refusal("\(field).name", "is required") }
        guard datatypes.contains(tensor.datatype) else {
            throw refusal("\(field).datatype", "must be one of \(datatypes.sorted().joined(separator: ", "))")
        }
        guard (1...3).contains(tensor.shape.count) else {
            throw refusal("\(field).shape", "must have one to three dimensions")
        }
        let count = tensor.shape.reduce(1, *)
        if let size {
            let width = TensorBytes.width(tensor.datatype) ?? 1
            guard tensor.data.isEmpty, size >= 0, size % width == 0, size <= data.count else {
                throw refusal(
                    "\(field).parameters.binary_data_size",
                    "must be bytes of whole \(tensor.datatype) behind the JSON, of which \(data.count) are left, instead of data"
                )
            }
            tensor.data = TensorBytes.numbers(data.prefix(size), tensor.datatype)
            data = data.dropFirst(size)
            if let wrong = tensor.data.firstIndex(where: { !$0.isFinite }) {
                throw refusal("\(field).data", "must be finite numbers; the \(wrong + 1). is none")
            }
        }
        guard count == tensor.data.count else {
            throw refusal("\(field).data", "has \(tensor.data.count) numbers, its shape says \(count)")
        }
        return tensor
    }

    /// The protocol lets a client nest the rows or not.
    private static func flatten(
        _ value: JSONScanner.Value, _ bytes: [UInt8], _ field: String, depth: Int, _ data: inout [Double]
    ) throws {
        for element in try JSONScanner.elements(of: value, in: bytes) {
            if element.kind == .array, depth < 2 {
                try flatten(element, bytes, field, depth: depth + 1, &data)
                continue
            }
            guard element.kind == .number, let number = Double(JSONScanner.text(element, in: bytes)), number.isFinite
            else { throw refusal("\(field).data", "must be finite numbers; the \(data.count + 1). is none") }
            data.append(number)
        }
    }

    private mutating func arrange(_ inputs: [Tensor]) throws(Problem) {
        guard let first = inputs.first else { throw Self.refusal("inputs", "is required") }
        let features = model.features
        if inputs.count == 1, features.count > 1 || !features.contains(first.name) {
            // of a plain model [n, features], of one with windows a dimension more
            let row = (model.steps > 1 ? [model.steps] : []) + [features.count]
            guard first.shape.count <= row.count + 1, first.shape.suffix(row.count) == row[...] else {
                let wanted = (["n"] + row.map(String.init)).joined(separator: ", ")
                throw Self.refusal(
                    "inputs[0].shape",
                    "must be [\(wanted)], the features in the order that the model's metadata names")
            }
            let rows = first.shape.count == row.count ? 1 : first.shape[0]
            try check(rows: rows)
            let width = model.steps * features.count
            values = (0..<rows).map { row in
                var values = FeatureValues()
                for (column, name) in features.enumerated() {
                    let steps = stride(from: row * width + column, to: (row + 1) * width, by: features.count)
                    values.append(name, steps.map { first.data[$0] })
                }
                return values
            }
            return
        }
        let rows = first.shape[0]
        try check(rows: rows)
        values = Array(repeating: FeatureValues(), count: rows)
        var names = Set<String>()
        for (number, input) in inputs.enumerated() {
            let isPlain = input.shape.count == 1 && model.steps == 1
            guard input.shape[0] == rows, isPlain || input.shape.count == 2 && input.shape[1] == model.steps else {
                let wanted = model.steps == 1 ? "[\(rows)] or [\(rows), 1]" : "[\(rows), \(model.steps)]"
                throw Self.refusal("inputs[\(number)].shape", "must be \(wanted) as the first input's")
            }
            guard names.insert(input.name).inserted else {
                throw Self.refusal("inputs[\(number)].name", "\(input.name) occurs twice")
            }
            for row in 0..<rows {
                values[row].append(input.name, Array(input.data[(row * model.steps)..<((row + 1) * model.steps)]))
            }
        }
    }

    private func check(rows: Int) throws(Problem) {
        guard (1...Self.maximumRows).contains(rows) else {
            throw Self.refusal("inputs[0].shape", "must have 1 to \(Self.maximumRows) rows")
        }
    }

    // MARK: Answering

    /// `$inference_response`, and behind it the outputs that were asked for as bytes.
    func answer(_ predictions: [ScoredPrediction], status: Int) -> StreamAnswer {
        var data: [UInt8] = []
        let json = response(predictions, &data)
        var answer = StreamAnswer(body: json, data: data, status: status)
        if !data.isEmpty {
            answer.headers[.contentType] = "application/octet-stream"
            answer.headers[.inferenceHeaderLength] = String(json.utf8.count)
        }
        return answer
    }

    private func response(_ predictions: [ScoredPrediction], _ data: inout [UInt8]) -> String {
        let key = predictions.first?.key ?? model.served.key
        var text = "{\"model_name\":\(String.json(OpenInferenceModel.name(key)))"
        text += ",\"model_version\":\(String.json(key.version))"
        if let identifier { text += ",\"id\":\(String.json(identifier))" }
        let warnings = Set(predictions.flatMap(\.prediction.warnings)).sorted()
        if !warnings.isEmpty {
            text += ",\"parameters\":{\"warnings\":\(String.json(warnings.joined(separator: " ")))}"
        }
        text += ",\"outputs\":["
        for (index, output) in outputs.enumerated() {
            if index > 0 { text += "," }
            let columns = output.columns.isEmpty ? "" : ",\(output.columns.count)"
            text += "{\"name\":\"\(output.name)\",\"datatype\":\"\(output.datatype)\""
            text += ",\"shape\":[\(predictions.count)\(columns)]"
            if binary.contains(output.name) {
                let before = data.count
                for prediction in predictions { Self.append(output, prediction, to: &data) }
                text += ",\"parameters\":{\"binary_data_size\":\(data.count - before)}}"
                continue
            }
            text += ",\"data\":["
            text += predictions.map { Self.data(output, $0) }.joined(separator: ",")
            text += "]}"
        }
        return text + "]}"
    }

    private static func data(_ output: OpenInferenceModel.Output, _ scored: ScoredPrediction) -> String {
        if output.datatype == "BOOL" { return scored.prediction.isAnomaly ? "true" : "false" }
        return numbers(output, scored.prediction).map { "\($0)" }.joined(separator: ",")
    }

    private static func append(
        _ output: OpenInferenceModel.Output, _ scored: ScoredPrediction, to bytes: inout [UInt8]
    ) {
        if output.datatype == "BOOL" { return bytes.append(scored.prediction.isAnomaly ? 1 : 0) }
        for number in numbers(output, scored.prediction) { TensorBytes.append(number, to: &bytes) }
    }

    /// One row of an output.
    private static func numbers(_ output: OpenInferenceModel.Output, _ prediction: Prediction) -> [Double] {
        switch output.name {
        case "scores": return output.columns.map { prediction.scores[$0] ?? 0 }
        case "confidence": return [prediction.confidence]
        case "value": return [prediction.value ?? 0]
        default:
            // all zero where the classifier did not run: probabilities add up to one, these say that there are none
            let known = prediction.fault?.probabilities ?? []
            return output.columns.map { label in known.first { $0.label == label }?.probability ?? 0 }
        }
    }
}
