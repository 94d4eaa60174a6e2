import Glibc
import TestSupport

/// Accepts connections (in the kernel's queue) and never says a word.
final class SilentListener {
    let port: Int
    private let descriptor: Int32

    init() throws { (descriptor, port) = try Loopback.listen(backlog: 16) }

    deinit { close(descriptor) }
}

func threadSleep(milliseconds: UInt32) { usleep(milliseconds * 1000) }
