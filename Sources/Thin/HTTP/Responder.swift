import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Postgres

/// One request's way through the house: id, address, route, rate limit, caller, body, call, answer, log line.
struct Responder: HTTPResponder {
    typealias Context = ThinRequestContext

    let services: HTTPServices

    func respond(to request: Request, context: ThinRequestContext) async throws -> Response {
        let started = ContinuousClock.now
        var trace = Trace(
            requestID: RequestID.accept(request.headers[.requestID]),
            address: services.addresses.resolve(peer: context.peerAddress, forwarded: request.headers[.forwardedFor]),
            isSecure: services.origin.isSecure(peer: context.peerAddress, headers: request.headers))
        var response: Response
        do {
            response = try await answer(request, context, &trace)
        } catch {
            response = failure(error, request, &trace, logger: context.logger)
        }
        finish(&response, request: request, trace: trace)
        report(request, response, trace, after: ContinuousClock.now - started, logger: context.logger)
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// What is found out about a request on its way.
    struct Trace {
        let requestID: String
        let address: String?
        /// Whether the browser speaks TLS.
        let isSecure: Bool
        /// The route's template, for logs and metrics; never the path itself, which has no bound.
        var route = "none"
        var caller = Caller.anonymous
        /// Headers that even a refusal carries.
        var headers: HTTPFields = [:]
        var member: @Sendable (Int) -> String? = { _ in nil }
    }

    private func answer(
        _ request: Request, _ context: ThinRequestContext, _ trace: inout Trace
    ) async throws -> Response {
        let path = request.uri.path
        if path == "*" { return Response(status: .noContent, headers: [.allow: RequestHeadCheck.allMethods]) }
        if let preflight = services.cors.preflight(request) { return preflight }
        if let fixed = services.fixed.response(path: path) {
            trace.route = fixed.route
            guard request.method == .get || request.method == .head else {
                if request.method == .options { return Self.options(["GET", "HEAD", "OPTIONS"]) }
                throw Problem.methodNotAllowed(["GET", "HEAD", "OPTIONS"])
            }
            return try await fixed.answer(request)
        }
        guard let routes = services.routes.snapshot else {
            throw Problem.unavailable("the database was not reached yet")
        }
        switch routes.table.match(method: request.method.rawValue, path: path) {
        case .notFound: throw Problem.notFound("there is nothing at this path")
        case .methodNotAllowed(let allowed):
            if request.method == .options { return Self.options(allowed) }
            throw Problem.methodNotAllowed(allowed)
        case .found(let route, let parameters):
            trace.route = route.path
            return try await call(route, parameters, request, context, &trace)
        }
    }

    private func call(
        _ route: Route, _ parameters: [String: String], _ request: Request, _ context: ThinRequestContext,
        _ trace: inout Trace
    ) async throws -> Response {
        // a socket's request that gets here was refused by the gate: perhaps for what it asks
        let socket =
            try route.successStatus == 101
            ? WebSocketRequest.members(query: request.uri.query ?? "") : (after: nil, ticket: nil)
        trace.caller = try await caller(route, request, &trace)
        if trace.caller.role == .anonymous, let ticket = socket.ticket {
            // why the gate refused it
            trace.caller = try await services.authenticator.caller(ticket: ticket)
        }
        try limit(route, &trace)
        if trace.caller.role < route.minimumRole {
            throw trace.caller.role == .anonymous
                ? Problem.unauthorized("this request needs a token", error: nil)
                : Problem.forbidden(
                    "this needs the role \(route.minimumRole.rawValue); yours is \(trace.caller.role.rawValue)")
        }
        // a socket's request that gets here is not its connection's first, asked for no upgrade,
        // or the gate refused it because its session has ended
        if route.successStatus == 101 {
            if trace.caller.role != .anonymous {
                try await services.authenticator.recheck(
                    trace.caller, requestID: trace.requestID, address: trace.address)
            }
            throw Problem.upgradeRequired
        }
        let query = try Self.query(request)
        if let name = route.handler, let handler = services.streams[name] {
            try await services.authenticator.recheck(trace.caller, requestID: trace.requestID, address: trace.address)
            let answer = try await handler(
                StreamRequest(
                    caller: trace.caller, route: route, path: parameters, query: query, request: request,
                    begin: beginRequest(request, trace), willRead: { context.bodyIsWanted(by: request) }))
            var response = Self.json(answer.body, status: answer.status)
            for field in answer.headers { response.headers[field.name] = field.value }
            return response
        }
        let body = try await RequestBodyReader.read(request, route: route) { context.bodyIsWanted(by: request) }
        try limitAccount(route, body.content, trace)
        if let name = route.handler {
            return try await handle(name, route, parameters, query, body, request, trace)
        }
        let call = try ArgumentBinder.bind(route, path: parameters, query: query, body: body.content)
        trace.member = { call.member($0) }
        return try await execute(call, route, request, body.bytes, trace)
    }

    /// A credential in a header counts; without one, a browser's cookie, where the route needs to know who calls.
    private func caller(_ route: Route, _ request: Request, _ trace: inout Trace) async throws -> Caller {
        let headers = request.headers
        let cookie =
            headers[.authorization] == nil && headers[.apiKey] == nil && route.minimumRole > .anonymous
            ? SessionCookie.value(in: headers, isSecure: trace.isSecure) : nil
        if route.isWrite, cookie != nil || route.response == .cookie {
            try services.origin.check(headers, authority: request.head.authority, isSecure: trace.isSecure)
        }
        guard let cookie else {
            return try await services.authenticator.caller(
                authorization: headers[.authorization], apiKey: headers[.apiKey])
        }
        do {
            return try await services.authenticator.caller(
                cookie: cookie, csrfToken: headers[.csrfToken], method: route.method)
        } catch let error as DatabaseError where error.sqlState == "MW401" {
            trace.headers[.setCookie] = SessionCookie.header(nil, isSecure: trace.isSecure)
            throw error
        }
    }

    private static func query(_ request: Request) throws(Problem) -> [(name: String, value: String)] {
        guard let query = PercentEncoding.pairs(request.uri.query ?? "") else { throw .brokenQuery }
        return query
    }

    // MARK: The database answers

    private func execute(
        _ call: BoundCall, _ route: Route, _ request: Request, _ body: [UInt8], _ trace: Trace
    ) async throws -> Response {
        switch route.lane {
        case .request: try await execute(call, route, request, body, trace, on: services.executor)
        case .password:
            try await services.passwords.run(address: trace.address) {
                try await execute(call, route, request, body, trace, on: $0)
            }
        }
    }

    private func execute(
        _ call: BoundCall, _ route: Route, _ request: Request, _ body: [UInt8], _ trace: Trace,
        on executor: RouteExecutor
    ) async throws -> Response {
        let begin = beginRequest(request, trace)
        var result: String?
        if let key = request.headers[.idempotencyKey], route.isWrite, route.isIdempotent {
            guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
                throw Problem.invalid([
                    .init(field: "Idempotency-Key", message: "must have 1 to 255 characters of visible ASCII")
                ])
            }
            let fingerprint = RouteExecutor.fingerprint(method: route.method, path: request.uri.string, body: body)
            let outcome = try await executor.execute(
                call, request: begin, role: trace.caller.role, timeoutMilliseconds: route.timeoutMilliseconds, key: key,
                fingerprint: fingerprint, status: route.successStatus,
                isRefusal: { Refusal.isOne($0) || ($0 == nil && route.response != .empty) })
            switch outcome {
            case .replay(let status, let body):
                var response = Self.json(body, status: status)
                response.headers[.idempotencyReplayed] = "true"
                return response
            case .result(let text): result = text
            }
        } else {
            result = try await executor.execute(
                call, request: begin, role: trace.caller.role, timeoutMilliseconds: route.timeoutMilliseconds)
        }
        if let error = Refusal.error(in: result) { throw error }
        switch route.response {
        case .empty: return Response(status: .init(code: route.successStatus))
        case .json:
            guard result != nil else { throw Problem.notFound("there is no such thing") }
            return Self.json(result, status: route.successStatus)
        case .token:
            guard let result else { throw Problem.unauthorized("the credentials are not right") }
            return Self.json(try await services.signer.tokenResponse(result), status: route.successStatus)
        case .cookie:
            guard let grant = result.flatMap(SessionCookie.Grant.init) else {
                throw Problem.unauthorized("the credentials are not right")
            }
            var response = Self.json(grant.body, status: route.successStatus)
            response.headers[.setCookie] = SessionCookie.header(
                grant.value, maximumAge: grant.maximumAge, isSecure: trace.isSecure)
            return response
        }
    }

    private func handle(
        _ name: String, _ route: Route, _ path: [String: String], _ query: [(name: String, value: String)],
        _ body: RequestBodyReader.Content, _ request: Request, _ trace: Trace
    ) async throws -> Response {
        guard let handler = services.handlers[name] else {
            throw Problem(501, "MW501", "Not implemented", "this process does not have the handler of this path")
        }
        if trace.caller.role != .anonymous {
            try await services.authenticator.recheck(trace.caller, requestID: trace.requestID, address: trace.address)
        }
        let result = try await handler(
            HandlerRequest(
                caller: trace.caller, path: path, query: query, body: body.content, requestID: trace.requestID))
        return Self.json(result, status: route.successStatus)
    }

    private func beginRequest(_ request: Request, _ trace: Trace) -> String {
        trace.caller.requestJSON(
            requestID: trace.requestID, address: trace.address, method: request.method.rawValue, path: trace.route)
    }

    // MARK: Limits

    private func limit(_ route: Route, _ trace: inout Trace) throws(Problem) {
        guard let limit = route.rateLimitPerMinute, let scope = route.rateLimitScope else { return }
        let address = "address:\(AddressNetwork.of(trace.address))"
        switch (scope, trace.caller.userID) {
        case (.address, _): try take(address, limit, route, &trace)
        case (.account, let account?): try take("account:\(account)", limit, route, &trace)
        // nobody yet: the name in the body is limited below; many people may share one address
        case (.account, nil): try take(address, limit * Self.addressFactor, route, &trace)
        }
    }

    /// Accounts behind one address that may log in at the same time.
    private static let addressFactor = 10

    private func take(_ subject: String, _ limit: Int, _ route: Route, _ trace: inout Trace) throws(Problem) {
        let decision = services.rateLimiter.take(subject: subject, route: route.method + route.path, limit: limit)
        trace.headers[.rateLimitPolicy] = "\"minute\";q=\(decision.limit);w=60"
        trace.headers[.rateLimit] = "\"minute\";r=\(decision.remaining);t=\(decision.reset)"
        if !decision.isAllowed { throw .tooManyRequests(retryAfter: decision.reset) }
    }

    /// Attempts on one account are limited wherever they come from.
    private func limitAccount(_ route: Route, _ body: RequestBodyContent, _ trace: Trace) throws(Problem) {
        guard let limit = route.rateLimitPerMinute, route.rateLimitScope == .account, trace.caller.userID == nil,
            let name = Self.accountName(body)
        else { return }
        var ignored = trace
        try take("name:\(name.lowercased().prefix(256))", limit, route, &ignored)
    }

    private static func accountName(_ body: RequestBodyContent) -> String? {
        let names = ["username", "email"]
        switch body {
        case .none: return nil
        case .form(let pairs): return pairs.first { names.contains($0.name) }?.value
        case .json(let bytes):
            guard let value = try? JSONScanner.value(of: bytes), value.kind == .object,
                let members = try? JSONScanner.members(of: value, in: bytes),
                let member = members.first(where: { names.contains($0.name) && $0.value.kind == .string })
            else { return nil }
            return try? JSONScanner.string(member.value, in: bytes)
        }
    }

    // MARK: Answers

    private static func json(_ text: String?, status: Int) -> Response {
        guard let text, status != 204 else { return Response(status: .init(code: status)) }
        return Response(
            status: .init(code: status), headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static func options(_ allowed: [String]) -> Response {
        Response(status: .noContent, headers: [.allow: allowed.joined(separator: ", ")])
    }

    private func failure(_ error: any Error, _ request: Request, _ trace: inout Trace, logger: Logger) -> Response {
        let problem: Problem
        switch error {
        case let given as Problem: problem = given
        case let failure as DatabaseError:
            problem = (services.routes.snapshot?.errors ?? SQLStateMap([])).problem(
                for: failure, isReading: request.method == .get || request.method == .head, member: trace.member)
            // 42501 may be a GRANT that is missing
            if problem.status >= 500 || failure.sqlState == "42501" {
                logger.error(
                    "the database refused a request",
                    metadata: [
                        "request_id": "\(trace.requestID)", "route": "\(trace.route)", "error": "\(failure)",
                        // an unexpected error's text names objects of ours; it may quote the caller's data, so only at
                        // debug
                        "message": logger.logLevel <= .debug ? "\(failure.message)" : "(at debug level)",
                        "context": "\(failure.context ?? "")",
                    ])
            }
        case is CancellationError: problem = .unavailable("the process is shutting down")
        default:
            problem = .internalError
            logger.error(
                "a request failed",
                metadata: ["request_id": "\(trace.requestID)", "route": "\(trace.route)", "error": "\(error)"])
        }
        return OpenInference.owns(request.uri.path)
            ? problem.inferenceResponse(requestID: trace.requestID) : problem.response(requestID: trace.requestID)
    }

    private func finish(_ response: inout Response, request: Request, trace: Trace) {
        response.headers[.requestID] = trace.requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        for field in trace.headers { response.headers[field.name] = field.value }
        services.cors.decorate(&response, request)
    }

    private func report(
        _ request: Request, _ response: Response, _ trace: Trace, after duration: Duration, logger: Logger
    ) {
        services.metrics.observe(route: trace.route, method: request.method, status: response.status.code, duration)
        guard logger.logLevel <= .info else { return }
        let (seconds, attoseconds) = duration.components
        let milliseconds = Double(seconds) * 1000 + Double(attoseconds / 1_000_000_000_000) / 1000
        var metadata: Logger.Metadata = [
            "request_id": .string(trace.requestID), "method": .string(request.method.rawValue),
            "path": .string(String(request.uri.path.prefix(512))), "status": .stringConvertible(response.status.code),
            "ms": .stringConvertible(milliseconds), "bytes": .stringConvertible(response.body.contentLength ?? 0),
        ]
        if let address = trace.address { metadata["address"] = .string(address) }
        if let user = trace.caller.userID { metadata["user_id"] = .string(user) }
        logger.info("request", metadata: metadata)
    }
}
