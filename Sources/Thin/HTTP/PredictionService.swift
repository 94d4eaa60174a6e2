import Foundation
import ServeML

/// What the HTTP side asks of the inference side. Implemented in Inference/.
protocol PredictionService: Sendable {
    /// Scores one set of features, stores the prediction, and answers with its JSON.
    /// - Throws: ``Problem`` (404 for an unknown model, 422 for features that cannot be scored) or `DatabaseError`.
    func predict(_ request: PredictRequest) async throws -> String

    /// Scores many and stores their predictions in one transaction; answers with {results[], scored, failed}. What one item
    /// fails for stands in its place.
    func predict(_ items: [Result<PredictRequest, Problem>]) async throws -> String

    /// Scores the rows of a tensor. Nothing is stored where one of them fails.
    func infer(_ requests: [PredictRequest]) async throws -> [ScoredPrediction]

    /// Features of waveforms, and their prediction if it is asked for, as JSON.
    func features(_ request: WaveformRequest) async throws -> String

    /// The bundle that answers for a machine's power: the version named, else the champion, else the newest.
    func model(equipmentID: String, power: String, version: String?) async throws -> ServedModel

    /// Reads the bundle folder again and tells the registry. Answers with {upserts, rejected[]}.
    func sync() async throws -> String
}

/// A bundle with the versions beside it.
struct ServedModel: Sendable {
    let key: BundleKey
    let versions: [String]
    let bundle: ServeML.Bundle
}

/// A request for a prediction, read and checked for shape.
struct PredictRequest: Sendable {
    var equipmentID: String
    var power: String?
    var modelVersion: String?
    /// All finite: a number each, or the window of a sequence bundle.
    var features: FeatureValues
    /// The same as JSON, as it was sent.
    var featuresJSON: [UInt8] = []
    /// Run the fault classifier although the gate did not open.
    var forceClassifier = false
    /// When it was measured; nil: now.
    var time: String?
    /// A feature that is missing counts as 0, as clients of the original system expect it; else it is refused.
    var zeroForMissing = false
}

extension PredictRequest {
    static let maximumFeatures = 4096
    /// Requests in one body.
    static let maximumRequests = 1000

    /// The items of a body that is an array of requests; nil: it is none.
    static func items(_ body: RequestBodyContent) throws(Problem) -> [Result<PredictRequest, Problem>]? {
        guard case .json(let bytes) = body else { return nil }
        do {
            let value = try JSONScanner.value(of: bytes)
            guard value.kind == .array else { return nil }
            let elements = try JSONScanner.elements(of: value, in: bytes)
            guard !elements.isEmpty, elements.count <= maximumRequests else {
                throw Problem.invalid([
                    .init(
                        field: "body", message: "must have 1 to \(maximumRequests) requests, and has \(elements.count)")
                ])
            }
            return elements.map { element in
                do throws(Problem) {
                    return .success(try PredictRequest(element, bytes))
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw Self.problem(error)
        }
    }

    /// One object of a list.
    private init(_ value: JSONScanner.Value, _ bytes: [UInt8]) throws(Problem) {
        self.init(equipmentID: "", features: FeatureValues(), zeroForMissing: true)
        var errors: [Problem.Member] = []
        do {
            guard value.kind == .object else {
                throw Problem.invalid([.init(field: "body", message: "must be an array of JSON objects")])
            }
            try read(members: value, bytes, &errors)
        } catch {
            throw Self.problem(error)
        }
        try finish(&errors)
    }

    private static func problem(_ error: any Error) -> Problem {
        switch error {
        case let failure as JSONScanner.Failure:
            .notJSON(failure)
        case let problem as Problem: problem
        default: .internalError
        }
    }

    private func finish(_ errors: inout [Problem.Member]) throws(Problem) {
        if equipmentID.isEmpty { errors.append(.init(field: "equipment_id", message: "is required")) }
        if features.count == 0, errors.isEmpty { errors.append(.init(field: "features", message: "is required")) }
        guard errors.isEmpty else { throw .invalid(errors) }
    }

    /// - Parameters:
    ///   - query: `equipment_id`, `power`, `model_version` may stand here; then the body may hold bare features.
    ///   - isBare: the body is the features object itself.
    init(query: [(name: String, value: String)], body: RequestBodyContent, isBare: Bool) throws(Problem) {
        guard case .json(let bytes) = body else { throw .invalid([.init(field: "body", message: "is required")]) }
        self.init(equipmentID: "", features: FeatureValues(), zeroForMissing: true)
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
        } catch {
            throw Self.problem(error)
        }
        try finish(&errors)
    }

    private mutating func set(_ name: String, _ value: String, _ errors: inout [Problem.Member]) {
        switch name {
        case "equipment_id": equipmentID = value
        case "power": power = value
        case "model_version": modelVersion = value
        case "time", "timestamp": time = value
        case "force_xgb", "run_always": forceClassifier = ["true", "1"].contains(value.lowercased())
        case "missing":
            guard ["zero", "refuse"].contains(value) else {
                errors.append(.init(field: name, message: "must be zero or refuse"))
                return
            }
            zeroForMissing = value == "zero"
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
            case ("power", .number), ("time", .number), ("timestamp", .number), ("force_xgb", .bool),
                ("run_always", .bool):
                set(name, JSONScanner.text(member, in: bytes), &errors)
            default: errors.append(.init(field: name, message: "must be a string"))
            }
        }
    }

    private mutating func read(
        features value: JSONScanner.Value, _ bytes: [UInt8], prefix: String, _ errors: inout [Problem.Member]
    ) throws {
        featuresJSON = Array(bytes[value.range])
        if let read = try? FeatureMessageScanner.scanFeatures(featuresJSON), read.firstNotFinite == nil {
            features = read
            return
        }
        // Something is wrong with them. The quick reader says the first thing; this one names every member.
        let members = try JSONScanner.members(of: value, in: bytes)
        guard members.count <= Self.maximumFeatures else {
            errors.append(.init(field: "features", message: "may have at most \(Self.maximumFeatures) members"))
            return
        }
        // numbers written as text: what is stored has them as numbers
        var isWritten = false
        for (name, member) in members {
            var values = [member]
            if member.kind == .array { values = try JSONScanner.elements(of: member, in: bytes) }
            let numbers = values.compactMap { value -> Double? in
                switch value.kind {
                case .number: return Double(JSONScanner.text(value, in: bytes))
                case .string:
                    isWritten = true
                    return Self.writtenNumber(value, bytes)
                default: return nil
                }
            }
            guard numbers.count == values.count, numbers.allSatisfy(\.isFinite) else {
                errors.append(.init(field: prefix + name, message: "must be a finite number, or a list of them"))
                continue
            }
            features.append(name, numbers)
        }
        if isWritten { featuresJSON = features.json() }
    }

    /// `"1.5"`, in JSON's grammar, so that "nan" and "0x10" are none.
    private static func writtenNumber(_ value: JSONScanner.Value, _ bytes: [UInt8]) -> Double? {
        guard let text = try? JSONScanner.string(value, in: bytes).trimmingCharacters(in: .whitespaces),
            (try? JSONScanner.value(of: Array(text.utf8)))?.kind == .number
        else { return nil }
        return Double(text)
    }
}
