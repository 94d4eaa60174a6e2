import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Postgres
import ServiceLifecycle
import TestSupport

@testable import Thin

/// The HTTP side of `thin` in this process, on a port of its own, against a real database or against none.
struct TestServer {
    static let key = Secret(value: "7d0f4be1a962c83514fa09be77d2c6e8")
    /// Nothing listens there.
    static let nowhere = "postgresql://thin@127.0.0.1:1/none?connect_timeout=1"

    let database: Client
    let routes: RouteStore
    let hub: NotificationHub
    let tokens: AccessTokens
    let registry = MetricsRegistry()
    let services: HTTPServices
    let logger: Logger
    var limits = ServerChannel.Limits()

    init(
        databaseURL: String = nowhere, handlers: [String: Handler] = [:], cors: [String] = [],
        docsAssets: String? = nil, web: String? = nil, publicURL: String? = nil, trustedProxies: Set<String> = [],
        queueDeadline: Duration = .milliseconds(300)
    ) async {
        logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        database = Client(
            ConnectionConfiguration(url: databaseURL), connections: 2, logger: logger, queueDeadline: queueDeadline)
        routes = RouteStore(logger: logger)
        hub = NotificationHub(source: .database(database), logger: logger)
        tokens = await AccessTokens.make(keys: TokenKeys(current: Self.key))
        let health = HealthMonitor(instance: "test")
        let database = database
        health.register("database") {
            guard database.isConnected else { return .unhealthy("not connected") }
            return .healthy()
        }
        let addresses = ClientAddress(trustedProxies: trustedProxies)
        services = HTTPServices(
            routes: routes, executor: RouteExecutor(database: database),
            passwords: PasswordLane(
                ConnectionConfiguration(url: databaseURL), connections: 1, logger: logger),
            authenticator: Authenticator(tokens: tokens, database: database), signer: TokenSigner(tokens: tokens),
            rateLimiter: RateLimiter(), addresses: addresses,
            origin: PublicOrigin(configured: publicURL, addresses: addresses), cors: CORSPolicy(origins: cors),
            fixed: FixedPaths(
                health: health, openAPI: OpenAPIDocument(database: database),
                docs: DocsPage(folder: docsAssets, routes: routes, logger: logger),
                web: WebFolder(folder: web, logger: logger)),
            handlers: handlers, metrics: HTTPMetrics(registry))
    }

    var application: Application<Responder> {
        HTTPServer.make(
            address: SocketAddressSetting(host: "127.0.0.1", port: 0), services: services, hub: hub, registry: registry,
            logger: logger, limits: limits)
    }

    /// Runs the server on a real port.
    func live<Value: Sendable>(_ body: @escaping @Sendable (_ port: Int) async throws -> Value) async throws -> Value {
        let result = try await application.test(.live) { client in try await body(client.port!) }
        await database.stop()
        return result
    }

    /// A token as a login would give it.
    func token(role: String = "viewer", subject: String = "1", session: String = "s", lifetime: Int = 600) async throws
        -> String
    {
        try await tokens.sign(
            AccessTokens.Claims(sub: subject, sid: session, role: role, name: nil), lifetime: lifetime)
    }

    /// A route that needs no database to be refused.
    static func route(
        _ method: String, _ path: String, role: String = "viewer", status: Int = 200, bodyMode: String = "none",
        extra: String = ""
    ) throws -> Route {
        try makeRoute(
            """
            {"method": "\(method)", "path": "\(path)", "function_schema": "api", "function_name": "f", "minimum_role": "\(role)",
             "success_status": \(status), "body_mode": "\(bodyMode)", "max_body_bytes": 100, "response": "json", "timeout_ms": 1000\(extra)}
            """)
    }
}
