import Testing

@testable import Thin

@Suite struct RateLimiterTests {
    @Test func aBucketEmptiesAndRefills() {
        let limiter = RateLimiter()
        let start = ContinuousClock.now
        for index in 0..<6 {
            let decision = limiter.take(subject: "a", route: "r", limit: 6, now: start)
            #expect(decision.isAllowed && decision.remaining == 5 - index)
        }
        let refused = limiter.take(subject: "a", route: "r", limit: 6, now: start)
        #expect(!refused.isAllowed && refused.reset == 10)
        #expect(limiter.take(subject: "b", route: "r", limit: 6, now: start).isAllowed)
        #expect(limiter.take(subject: "a", route: "s", limit: 6, now: start).isAllowed)
        #expect(!limiter.take(subject: "a", route: "r", limit: 6, now: start + .seconds(9)).isAllowed)
        #expect(limiter.take(subject: "a", route: "r", limit: 6, now: start + .seconds(11)).isAllowed)
    }

    @Test func memoryIsBounded() {
        let limiter = RateLimiter(capacity: 1000)
        let start = ContinuousClock.now
        for index in 0..<20_000 {
            _ = limiter.take(subject: "address:\(index)", route: "r", limit: 10, now: start + .milliseconds(index))
        }
        #expect(limiter.count <= 1000)
    }

    @Test func aFloodOfAddressesDoesNotFreeTheOneThatIsLimited() {
        let limiter = RateLimiter(capacity: 64)
        let start = ContinuousClock.now
        for _ in 0..<10 { _ = limiter.take(subject: "bad", route: "r", limit: 10, now: start + .seconds(1)) }
        for index in 0..<60 { _ = limiter.take(subject: "\(index)", route: "r", limit: 10, now: start) }
        #expect(!limiter.take(subject: "bad", route: "r", limit: 10, now: start + .seconds(2)).isAllowed)
    }
}

@Suite struct ClientAddressTests {
    @Test func onlyTrustedProxiesAreBelieved() {
        let plain = ClientAddress(trustedProxies: [])
        #expect(plain.resolve(peer: "10.0.0.1", forwarded: "1.2.3.4") == "10.0.0.1")
        #expect(plain.resolve(peer: "::ffff:10.0.0.1", forwarded: nil) == "10.0.0.1")
        let behind = ClientAddress(trustedProxies: ["10.0.0.1", "10.0.0.2"])
        #expect(behind.resolve(peer: "10.0.0.1", forwarded: "9.9.9.9, 1.2.3.4, 10.0.0.2") == "1.2.3.4")
        #expect(behind.resolve(peer: "10.0.0.1", forwarded: "garbage") == "10.0.0.1")
        #expect(behind.resolve(peer: "1.1.1.1", forwarded: "1.2.3.4") == "1.1.1.1")
    }

    @Test func requestIdentifiersAreHarmless() {
        #expect(RequestID.accept("abc-1.2:3_X") == "abc-1.2:3_X")
        for text in ["", "a b", "a\"b", "<x>", String(repeating: "a", count: 129), "é"] {
            #expect(RequestID.accept(text) != text)
        }
        #expect(RequestID.make().count == 32 && RequestID.make() != RequestID.make())
    }
}
