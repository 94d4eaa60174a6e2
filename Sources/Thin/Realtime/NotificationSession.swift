import Foundation
import Logging
import NIOCore
import Pacing
import Postgres

/// One client of the notifications stream: lets it in, then sends what the hub has after its position.
struct NotificationSession: Sendable {
    typealias Socket = NIOAsyncChannel<String, WebSocketOutbound>

    /// How often a session's end or an account's deactivation is looked for.
    static let recheckInterval: Duration = .seconds(30)
    /// Messages fetched at once, and bytes written at once: what a client that does not read holds in memory.
    private static let batch = 64
    private static let batchBytes = 64 * 1024

    let hub: NotificationHub
    let authenticator: Authenticator
    /// Sockets, and those that have not shown a token yet.
    let sockets: ConnectionSlots
    let anonymous: ConnectionSlots
    /// For a client whose first message brings its token.
    let patience: Duration
    let logger: Logger

    func run(_ socket: Socket, _ request: WebSocketRequest) async {
        hub.clientConnected()
        defer { hub.clientDisconnected() }
        do {
            try await socket.executeThenClose { inbound, outbound in
                var messages = inbound.makeAsyncIterator()
                var request = request
                guard let slot = sockets.enter(request.address) else {
                    try await Self.turnAway(&messages, outbound)
                    return
                }
                defer { sockets.leave(slot) }
                if request.caller == nil {
                    guard let waiting = anonymous.enter(request.address) else {
                        try await Self.turnAway(&messages, outbound)
                        return
                    }
                    defer { anonymous.leave(waiting) }
                    guard try await authenticate(&request, &messages, outbound) else { return }
                }
                guard let caller = request.caller else { return }
                guard caller.role >= .viewer else {
                    try await outbound.write(.close(.forbidden))
                    while try await messages.next() != nil {}
                    return
                }
                try await serve(caller, request, &messages, outbound)
            }
        } catch {
            logger.trace("a WebSocket ended", metadata: ["request_id": "\(request.requestID)", "error": "\(error)"])
        }
    }

    private static func turnAway(
        _ messages: inout NIOAsyncChannelInboundStream<String>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketOutbound>
    ) async throws {
        try await outbound.write(.close(.crowded))
        while try await messages.next() != nil {}
    }

    // MARK: Letting in

    /// The first message: `{"access_token": "…", "after": 17}`.
    private func authenticate(
        _ request: inout WebSocketRequest, _ messages: inout NIOAsyncChannelInboundStream<String>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketOutbound>
    ) async throws -> Bool {
        let alarm = Task {
            try await Task.sleep(for: patience)
            try await outbound.write(.close(.unauthorized))
        }
        defer { alarm.cancel() }
        guard let text = try await messages.next() else { return false }
        if let hello = Hello(text) {
            do {
                let caller = try await authenticator.caller(credential: hello.token)
                try await authenticator.recheck(caller, requestID: request.requestID, address: request.address)
                request.caller = caller
                request.after = hello.after ?? request.after
                return true
            } catch let error as DatabaseError where error.isConnectionFailure {
                try await outbound.write(.close(.unavailable))
                while try await messages.next() != nil {}
                return false
            } catch is Problem {
            } catch is DatabaseError {
            }
        }
        try await outbound.write(.close(.unauthorized))
        while try await messages.next() != nil {}
        return false
    }

    struct Hello: Equatable {
        let token: String
        let after: Int64?

        init?(_ text: String) {
            let bytes = Array(text.utf8)
            guard let value = try? JSONScanner.value(of: bytes), value.kind == .object,
                let members = try? JSONScanner.members(of: value, in: bytes)
            else { return nil }
            var token: String?
            var after: Int64?
            for (name, member) in members {
                switch (name, member.kind) {
                case ("access_token", .string): token = try? JSONScanner.string(member, in: bytes)
                case ("after", .number):
                    after = Int64(JSONScanner.text(member, in: bytes))
                    if (after ?? -1) < 0 { return nil }
                case ("after", .null): continue
                case ("after", _), ("access_token", _): return nil
                default: continue
                }
            }
            guard let token else { return nil }
            self.token = token
            self.after = after
        }
    }

    // MARK: Serving

    private func serve(
        _ caller: Caller, _ request: WebSocketRequest,
        _ messages: inout NIOAsyncChannelInboundStream<String>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketOutbound>
    ) async throws {
        let position = request.after ?? hub.newest
        try await outbound.write(.text(ByteBuffer(string: Self.ready(position))))
        let sender = Task { await send(after: position, outbound) }
        let guardian = Task { await watch(caller, request, outbound) }
        defer {
            sender.cancel()
            guardian.cancel()
        }
        // clients have nothing to say after the beginning; reading on sees their close
        while try await messages.next() != nil {}
    }

    private static func ready(_ position: Int64) -> String {
        "{\"type\":\"ready\",\"seq\":\(position),\"timestamp\":\"\(ISO8601.string(from: .now))\"}"
    }

    private static func gap(_ oldest: Int64, _ newest: Int64) -> String {
        "{\"type\":\"gap\",\"oldest\":\(oldest),\"newest\":\(newest),\"timestamp\":\"\(ISO8601.string(from: .now))\"}"
    }

    /// The writer suspends while the socket takes no more, so a client is never further ahead of its socket than one
    /// batch.
    private func send(after start: Int64, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketOutbound>) async {
        var position = start
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                switch try await hub.next(after: position, limit: Self.batch) {
                case .messages(let messages):
                    for part in Self.parts(messages) {
                        try await outbound.write(contentsOf: part.map { .text($0.json) })
                        position = part.last?.seq ?? position
                    }
                case .gap(let oldest, let newest, let resume):
                    try await outbound.write(.text(ByteBuffer(string: Self.gap(oldest, newest))))
                    position = resume
                }
                backoff.reset()
            } catch is DatabaseError {
                // older rows cannot be had just now; the client waits, nothing is lost
                try? await Task.sleep(for: backoff.next())
            } catch {
                return
            }
        }
    }

    /// Cuts where a part would have more than ``batchBytes``; a longer message is one by itself.
    static func parts(_ messages: [OutboxMessage]) -> [ArraySlice<OutboxMessage>] {
        var parts: [ArraySlice<OutboxMessage>] = []
        var start = messages.startIndex
        var bytes = 0
        for index in messages.indices {
            let size = messages[index].json.readableBytes
            if index > start, bytes + size > batchBytes {
                parts.append(messages[start..<index])
                (start, bytes) = (index, 0)
            }
            bytes += size
        }
        if start < messages.endIndex { parts.append(messages[start...]) }
        return parts
    }

    /// Ends the connection when the token or its session does.
    private func watch(
        _ caller: Caller, _ request: WebSocketRequest, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketOutbound>
    ) async {
        while true {
            let left = caller.expiresAt.map { $0.timeIntervalSinceNow } ?? .infinity
            let pause = min(left, Double(Self.recheckInterval.components.seconds) * Double.random(in: 0.8...1.2))
            guard (try? await Task.sleep(for: .milliseconds(Int(max(0, pause) * 1000)))) != nil else { return }
            if let end = caller.expiresAt, end <= .now { break }
            do {
                try await authenticator.recheck(caller, requestID: request.requestID, address: request.address)
            } catch let error as DatabaseError where error.sqlState.hasPrefix("MW4") {
                break
            } catch {
                continue  // the database is away: that ends nobody's session
            }
        }
        try? await outbound.write(.close(.expired))
    }
}
