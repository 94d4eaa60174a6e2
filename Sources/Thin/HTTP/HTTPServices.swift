import HTTPTypes
import Hummingbird
import Logging
import Postgres

/// What the HTTP side works with.
struct HTTPServices: Sendable {
    let routes: RouteStore
    let executor: RouteExecutor
    /// For routes of the lane `password`.
    let passwords: PasswordLane
    let authenticator: Authenticator
    let signer: TokenSigner
    let rateLimiter: RateLimiter
    let addresses: ClientAddress
    /// Where our own pages come from.
    let origin: PublicOrigin
    let cors: CORSPolicy
    /// Answered without the route table, so also before the database was reached.
    let fixed: FixedPaths
    /// Swift handlers by the name in `api.route.handler`.
    let handlers: [String: Handler]
    let metrics: HTTPMetrics
    /// Swift handlers that read the body themselves.
    var streams: [String: StreamHandler] = [:]

    static func make(
        configuration: Configuration, database: Client, routes: RouteStore, openAPI: OpenAPIDocument,
        health: HealthMonitor,
        handlers: [String: Handler], trainingWaits: TrainingWaits, inference: InferenceEngine, tokens: AccessTokens,
        registry: MetricsRegistry, logger: Logger
    ) -> HTTPServices {
        let addresses = ClientAddress(trustedProxies: configuration.trustedProxies)
        let executor = RouteExecutor(database: database)
        return HTTPServices(
            routes: routes, executor: executor,
            passwords: PasswordLane(
                ConnectionConfiguration(url: configuration.databaseURL.value, applicationName: "thin passwords"),
                connections: configuration.passwordConnections, logger: logger),
            authenticator: Authenticator(tokens: tokens, database: database), signer: TokenSigner(tokens: tokens),
            rateLimiter: RateLimiter(), addresses: addresses,
            origin: PublicOrigin(configured: configuration.publicURL, addresses: addresses),
            cors: CORSPolicy(origins: configuration.corsOrigins),
            fixed: FixedPaths(
                health: health, openAPI: openAPI,
                docs: DocsPage(folder: configuration.docsAssets, routes: routes, logger: logger),
                web: WebFolder(
                    folder: WebFolder.locate(configuration.webFolder, sqlFolder: configuration.sqlFolder),
                    assets: configuration.webAssets, logger: logger)),
            handlers: handlers, metrics: HTTPMetrics(registry),
            streams: TrainingRequests(
                executor: executor, waits: trainingWaits, folder: configuration.trainingDataRoot
            ).handlers.merging([
                "backtest_model": HistoryReplay(engine: inference, executor: executor).replay
            ]) { first, _ in first })
    }
}

/// A request that a Swift handler answers; limits, body and caller are checked already.
struct HandlerRequest: Sendable {
    let caller: Caller
    /// The route's members, decoded.
    let path: [String: String]
    let query: [(name: String, value: String)]
    let body: RequestBodyContent
    let requestID: String
}

/// Answers with JSON text. Throws ``Problem`` or `DatabaseError`.
typealias Handler = @Sendable (HandlerRequest) async throws -> String

/// A request whose handler takes the body in itself, as it arrives; limits and caller are checked already.
struct StreamRequest: Sendable {
    let caller: Caller
    let route: Route
    /// The route's members, decoded.
    let path: [String: String]
    let query: [(name: String, value: String)]
    let request: Request
    /// Argument of `auth.begin_request`.
    let begin: String
    /// To be called before the body is waited for.
    let willRead: @Sendable () -> Void
}

struct StreamAnswer: Sendable {
    /// JSON.
    let body: String
    let status: Int
    var headers: HTTPFields = [:]
}

/// Throws ``Problem`` or `DatabaseError`.
typealias StreamHandler = @Sendable (StreamRequest) async throws -> StreamAnswer

/// The handlers that do arithmetic.
enum Handlers {
    static func prediction(_ service: any PredictionService) -> [String: Handler] {
        let predict: Handler = { request in
            if let items = try PredictRequest.items(request.body) {
                guard request.query.isEmpty else {
                    throw Problem.invalid([.init(field: request.query[0].name, message: "belongs into each request")])
                }
                return try await service.predict(items)
            }
            // bare features come with their ids in the query
            let isBare = request.query.contains { $0.name == "equipment_id" }
            return try await service.predict(PredictRequest(query: request.query, body: request.body, isBare: isBare))
        }
        return [
            "predict": predict,
            "predict_bare": predict,
            "waveform_features": { request in try await service.features(WaveformRequest(request.body)) },
            "sync": { _ in try await service.sync() },
        ]
    }
}

/// Numbers about requests.
struct HTTPMetrics: Sendable {
    private let registry: MetricsRegistry

    init(_ registry: MetricsRegistry) {
        self.registry = registry
    }

    func observe(route: String, method: HTTPRequest.Method, status: Int, _ duration: Duration) {
        // methods have no bound either: what we never answer is one label
        let method =
            ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].first { $0 == method.rawValue } ?? "other"
        registry.counter(
            "thin_http_requests_total", "HTTP requests answered.",
            labels: ["route": route, "method": method, "status": String(status)]
        ).increment()
        registry.histogram(
            "thin_http_request_duration_seconds", "Time from the request's head to its answer.",
            // the class, not the code: a series for each code of each route would be too many
            labels: ["route": route, "method": method, "status": "\(status / 100)xx"]
        ).observe(duration)
    }
}
