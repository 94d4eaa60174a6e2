/// `golden.json`: a few inputs with what the trainer computed for them.
///
/// `{"relative_tolerance"?: 1e-5, "vectors": [{"features": [number, …], "scores": {modality: number},
/// "latents"?: {modality: [number, …]}, "probabilities"?: {label: number}, "value"?: number}]}`, features in the
/// specification's order; where the bundle looks at windows each is a list, oldest first.
struct GoldenVectors: Sendable {
    struct Vector: Sendable {
        var features: [Double]
        var scores: [String: Double]
        var latents: [String: [Double]]
        var probabilities: [String: Double]
        var value: Double?
    }

    let vectors: [Vector]
    /// Largest relative difference of a score; latents are compared with it relative to their largest element, those of
    /// an LSTM, which lie between −1 and 1, to one.
    let tolerance: Double

    init(
        _ bytes: [UInt8], features: [String], steps: Int, modalities: [Modality], labels: [String]
    ) throws(BundleError) {
        let json: JSONValue
        do { json = try JSONParser.parse(bytes) } catch { throw .malformedGolden(error.text) }
        guard let list = json["vectors"]?.elements, list.count <= BundleLimits.goldenVectors else {
            throw .malformedGolden("vectors is not a list of at most \(BundleLimits.goldenVectors)")
        }
        tolerance = json["relative_tolerance"]?.number ?? 1e-5
        guard tolerance > 0, tolerance <= 1e-3 else {
            throw .malformedGolden("relative_tolerance is not between 0 and 0.001")
        }
        let names = Set(modalities.filter { !$0.isRegressor }.map(\.name))
        var vectors: [Vector] = []
        for (number, item) in list.enumerated() {
            guard let values = Self.values(item["features"], features: features.count, steps: steps) else {
                throw .malformedGolden(
                    "vector \(number) does not have \(features.count) features"
                        + (steps == 1 ? "" : " with \(steps) values each"))
            }
            var vector = Vector(
                features: values, scores: [:], latents: [:], probabilities: [:], value: item["value"]?.number)
            for member in item["scores"]?.members ?? [] {
                guard names.contains(member.name), let score = member.value.number, score >= 0 else {
                    throw .malformedGolden("vector \(number): score \(BundleError.quoted(member.name)) is not one")
                }
                vector.scores[member.name] = score
            }
            for member in item["latents"]?.members ?? [] {
                let size = modalities.first { $0.name == member.name && !$0.isRegressor }?.latents
                guard let latent = member.value.numbers, latent.count == size else {
                    throw .malformedGolden(
                        "vector \(number): latent \(BundleError.quoted(member.name)) has the wrong size")
                }
                vector.latents[member.name] = latent
            }
            for member in item["probabilities"]?.members ?? [] {
                guard labels.contains(member.name), let value = member.value.number else {
                    throw .malformedGolden(
                        "vector \(number): probability \(BundleError.quoted(member.name)) is not one")
                }
                vector.probabilities[member.name] = value
            }
            guard !vector.scores.isEmpty || vector.value != nil else {
                throw .malformedGolden("vector \(number) has no scores")
            }
            vectors.append(vector)
        }
        self.vectors = vectors
    }

    /// All values of the first feature, then those of the next one; nil where their numbers are wrong.
    private static func values(_ json: JSONValue?, features: Int, steps: Int) -> [Double]? {
        if steps == 1, let numbers = json?.numbers { return numbers.count == features ? numbers : nil }
        guard let windows = json?.elements, windows.count == features else { return nil }
        var values: [Double] = []
        for window in windows {
            guard let numbers = window.numbers, numbers.count == steps else { return nil }
            values += numbers
        }
        return values
    }

    /// Absolute. A latent that is right to seven digits may still fall on the other side of a split, which moves one
    /// leaf of hundreds: so this is wider than what the same latents give.
    private static let probabilityTolerance = 1e-3

    func replay(on bundle: Bundle) throws(BundleError) {
        for (number, vector) in vectors.enumerated() {
            let result: Evaluation
            do { result = try Predictor(bundle: bundle).evaluate(values: vector.features) } catch {
                throw .malformedGolden("vector \(number): \(error.reason)")
            }
            for (name, expected) in vector.scores.sorted(by: { $0.key < $1.key }) {
                let actual = result.scores[name] ?? .nan
                // Written so that NaN fails.
                guard abs(actual - expected) <= tolerance * max(abs(expected), 1e-12) else {
                    throw .goldenMismatch(
                        vector: number, output: "score of \(name)", expected: expected, actual: actual)
                }
            }
            for (name, expected) in vector.latents.sorted(by: { $0.key < $1.key }) {
                let actual = result.latents[name] ?? []
                let modality = bundle.content.modalities.first { $0.name == name }
                let largest = expected.reduce(modality?.latentUnit ?? 1e-12) { max($0, abs($1)) }
                for (index, (a, b)) in zip(actual, expected).enumerated() where !(abs(a - b) <= tolerance * largest) {
                    throw .goldenMismatch(vector: number, output: "latent \(index) of \(name)", expected: b, actual: a)
                }
            }
            for (label, expected) in vector.probabilities.sorted(by: { $0.key < $1.key }) {
                let actual = result.probabilities[label] ?? .nan
                guard abs(actual - expected) <= Self.probabilityTolerance else {
                    throw .goldenMismatch(
                        vector: number, output: "probability of \(label)", expected: expected, actual: actual)
                }
            }
            if let expected = vector.value {
                let actual = result.value ?? .nan
                guard abs(actual - expected) <= tolerance * max(abs(expected), 1) else {
                    throw .goldenMismatch(vector: number, output: "value", expected: expected, actual: actual)
                }
            }
        }
    }
}

/// All numeric outputs for one input, for tests and golden vectors.
struct Evaluation: Sendable {
    var scores: [String: Double]
    var latents: [String: [Double]]
    /// Empty without a fault model.
    var probabilities: [String: Double]
    /// A regressor's number.
    var value: Double?
}
