import Foundation
import Postgres
import ServeML
import Synchronization

/// Stored inputs scored again by a version of a model: what it would have said. Nothing live is touched: the database
/// hands the inputs out page by page and keeps the verdicts apart (`ml.backtest`).
final class HistoryReplay: Sendable {
    /// Inputs of a page: some megabytes of features.
    private static let pageSize = 1000

    private let engine: InferenceEngine
    private let executor: RouteExecutor
    /// One at a time: each keeps a processor busy.
    private let isBusy = Mutex(false)

    init(engine: InferenceEngine, executor: RouteExecutor) {
        self.engine = engine
        self.executor = executor
    }

    /// Replays what the request names, and answers with the comparison.
    func replay(_ request: StreamRequest) async throws -> StreamAnswer {
        guard request.query.isEmpty else {
            throw Problem.invalid([
                .init(field: request.query[0].name, message: "is not a member that this request takes")
            ])
        }
        let body = try await RequestBodyReader.read(request.request, route: request.route, willRead: request.willRead)
        let span = try Self.span(body.content)
        let isFree = isBusy.withLock { isBusy in
            defer { isBusy = true }
            return !isBusy
        }
        guard isFree else { throw Problem.unavailable("another replay is running") }
        defer { isBusy.withLock { $0 = false } }
        let key = BundleKey(
            equipmentID: request.path["equipment_id"] ?? "", power: request.path["power"] ?? "",
            version: request.path["model_version"] ?? "")
        let begun = try await call(
            "SELECT ml.begin_backtest($1, $2, $3, $4::timestamptz, $5::timestamptz)::text",
            [.text(key.equipmentID), .text(key.power), .text(key.version), .untyped(span.from), .untyped(span.to)],
            request)
        guard let id = begun.flatMap({ Int64($0) }) else { throw Problem.internalError }
        do {
            try await score(id, key, request)
            _ = try await call("SELECT ml.finish_backtest($1)::text", [.int8(id)], request)
        } catch {
            let reason = (error as? Problem)?.detail ?? "it was broken off"
            await Task {
                _ = try? await self.call(
                    "SELECT ml.finish_backtest($1, $2)::text", [.int8(id), .text(reason)], request)
            }.value
            throw error
        }
        let summary = try await call("SELECT ml.backtest_summary($1)::text", [.int8(id)], request)
        return StreamAnswer(body: summary ?? "{}", status: request.route.successStatus)
    }

    private struct Input: Decodable {
        let time: String
        let features: [String: Feature]

        /// A value, or a list of them, the newest last.
        struct Feature: Decodable {
            let values: [Double]

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let value = try? container.decode(Double.self) {
                    values = [value]
                } else {
                    values = try container.decode([Double].self)
                }
            }
        }
    }

    private func score(_ id: Int64, _ key: BundleKey, _ request: StreamRequest) async throws {
        var after: String?
        while true {
            try Task.checkCancellation()
            let page = try await call(
                """
                SELECT coalesce(jsonb_agg(to_jsonb(i) ORDER BY i.time), '[]')::text
                FROM ml.backtest_inputs($1, $2::timestamptz, $3) AS i
                """,
                [.int8(id), after.map(Parameter.untyped) ?? .null, .int4(Int32(Self.pageSize))], request)
            let inputs = try JSONDecoder().decode([Input].self, from: Data((page ?? "[]").utf8))
            guard let last = inputs.last else { return }
            let scored = await BlockingWork.run { [engine] in Self.score(inputs, key, engine) }
            _ = try await call(
                "SELECT ml.record_backtest($1, $2::jsonb, $3, $4)::text",
                [
                    .int8(id), .jsonb(scored.verdicts), .int4(Int32(scored.refused)),
                    scored.reason.map(Parameter.text) ?? .null,
                ], request)
            after = last.time
        }
    }

    private static func score(
        _ inputs: [Input], _ key: BundleKey, _ engine: InferenceEngine
    ) -> (verdicts: String, refused: Int, reason: String?) {
        var verdicts: [UInt8] = [UInt8(ascii: "[")]
        var refused = 0
        var reason: String?
        for input in inputs {
            var features = FeatureValues()
            for (name, feature) in input.features { features.append(name, feature.values) }
            do throws(ScoringFailure) {
                let json = try engine.replay(features, time: input.time, key: key)
                if verdicts.count > 1 { verdicts.append(UInt8(ascii: ",")) }
                verdicts += json
            } catch {
                refused += 1
                reason = reason ?? "\(error.code): \(error.detail)"
            }
        }
        verdicts.append(UInt8(ascii: "]"))
        return (String(decoding: verdicts, as: UTF8.self), refused, reason)
    }

    private func call(_ sql: String, _ parameters: [Parameter], _ request: StreamRequest) async throws -> String? {
        try await executor.execute(
            BoundCall(sql: sql, parameters: parameters, members: []), request: request.begin,
            role: request.caller.role, timeoutMilliseconds: request.route.timeoutMilliseconds)
    }

    private static func span(_ body: RequestBodyContent) throws(Problem) -> (from: String, to: String) {
        guard case .json(let bytes) = body else { throw .invalid([.init(field: "body", message: "is required")]) }
        var given: [String: String] = [:]
        var errors: [Problem.Member] = []
        do {
            let value = try JSONScanner.value(of: bytes)
            guard value.kind == .object else {
                throw Problem.invalid([.init(field: "body", message: "must be a JSON object")])
            }
            for (name, member) in try JSONScanner.members(of: value, in: bytes) {
                guard ["from", "to"].contains(name) else {
                    errors.append(.init(field: name, message: "is not a member that this request takes"))
                    continue
                }
                guard member.kind == .string else {
                    errors.append(.init(field: name, message: "must be a time in ISO 8601"))
                    continue
                }
                do {
                    given[name] = try ArgumentValue.text(
                        .text(try JSONScanner.string(member, in: bytes)), type: "timestamp with time zone")
                } catch let refusal as ArgumentValue.Refusal {
                    errors.append(.init(field: name, message: refusal.message))
                }
            }
        } catch let failure as JSONScanner.Failure {
            throw .notJSON(failure)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .internalError
        }
        for name in ["from", "to"] where given[name] == nil && !errors.contains(where: { $0.field == name }) {
            errors.append(.init(field: name, message: "is required"))
        }
        guard errors.isEmpty, let from = given["from"], let to = given["to"] else { throw .invalid(errors) }
        return (from, to)
    }
}
