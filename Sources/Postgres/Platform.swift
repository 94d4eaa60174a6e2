import CLibPQ
import Glibc

/// Nanoseconds of the monotonic clock.
func monotonicNow() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

extension Duration {
    /// Whole nanoseconds, at least 0, at most about 292 years.
    var nanoseconds: UInt64 {
        let parts = components
        if parts.seconds < 0 { return 0 }
        let (product, overflow) = UInt64(parts.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow
            ? UInt64(Int64.max) : min(UInt64(Int64.max), product + UInt64(max(0, parts.attoseconds / 1_000_000_000)))
    }
}

/// Milliseconds for `poll` until a time on the monotonic clock, rounded up so that it does not wake too early.
func pollTimeout(until deadline: UInt64) -> Int32 {
    let now = monotonicNow()
    if deadline <= now { return 0 }
    return Int32(clamping: (deadline - now + 999_999) / 1_000_000)
}

/// A thread of its own for calls that block; they must never run on Swift's cooperative pool. It is detached: `body` tells
/// by its own means that it ended.
/// - Parameter name: at most 15 bytes are shown by tools.
func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(name: String(name.prefix(15)), body: body))
    let status = pthread_create(
        &thread, nil,
        { argument in
            let box = Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue()
            mw_name_thread(box.name)
            box.body()
            return nil
        }, box.toOpaque())
    precondition(status == 0, "the system gave no thread (error \(status))")
    pthread_detach(thread)
}

/// Wakes a thread that sleeps in `poll`. Any thread may signal.
final class WakeUp: Sendable {
    let descriptor: Int32

    init() {
        descriptor = mw_eventfd()
        precondition(descriptor >= 0, "the system gave no eventfd (error \(errno))")
    }

    deinit {
        close(descriptor)
    }

    func signal() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    func drain() {
        var value: UInt64 = 0
        _ = read(descriptor, &value, 8)
    }
}
