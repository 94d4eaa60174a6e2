import Postgres
import ServeML

/// Waveforms whose set is complete: right after a batch that stored some, and every few seconds.
typealias WaveformScorer = DueScorer<WaveformSets>

enum WaveformSets: DueInputs {
    static let noun = "waveforms"
    static let metric = (name: "thin_waveform_sets_total", help: "Waveforms by what became of them.")
    static let otherOutcomes = ["no_partner"]
    static let interval: Duration = .seconds(2)
    static let mostAtOnce = 500
    static let finishSQL = "SELECT ml.finish_waveforms($1)"
    private static let claimSQL =
        "SELECT ordinal, equipment_id, power, model_version, time, features, members FROM ml.claim_waveforms($1)"

    static func claim(_ count: Int) -> Statement { Statement(claimSQL, [.int4(Int32(count))]) }

    static func read(_ claimed: QueryResult, _ session: ClientSession) async throws -> DueClaims {
        let expired = try await session.query("SELECT ml.expire_waveforms()").one().int(0) ?? 0
        return DueClaims(claims: try claimed.map(claim), ended: [("no_partner", expired)])
    }

    static func hasMore(asked: Int, found: Int) -> Bool { found == asked }

    /// One complete set.
    private static func claim(_ row: Row) throws -> DueClaim {
        let json = Array((row.string(5) ?? "{}").utf8)
        let request = ScoringRequest(
            equipmentID: row.string(1) ?? "", power: row.string(2), modelVersion: row.string(3),
            features: try FeatureMessageScanner.scanFeatures(json), featuresJSON: json, time: row.string(4),
            source: "waveform")
        return DueClaim(
            request: request,
            identity: "\"equipment_id\":\(String.json(request.equipmentID)),\"members\":\(row.string(6) ?? "[]")")
    }
}
