import Postgres
import ServeML

/// Windows of stored data for bundles that ask for them. Which are due, what is in them and what becomes of those in which
/// values are missing is decided in SQL (`ml.claim_windows`).
typealias WindowScorer = DueScorer<StoredWindows>

enum StoredWindows: DueInputs {
    static let noun = "windows of stored data"
    static let metric = (name: "thin_windows_total", help: "Windows of stored data that were handed out, by outcome.")
    static let otherOutcomes: [String] = []
    static let interval: Duration = .seconds(1)
    static let mostAtOnce = 200
    static let finishSQL = "SELECT ml.finish_windows($1)"
    /// The first columns are those of ``InferenceEngine/resolveSQL``: the database names bundle and stage with the window.
    private static let claimSQL = """
        SELECT ordinal, equipment_id, power, model_version, stage, error_code, error_detail, time, features, model_id, filled
        FROM ml.claim_windows($1)
        """

    static func claim(_ count: Int) -> Statement { Statement(claimSQL, [.int4(Int32(count))]) }

    static func read(_ claimed: QueryResult, _ session: ClientSession) async throws -> DueClaims {
        DueClaims(claims: try claimed.map(claim), resolved: claimed)
    }

    /// A bundle's windows come a few at a time.
    static func hasMore(asked: Int, found: Int) -> Bool { found > 0 }

    private static func claim(_ row: Row) throws -> DueClaim {
        let json = Array((row.string(8) ?? "{}").utf8)
        let time = row.string(7) ?? ""
        let model = row.int(9) ?? 0
        return DueClaim(
            request: ScoringRequest(
                equipmentID: row.string(1) ?? "", power: row.string(2), modelVersion: row.string(3),
                features: try FeatureMessageScanner.scanFeatures(json), featuresJSON: json, time: time, source: "window"
            ),
            order: Int64(model),
            identity: "\"model_id\":\(model),\"time\":\(String.json(time)),\"filled\":\(row.int(10) ?? 0)")
    }
}
