import Synchronization

/// How many of something there may be: in all, and for one address. Whoever got in leaves again.
final class ConnectionSlots: Sendable {
    private struct State {
        var total = 0
        var ofNetwork: [String: Int] = [:]
    }

    let limit: Int
    let perAddress: Int
    /// Beyond the limit, for addresses that have nothing yet: a few addresses cannot keep everybody else out.
    let reserve: Int
    private let state = Mutex(State())

    init(limit: Int, perAddress: Int, reserve: Int = 0) {
        self.limit = limit
        self.perAddress = perAddress
        self.reserve = reserve
    }

    var count: Int { state.withLock { $0.total } }

    /// - Parameters:
    ///   - address: counted as ``AddressNetwork`` says.
    ///   - isExempt: only the limit in all holds: a trusted proxy brings many clients.
    /// - Returns: nil when it is full, else a token that ``leave(_:)`` takes.
    func enter(_ address: String?, isExempt: Bool = false) -> Slot? {
        let network = isExempt ? nil : AddressNetwork.of(address)
        return state.withLock { state in
            let own = network.map { state.ofNetwork[$0] ?? 0 } ?? 0
            let allowed = own == 0 ? limit + reserve : limit
            guard state.total < allowed, own < perAddress else { return nil }
            state.total += 1
            if let network { state.ofNetwork[network] = own + 1 }
            return Slot(network: network)
        }
    }

    func leave(_ slot: Slot) {
        state.withLock { state in
            state.total -= 1
            guard let network = slot.network, let own = state.ofNetwork[network] else { return }
            // a table of addresses that are gone would grow for ever
            state.ofNetwork[network] = own > 1 ? own - 1 : nil
        }
    }

    struct Slot: Sendable {
        fileprivate let network: String?
    }
}
