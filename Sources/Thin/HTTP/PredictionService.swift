import ServeML

/// What the HTTP side asks of the inference side. Implemented in Inference/.
protocol PredictionService: Sendable {
    /// Scores one set of features, stores the prediction, and answers with its JSON.
    /// - Throws: ``Problem`` (404 for an unknown model, 422 for features that cannot be scored) or `DatabaseError`.
    func predict(_ request: PredictRequest) async throws -> String

    /// Reads the bundle folder again and tells the registry. Answers with {upserts, rejected[]}.
    func sync() async throws -> String
}

/// A request for a prediction, read and checked for shape.
struct PredictRequest: Sendable, Equatable {
    var equipmentID: String
    var power: String?
    var modelVersion: String?
    /// A number each, or the window of a sequence bundle.
    var features: FeatureValues
    /// Run the fault classifier although the gate did not open.
    var forceClassifier = false
}

extension PredictRequest {
    static let maximumFeatures = 4096

    /// - Parameters:
    ///   - query: `equipment_id`, `power`, `model_version` may stand here; then the body may hold bare features.
    ///   - isBare: the body is the features object itself.
    init(query: [(name: String, value: String)], body: RequestBodyContent, isBare: Bool) throws(Problem) {
        guard case .json(let bytes) = body else { throw .invalid([.init(field: "body", message: "is required")]) }
        self.init(equipmentID: "", features: [:])
        var errors: [Problem.Member] = []
        for (name, value) in query { set(name, value, &errors) }
        do {
            let value = try JSONScanner.value(of: bytes)
            guard value.kind == .object else {
                throw Problem.invalid([.init(field: "body", message: "must be a JSON object")])
            }
            let members = try JSONScanner.members(of: value, in: bytes)
            if isBare, !members.contains(where: { $0.name == "features" && $0.value.kind == .object }) {
                try read(features: value, bytes, prefix: "", &errors)
            } else {
                try read(members: value, bytes, &errors)
            }
        } catch let failure as JSONScanner.Failure {
            throw .malformed("the body is not JSON: it \(failure.reason), at byte \(failure.offset)")
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .internalError
        }
        if equipmentID.isEmpty { errors.append(.init(field: "equipment_id", message: "is required")) }
        if features.isEmpty, errors.isEmpty { errors.append(.init(field: "features", message: "is required")) }
        guard errors.isEmpty else { throw .invalid(errors) }
    }

    private mutating func set(_ name: String, _ value: String, _ errors: inout [Problem.Member]) {
        switch name {
        case "equipment_id": equipmentID = value
        case "power": power = value
        case "model_version": modelVersion = value
        case "force_xgb", "run_always": forceClassifier = ["true", "1"].contains(value.lowercased())
        default: errors.append(.init(field: name, message: "is not a member that this request takes"))
        }
    }

    private mutating func read(
        members value: JSONScanner.Value, _ bytes: [UInt8], _ errors: inout [Problem.Member]
    ) throws {
        for (name, member) in try JSONScanner.members(of: value, in: bytes) {
            switch (name, member.kind) {
            case ("features", .object): try read(features: member, bytes, prefix: "features.", &errors)
            case ("features", _):
                errors.append(.init(field: name, message: "must be an object of numbers or lists of numbers"))
            case (_, .null): continue
            case (_, .string): set(name, try JSONScanner.string(member, in: bytes), &errors)
            // a power of 15 is the power "15"
            case ("power", .number), ("force_xgb", .bool), ("run_always", .bool):
                set(name, JSONScanner.text(member, in: bytes), &errors)
            default: errors.append(.init(field: name, message: "must be a string"))
            }
        }
    }

    private mutating func read(
        features value: JSONScanner.Value, _ bytes: [UInt8], prefix: String, _ errors: inout [Problem.Member]
    ) throws {
        let members = try JSONScanner.members(of: value, in: bytes)
        guard members.count <= Self.maximumFeatures else {
            errors.append(.init(field: "features", message: "may have at most \(Self.maximumFeatures) members"))
            return
        }
        for (name, member) in members {
            var values = [member]
            if member.kind == .array { values = try JSONScanner.elements(of: member, in: bytes) }
            let numbers = values.compactMap { value in
                value.kind == .number ? Double(JSONScanner.text(value, in: bytes)) : nil
            }
            guard numbers.count == values.count, numbers.allSatisfy(\.isFinite) else {
                errors.append(.init(field: prefix + name, message: "must be a finite number, or a list of them"))
                continue
            }
            features.append(name, numbers)
        }
    }
}
