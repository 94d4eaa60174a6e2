import Synchronization

/// Token buckets in memory, one for each address or account and limit. The number of buckets is bounded: full ones,
/// which limit nobody, are dropped first, then the ones that were not used for longest.
final class RateLimiter: Sendable {
    struct Decision: Sendable, Equatable {
        let isAllowed: Bool
        /// Requests a minute.
        let limit: Int
        /// Whole requests left now.
        let remaining: Int
        /// Seconds until the next request is allowed (when refused) or the bucket is full again.
        let reset: Int
    }

    private struct Bucket {
        var tokens: Double
        var updated: ContinuousClock.Instant
    }

    private struct Key: Hashable {
        let subject: String
        let route: String
    }

    private let capacity: Int
    private let buckets = Mutex<[Key: Bucket]>([:])

    init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    var count: Int { buckets.withLock { $0.count } }

    /// Takes one request from the bucket of `subject` for `route`, which holds and refills `limit` requests a minute.
    func take(subject: String, route: String, limit: Int, now: ContinuousClock.Instant = .now) -> Decision {
        let key = Key(subject: subject, route: route)
        let perSecond = Double(limit) / 60
        return buckets.withLock { buckets in
            var bucket = buckets[key] ?? Bucket(tokens: Double(limit), updated: now)
            bucket.tokens = min(Double(limit), bucket.tokens + perSecond * Self.seconds(now - bucket.updated))
            bucket.updated = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            if buckets[key] == nil, buckets.count >= capacity { Self.evict(&buckets, capacity: capacity, now: now) }
            buckets[key] = bucket
            let missing = isAllowed ? Double(limit) - bucket.tokens : 1 - bucket.tokens
            return Decision(
                isAllowed: isAllowed, limit: limit, remaining: Int(bucket.tokens),
                reset: max(1, Int((missing / perSecond).rounded(.up))))
        }
    }

    /// Drops an eighth at once, so that a flood of new addresses does not sort the table for each of them.
    private static func evict(_ buckets: inout [Key: Bucket], capacity: Int, now: ContinuousClock.Instant) {
        // a bucket that was not used for a minute is full again, whatever its limit
        buckets = buckets.filter { now - $0.value.updated < .seconds(60) }
        let keep = capacity - capacity / 8
        guard buckets.count > keep else { return }
        let oldest = buckets.sorted { $0.value.updated < $1.value.updated }.prefix(buckets.count - keep)
        for (key, _) in oldest { buckets[key] = nil }
    }

    private static func seconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
