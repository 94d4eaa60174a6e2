import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// Bundles that come, change and go while requests run.
@Suite("Reloading bundles", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct BundleReloadTests {
    /// Requests of several clients until ``stop()``.
    private final class Load: Sendable {
        private let isStopped = Atomic(false)
        private let failures = Mutex<[String]>([])
        private let versions = Mutex<[String: Int]>([:])

        var failed: [String] { failures.withLock { $0 } }
        var answered: [String: Int] { versions.withLock { $0 } }

        func run(_ url: String, _ body: String, _ token: String, clients: Int) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<clients {
                    group.addTask { try await onThread { self.client(url, body, token) } }
                }
                try await group.waitForAll()
            }
        }

        private func client(_ url: String, _ body: String, _ token: String) {
            while !isStopped.load(ordering: .relaxed) {
                do {
                    let call = try HTTPCall.post(url, body, token: token)
                    guard call.status == 200, let version = call.object["model_version"] as? String else {
                        failures.withLock { $0.append("\(call.status) \(call.body)") }
                        continue
                    }
                    versions.withLock { $0[version, default: 0] += 1 }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }

        func stop() { isStopped.store(true, ordering: .relaxed) }
    }

    @Test("New, changed, broken and removed bundles are taken in by themselves, and no request is dropped")
    func watched() async throws {
        let bundles = try BundleRoot()
        try bundles.install("dual", "press_1", "v1")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "engineer")
        let body = "{\"equipment_id\":\"press_1\",\"features\":\(try Examples("dual").json(0))}"
        let load = Load()
        let url = "\(plant.thin.url)/api/v1/serve-ml/predict"
        async let running: Void = load.run(url, body, token, clients: 3)
        let session = ThreadSafeSession(try plant.database.session())
        func waitFor(_ state: String) async throws -> Bool {
            try await eventually(within: .seconds(30)) {
                try session.number(
                    """
                    SELECT count(*) FROM (SELECT string_agg(model_version || ' ' || status, ',' ORDER BY model_version) AS state
                        FROM serve_ml_models) AS s WHERE state = $1
                    """, [.text(state)]) == 1
            }
        }
        func waitForAnswers(of version: String) async -> Bool {
            let before = load.answered[version] ?? 0
            return await eventually(within: .seconds(30)) { (load.answered[version] ?? 0) > before + 5 }
        }
        #expect(await waitForAnswers(of: "v1"))

        // new: answers as the newest
        try bundles.install("dual", "press_1", "v2")
        #expect(try await waitFor("v1 ready,v2 ready"))
        #expect(await waitForAnswers(of: "v2"))

        // changed in its place: other thresholds
        try bundles.edit("press_1", "v2", "metadata.json") {
            $0.replacingOccurrences(of: "\"current\": 1.04", with: "\"current\": 77.04")
        }
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number(
                    "SELECT count(*) FROM serve_ml_models WHERE model_version = 'v2' AND (thresholds ->> 'current')::float8 > 77"
                )
                    == 1
            })
        #expect(await waitForAnswers(of: "v2"))

        // spoilt in its place: refused with the reason, and the one before goes on
        try Self.spoilGolden(bundles.directory("press_1", "v2").appendingPathComponent("golden.json"))
        let refused = try HTTPCall.post("\(plant.thin.url)/api/v1/serve-ml/sync", "", token: token)
        #expect(refused.body.contains("hash_mismatch"), "\(refused.body)")
        try bundles.edit("press_1", "v2", "metadata.json") {
            $0.replacingOccurrences(of: "\"files_sha256\"", with: "\"was\"")
        }
        let mismatch = try HTTPCall.post("\(plant.thin.url)/api/v1/serve-ml/sync", "", token: token)
        #expect(mismatch.body.contains("golden_mismatch"), "\(mismatch.body)")
        #expect(await waitForAnswers(of: "v2"))
        #expect(try HTTPCall.get("\(plant.thin.url)/health").body.contains("\"rejected\":1"))

        // gone: the one before it answers
        try bundles.remove("press_1", "v2")
        #expect(try await waitFor("v1 ready,v2 missing"))
        #expect(await waitForAnswers(of: "v1"))
        load.stop()
        try await running
        #expect(load.failed.isEmpty, "\(load.failed.count): \(load.failed.first ?? "")")
        #expect(
            try session.number("SELECT count(*) FROM serve_ml_predictions") == load.answered.values.reduce(0, +))
    }

    /// Doubles the first score of the first golden vector.
    private static func spoilGolden(_ file: URL) throws {
        var object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
        var vectors = object["vectors"] as? [[String: Any]] ?? []
        var scores = vectors[0]["scores"] as? [String: Double] ?? [:]
        for (name, score) in scores { scores[name] = 2 * score }
        vectors[0]["scores"] = scores
        object["vectors"] = vectors
        try JSONSerialization.data(withJSONObject: object).write(to: file)
    }
}
