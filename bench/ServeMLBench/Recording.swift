import Foundation
import ServeML

/// A recording as semicolon-separated text with a header, scored row by row as a service would: each prediction sees the
/// newest rows and nothing after them.
struct Recording {
    private let columns: [[Double]]
    private let rows: Int

    /// Reads the columns that the bundle takes.
    init(path: String, features: [String]) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var lines = text.split(whereSeparator: \.isNewline)
        guard !lines.isEmpty else { throw BundleError.missingFile(path) }
        let header = lines.removeFirst().split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        let cells = lines.map { $0.split(separator: ";", omittingEmptySubsequences: false) }
        rows = lines.count
        columns = try features.map { name in
            guard let column = header.firstIndex(of: name) else { throw PredictionError.missingFeatures([name]) }
            return try cells.map { row in
                guard column < row.count, let value = Double(row[column]) else {
                    throw PredictionError.nonFiniteFeatures([name])
                }
                return value
            }
        }
    }

    /// Prints `row,score,anomaly` for each row that has a whole window behind it; the score is the largest modality's.
    func printScores(_ bundle: ServeML.Bundle) throws {
        let predictor = Predictor(bundle: bundle)
        print("row,score,anomaly")
        guard rows >= bundle.steps else { return }
        for row in (bundle.steps - 1)..<rows {
            var features = FeatureValues()
            for (name, column) in zip(bundle.featureNames, columns) {
                features.append(name, Array(column[(row - bundle.steps + 1)...row]))
            }
            let prediction = try predictor.predict(features: features)
            let score = prediction.modalityScores.map(\.score).max() ?? 0
            print("\(row),\(score),\(prediction.isAnomaly ? 1 : 0)")
        }
    }
}
