import Glibc
import Synchronization

/// Counts messages on their way and makes callers wait while there is no room or no connection.
///
/// The usual case (room, connected, nobody waiting) is one atomic addition.
///
/// `@unchecked`: the pthread objects are made in `init`, destroyed in `deinit` and made for use by several threads.
final class SendWindow: @unchecked Sendable {
    private let count = Atomic<Int>(0)
    private let limit: Atomic<Int>
    private let isOpen = Atomic<Bool>(false)
    private let isClosed = Atomic<Bool>(false)
    private let waiters = Atomic<Int>(0)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// A waiter looks again this often, so a signal that it just missed costs no more.
    private static let recheck = Duration.milliseconds(20)

    init(limit: Int) {
        self.limit = Atomic(limit)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    var occupied: Int { count.load(ordering: .acquiring) }

    /// Takes a place without waiting and without asking whether it is open.
    func tryReserve() -> Bool {
        if count.add(1, ordering: .acquiringAndReleasing).newValue <= limit.load(ordering: .relaxed) { return true }
        count.subtract(1, ordering: .acquiringAndReleasing)
        return false
    }

    func reserve(timeout: Duration) throws(MQTTError) {
        if isOpen.load(ordering: .acquiring), tryReserve() { return }
        let deadline = ContinuousClock.now + timeout
        try waitUntil(deadline) { self.isOpen.load(ordering: .acquiring) && self.tryReserve() }
    }

    func release(_ places: Int = 1) {
        guard places > 0 else { return }
        let now = count.subtract(places, ordering: .acquiringAndReleasing).newValue
        guard waiters.load(ordering: .acquiring) > 0 else { return }
        // Waking a waiter for each single place would be a context switch a message.
        let limit = limit.load(ordering: .relaxed)
        if now <= limit - max(1, limit / 4) { wake() }
    }

    func drain(timeout: Duration) -> Bool {
        do {
            try waitUntil(ContinuousClock.now + timeout) { self.occupied == 0 }
            return true
        } catch {
            return occupied == 0
        }
    }

    func setOpen(_ open: Bool, limit: Int? = nil) {
        if let limit { self.limit.store(limit, ordering: .relaxed) }
        isOpen.store(open, ordering: .releasing)
        if open { wake() }
    }

    func close() {
        isClosed.store(true, ordering: .releasing)
        isOpen.store(false, ordering: .releasing)
        wake()
    }

    private func wake() {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    private func waitUntil(
        _ deadline: ContinuousClock.Instant, _ condition: () -> Bool
    ) throws(MQTTError) {
        waiters.add(1, ordering: .acquiringAndReleasing)
        pthread_mutex_lock(mutex)
        defer {
            pthread_mutex_unlock(mutex)
            waiters.subtract(1, ordering: .acquiringAndReleasing)
        }
        while !condition() {
            guard !isClosed.load(ordering: .acquiring) else { throw .closed }
            guard ContinuousClock.now < deadline else { throw .publishTimeout }
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            time.tv_nsec += Int(Self.recheck / .nanoseconds(1))
            if time.tv_nsec >= 1_000_000_000 {
                time.tv_nsec -= 1_000_000_000
                time.tv_sec += 1
            }
            pthread_cond_timedwait(self.condition, mutex, &time)
        }
    }
}
