import Testing

@testable import Thin

/// Who counts as one client.
@Suite struct AddressNetworkTests {
    @Test func anAddressIsCountedAsWhatOneCustomerGets() {
        #expect(AddressNetwork.of("10.0.0.1") == "10.0.0.1")
        for written in ["::ffff:10.0.0.1", "::FFFF:10.0.0.1", "::ffff:a00:1", "0:0:0:0:0:ffff:0a00:0001"] {
            #expect(AddressNetwork.of(written) == "10.0.0.1", "\(written)")
            #expect(AddressNetwork.withoutMapping(written) == "10.0.0.1", "\(written)")
        }
        #expect(AddressNetwork.of("2001:db8:1:2::1") == AddressNetwork.of("2001:DB8:1:2:ffff:ffff:ffff:ffff"))
        #expect(AddressNetwork.of("2001:db8:1:2::1") != AddressNetwork.of("2001:db8:1:3::1"))
        #expect(AddressNetwork.of("fe80::1%eth0") == AddressNetwork.of("fe80::2"))
        #expect(AddressNetwork.withoutMapping("2001:db8::1") == "2001:db8::1")
        #expect(AddressNetwork.of(nil) == "unknown")
    }

    @Test func behindATrustedProxyTheClientCounts() {
        let addresses = ClientAddress(trustedProxies: ["10.0.0.9"])
        #expect(addresses.resolve(peer: "::ffff:10.0.0.9", forwarded: "6.6.6.6, ::ffff:7.7.7.7") == "7.7.7.7")
        #expect(addresses.resolve(peer: "10.0.0.9", forwarded: "6.6.6.6, ::ffff:10.0.0.9") == "6.6.6.6")
        #expect(addresses.resolve(peer: "6.6.6.6", forwarded: "7.7.7.7") == "6.6.6.6")
        #expect(addresses.resolve(peer: "10.0.0.9", forwarded: "nonsense") == "10.0.0.9")
        #expect(addresses.isProxy("::ffff:10.0.0.9") && !addresses.isProxy("6.6.6.6") && !addresses.isProxy(nil))
    }
}

/// Slots for connections.
@Suite struct ConnectionSlotsTests {
    @Test func oneAddressHasItsShareAndAFewMoreGetInWhenItIsFull() throws {
        let slots = ConnectionSlots(limit: 6, perAddress: 3, reserve: 1)
        let own = (0..<3).map { slots.enter("2001:db8::\($0)") }
        #expect(own.allSatisfy { $0 != nil } && slots.enter("2001:db8::ffff") == nil)
        for _ in 0..<3 { #expect(slots.enter("6.6.6.6") != nil) }
        #expect(slots.enter("7.7.7.7") != nil, "one in reserve for whoever has none")
        #expect(slots.enter("8.8.8.8") == nil && slots.enter("7.7.7.7") == nil)
        slots.leave(try #require(own[0]))
        #expect(slots.count == 6 && slots.enter("2001:db8::1") == nil, "the limit in all")
        slots.leave(try #require(own[1]))
        #expect(slots.enter("2001:db8::1") != nil)
    }

    @Test func aProxyHasNoShareOfItsOwn() {
        let slots = ConnectionSlots(limit: 10, perAddress: 2)
        for _ in 0..<10 { #expect(slots.enter("10.0.0.9", isExempt: true) != nil) }
        #expect(slots.enter("10.0.0.9", isExempt: true) == nil)
    }

    @Test func whoLeavesLeavesNothing() {
        let slots = ConnectionSlots(limit: 100, perAddress: 2)
        for number in 0..<100_000 {
            let slot = slots.enter("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)")
            #expect(slot != nil)
            if let slot { slots.leave(slot) }
        }
        #expect(slots.count == 0)
    }
}
