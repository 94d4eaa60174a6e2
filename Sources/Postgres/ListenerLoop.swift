import CLibPQ
import Glibc
import Logging
import Pacing
import Synchronization

/// Asks a blocked thread to end.
final class StopSignal: Sendable {
    let wakeUp = WakeUp()
    private let isRequested = Atomic(false)

    var isSet: Bool { isRequested.load(ordering: .acquiring) }

    func request() {
        isRequested.store(true, ordering: .releasing)
        wakeUp.signal()
    }

    /// Sleeps; false when it was asked to end.
    func sleep(_ duration: Duration) -> Bool {
        let deadline = monotonicNow() + duration.nanoseconds
        var entry = pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)
        while !isSet, monotonicNow() < deadline { poll(&entry, 1, pollTimeout(until: deadline)) }
        return !isSet
    }
}

/// The thread of one `Listener` stream.
struct ListenerLoop {
    let configuration: ConnectionConfiguration
    let channels: [String]
    let logger: Logger
    var backoff: Backoff
    let stop: StopSignal
    let continuation: AsyncStream<ListenerEvent>.Continuation

    mutating func run() {
        var isOutageLogged = false
        while !stop.isSet {
            do throws(DatabaseError) {
                let wire = try Wire.connect(configuration, cacheCapacity: 1)
                try listen(wire)
                backoff.reset()
                isOutageLogged = false
                yield(.connected)
                defer { yield(.disconnected) }
                try receive(wire)
            } catch {
                if !isOutageLogged { logger.warning("listening failed", metadata: ["error": "\(error)"]) }
                isOutageLogged = true
            }
            guard stop.sleep(backoff.next()) else { return }
        }
    }

    private func listen(_ wire: Wire) throws(DatabaseError) {
        let deadline = monotonicNow() + configuration.connectTimeout.nanoseconds
        for channel in channels {
            guard let quoted = PQescapeIdentifier(wire.connection, channel, channel.utf8.count) else {
                throw .lost(wire.connection)
            }
            defer { PQfreemem(quoted) }
            guard PQsendQuery(wire.connection, "LISTEN \(String(cString: quoted))") == 1 else {
                throw .lost(wire.connection)
            }
            var failure: DatabaseError?
            while let result = try wire.nextResult(until: deadline) {
                if PQresultStatus(result) != PGRES_COMMAND_OK {
                    failure = failure ?? DatabaseError(result: result, connection: wire.connection)
                }
                PQclear(result)
            }
            if let failure { throw failure }
        }
    }

    private func receive(_ wire: Wire) throws(DatabaseError) {
        while !stop.isSet {
            while let notification = PQnotifies(wire.connection) {
                yield(
                    .notification(
                        channel: String(cString: notification.pointee.relname),
                        payload: String(cString: notification.pointee.extra)))
                PQfreemem(notification)
            }
            var entries = [
                pollfd(fd: wire.socket, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop.wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&entries, 2, -1) > 0, entries[0].revents != 0 {
                try wire.consume()
                guard wire.isAlive else { throw .lost(wire.connection) }
            }
        }
    }

    private func yield(_ event: ListenerEvent) {
        // Something fell out of the buffer: the reader must look for everything again.
        if case .dropped = continuation.yield(event) { continuation.yield(.connected) }
    }
}
