import Glibc
import Logging
import Synchronization

/// The poll thread of a `Client`: takes requests, gives them to connections, resumes who waits.
final class ClientLoop {
    private let core: ClientCore
    private let options: ClientOptions
    private var connections: [ClientConnection] = []
    private var queue = Fifo<ClientRequest>()
    private var sessionSerial: UInt64 = 0
    private var failures = 0
    private var lastError = ""
    /// One warning per outage, not per attempt.
    private var isOutageLogged = false
    private var drainDeadline: UInt64?

    init(_ core: ClientCore) {
        self.core = core
        options = core.options
        for _ in 0..<options.connections {
            let connection = ClientConnection(core.configuration, options)
            connection.makeSession = { [unowned self] in
                sessionSerial += 1
                return sessionSerial
            }
            connection.onFailure = { [unowned self] error, wasReady in failed(error, wasReady: wasReady) }
            connection.onTimeOut = { [core] process in Self.investigate(process, core) }
            connections.append(connection)
        }
    }

    func run() {
        var polled: [pollfd] = []
        var owners: [Int] = []
        while true {
            let now = monotonicNow()
            let isStopping = takeMessages(now)
            if isStopping, mayEnd(now) { break }
            dispatch(now, isStopping)
            publish()

            polled.removeAll(keepingCapacity: true)
            owners.removeAll(keepingCapacity: true)
            polled.append(pollfd(fd: core.wakeUp.descriptor, events: Int16(POLLIN), revents: 0))
            for (index, connection) in connections.enumerated() {
                guard let interest = connection.interest else { continue }
                polled.append(interest)
                owners.append(index)
            }
            _ = poll(&polled, nfds_t(polled.count), pollTimeout(until: nextDeadline(now)))
            if polled[0].revents != 0 { core.wakeUp.drain() }
            let awake = monotonicNow()
            var isReady = [Bool](repeating: false, count: connections.count)
            for (entry, owner) in zip(polled.dropFirst(), owners) { isReady[owner] = entry.revents != 0 }
            for (index, connection) in connections.enumerated() where !isStopping || connection.isReady {
                connection.proceed(isSocketReady: isReady[index], now: awake)
            }
            if connections.contains(where: \.isReady) { reportRecovery() }
        }
        end()
    }

    // MARK: Messages

    /// Takes what callers left; true if the client is to stop.
    private func takeMessages(_ now: UInt64) -> Bool {
        var inbox: [ClientRequest] = []
        var releases: [UInt64] = []
        let isStopping = core.shared.withLock { shared in
            swap(&inbox, &shared.inbox)
            swap(&releases, &shared.releases)
            shared.isSignalled = false
            return shared.isStopping
        }
        for session in releases {
            connections.first { $0.session == session }?.release()
        }
        var direct = 0
        for request in inbox {
            if case .statements(let statements, let session?) = request.work {
                direct += 1
                sendInSession(request, statements, session, now)
            } else {
                queue.append(request)
            }
        }
        if direct > 0 { uncount(direct) }
        return isStopping
    }

    private func sendInSession(_ request: ClientRequest, _ statements: [Statement], _ session: UInt64, _ now: UInt64) {
        if request.isDone { return }
        guard let connection = connections.first(where: { $0.session == session }) else {
            request.complete(
                .failure(DatabaseError.local("08003", "the session's connection is lost or was given back")))
            return
        }
        connection.send(request, statements, now: now)
    }

    private func uncount(_ requests: Int) {
        core.shared.withLock { $0.waiting -= requests }
    }

    // MARK: Dispatch

    /// Gives queued requests to connections in order, as far as they take them, and ends those that waited too long.
    private func dispatch(_ now: UInt64, _ isStopping: Bool) {
        var taken = 0
        let observe = core.waitObserver.withLock { $0 }
        let sendsMany = queue.count > connections.count
        defer { if sendsMany { for connection in connections { connection.uncork() } } }
        while let request = queue.first {
            if request.isDone {
                _ = queue.removeFirst()
            } else if isStopping {
                queue.removeFirst().complete(.failure(DatabaseError.local("08003", "the database client was stopped")))
            } else if now >= request.sendDeadline {
                observe?(waited(request, now))
                queue.removeFirst().complete(.failure(tooLate()))
            } else if let connection = leastLoaded(for: request.work) {
                _ = queue.removeFirst()
                observe?(waited(request, now))
                switch request.work {
                case .statements(let statements, _):
                    if sendsMany { connection.cork() }
                    connection.send(request, statements, now: now)
                case .acquire: connection.acquire(request)
                }
            } else {
                break
            }
            taken += 1
        }
        if taken > 0 { uncount(taken) }
    }

    /// `now` was read before the loop's turn: what came meanwhile has not waited.
    private func waited(_ request: ClientRequest, _ now: UInt64) -> Duration {
        let since = request.sendDeadline - options.queueDeadline.nanoseconds
        return .nanoseconds(now > since ? Int64(now - since) : 0)
    }

    private func leastLoaded(for work: ClientRequest.Work) -> ClientConnection? {
        var best: ClientConnection?
        for connection in connections where connection.isShareable && connection.load < options.pipelineDepth {
            if connection.load < best?.load ?? .max { best = connection }
        }
        return best
    }

    private func tooLate() -> DatabaseError {
        if connections.contains(where: \.isReady) {
            return .local("53300", "no connection was free within \(options.queueDeadline)")
        }
        return .local("08001", "no database connection within \(options.queueDeadline)")
    }

    private func nextDeadline(_ now: UInt64) -> UInt64 {
        var deadline = now + 10_000_000_000
        for connection in connections {
            if let next = connection.nextDeadline { deadline = min(deadline, next) }
        }
        // Deadlines in the queue are nearly in order; a tick also sweeps cancelled requests.
        if !queue.isEmpty { deadline = min(deadline, now + 50_000_000) }
        if let drainDeadline { deadline = min(deadline, drainDeadline) }
        return deadline
    }

    // MARK: State

    private func failed(_ error: DatabaseError, wasReady: Bool) {
        failures += 1
        lastError = error.description
        if wasReady || !isOutageLogged {
            core.logger.warning("database connection failed", metadata: ["error": "\(error)"])
        }
        if !connections.contains(where: \.isReady) { isOutageLogged = true }
    }

    /// What the server's process waited for, into the log; and an end to it: nobody waits for its answer any more, and the
    /// locks that it holds would make the next attempt wait as well.
    private static func investigate(_ process: Int32, _ core: ClientCore) {
        guard process > 0 else { return }
        Task {
            let sql = """
                SELECT concat_ws(' ', a.state, a.wait_event_type, a.wait_event, 'for', (clock_timestamp() - a.query_start)::text),
                       pg_blocking_pids(a.pid)::text, pg_cancel_backend(a.pid)
                FROM pg_stat_activity AS a WHERE a.pid = $1
                """
            do {
                let rows = try await core.perform([Statement(sql, [.int4(process)])], session: nil)[0]
                let isThere = rows.count > 0
                core.logger.warning(
                    "a request had no answer within its time",
                    metadata: [
                        "server_process": "\(process)", "state": "\(isThere ? rows[0].string(0) ?? "" : "gone")",
                        "blocked_by": "\(isThere ? rows[0].string(1) ?? "" : "")",
                    ])
            } catch {
                core.logger.warning(
                    "a request had no answer within its time, and the server does not say why",
                    metadata: ["server_process": "\(process)", "error": "\(error)"])
            }
        }
    }

    private func reportRecovery() {
        guard isOutageLogged else { return }
        isOutageLogged = false
        core.logger.info("database connection is back")
    }

    private func publish() {
        var status = ClientStatus()
        for connection in connections {
            if connection.isReady { status.connected += 1 }
            status.inFlight += connection.load
        }
        status.connectionFailures = failures
        status.lastError = lastError
        core.shared.withLock { $0.status = status }
    }

    // MARK: The end

    private func mayEnd(_ now: UInt64) -> Bool {
        let deadline = drainDeadline ?? now + options.drainTime.nanoseconds
        drainDeadline = deadline
        return now >= deadline || !connections.contains { $0.isReady && ($0.load > 0 || $0.session != nil) }
    }

    private func end() {
        dispatch(monotonicNow(), true)
        for connection in connections {
            connection.onFailure = nil
            connection.fail(.local("08003", "the database client was stopped"))
        }
        let waiters = core.shared.withLock { shared in
            shared.hasEnded = true
            shared.status.connected = 0
            shared.status.inFlight = 0
            defer { shared.endWaiters = [] }
            return (shared.endWaiters, shared.inbox)
        }
        for request in waiters.1 {
            request.complete(.failure(DatabaseError.local("08003", "the database client was stopped")))
        }
        for waiter in waiters.0 { waiter.resume() }
    }
}
