import CMosquitto
import Glibc
import Synchronization

/// A thread that is joined, not detached: when ``join()`` returns, nothing of it runs any more.
final class LoopThread: Sendable {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    private let handle: Mutex<pthread_t?>

    /// - Parameter name: at most 15 bytes, shown by `top -H`.
    init(name: String, _ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        // Lifetime: retained here, released by the thread when it has taken the value.
        let body = Unmanaged.passRetained(
            Body {
                millwright_mqtt_thread_name(String(name.prefix(15)))
                run()
            })
        let result = pthread_create(
            &thread, nil,
            { raw in
                let body = Unmanaged<Body>.fromOpaque(raw!).takeRetainedValue()
                body.run()
                return nil
            }, body.toOpaque())
        precondition(result == 0, "pthread_create failed: \(result)")
        handle = Mutex(thread)
    }

    /// Waits for the end. Later calls return at once; a call from the thread itself would never end and traps.
    func join() {
        let thread = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        guard let thread else { return }
        precondition(pthread_equal(thread, pthread_self()) == 0, "a loop cannot wait for itself")
        pthread_join(thread, nil)
    }
}
