import CMosquitto
import Glibc

/// A file descriptor that any thread may signal and one thread polls.
final class Waker: Sendable {
    let descriptor: Int32

    init() {
        descriptor = millwright_mqtt_eventfd()
        precondition(descriptor >= 0, "eventfd: out of file descriptors")
    }

    deinit { close(descriptor) }

    func signal() { millwright_mqtt_eventfd_signal(descriptor) }

    func drain() { millwright_mqtt_eventfd_drain(descriptor) }

    /// Sleeps until a signal or the end of the time. Leaves the signal set.
    func wait(_ time: Duration) {
        var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        pollDescriptors(&descriptors, time)
    }
}

/// `poll` with a Duration, rounded up to whole milliseconds. Interrupted calls return as if nothing was ready.
@discardableResult
func pollDescriptors(_ descriptors: inout [pollfd], _ time: Duration) -> Int32 {
    let milliseconds = (max(.zero, time) + .nanoseconds(999_999)) / .milliseconds(1)
    return poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: Int64(min(milliseconds, 1e9))))
}
