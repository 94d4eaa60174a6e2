import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Postgres

/// `GET /metrics` on THIN_METRICS: our own numbers and the database's, in Prometheus's text format.
enum MetricsServer {
    /// Without the database's part the scrape must still be in time.
    private static let databaseDeadline: Duration = .seconds(2)

    static func make(
        address: SocketAddressSetting, registry: MetricsRegistry, database: Client, health: HealthMonitor,
        logger: Logger
    ) -> Application<CallbackResponder<BasicRequestContext>> {
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            guard request.uri.path == "/metrics" else {
                return Problem.notFound("only /metrics is here").response(requestID: RequestID.make())
            }
            guard request.method == .get || request.method == .head else {
                return Problem.methodNotAllowed(["GET", "HEAD"]).response(requestID: RequestID.make())
            }
            let text = await render(registry, database, health)
            let response = Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
            return request.method == .head ? response.createHeadResponse() : response
        }
        return Application(
            responder: responder,
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: .init(
                address: .hostname(address.host, port: address.port), serverName: HTTPServer.serverName),
            logger: logger)
    }

    static func render(_ registry: MetricsRegistry, _ database: Client, _ health: HealthMonitor) async -> String {
        var text = ""
        registry.render(into: &text)
        await health.report().render(into: &text)
        let rows: QueryResult? =
            database.isConnected
            ? try? await withDeadline(databaseDeadline) {
                try await database.query(
                    "SELECT name, help, type, labels::text, value FROM ops.metrics() ORDER BY name, labels::text")
            } : nil
        PrometheusText.appendHeader(
            name: "thin_database_metrics_up", help: "Whether the database answered ops.metrics().", type: "gauge",
            to: &text)
        text += "thin_database_metrics_up \(rows == nil ? 0 : 1)\n"
        if let rows { append(rows, to: &text) }
        return text
    }

    private static func append(_ rows: QueryResult, to text: inout String) {
        var family = ""
        for row in rows {
            guard let name = row.string(0), PrometheusText.isValidName(name), let value = row.double(4) else {
                continue
            }
            if name != family {
                let type = row.string(2) ?? "untyped"
                PrometheusText.appendHeader(
                    name: name, help: row.string(1) ?? "",
                    type: ["counter", "gauge"].contains(type) ? type : "untyped", to: &text)
                family = name
            }
            text += "\(name)\(labels(row.string(3)).text()) \(PrometheusText.number(value))\n"
        }
    }

    /// Labels come as a JSON object; values of any kind become text.
    private static func labels(_ json: String?) -> MetricsRegistry.Labels {
        let bytes = Array((json ?? "{}").utf8)
        guard let value = try? JSONScanner.value(of: bytes), value.kind == .object,
            let members = try? JSONScanner.members(of: value, in: bytes)
        else { return [:] }
        let pairs = members.compactMap { name, member -> MetricsRegistry.Labels.Pair? in
            guard PrometheusText.isValidName(name) else { return nil }
            let text =
                member.kind == .string
                ? try? JSONScanner.string(member, in: bytes) : JSONScanner.text(member, in: bytes)
            return .init(name: name, value: text ?? "")
        }
        return MetricsRegistry.Labels(pairs)
    }
}
