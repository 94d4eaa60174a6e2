import Foundation
import Hexadecimal

/// Addresses as they are counted and compared.
enum AddressNetwork {
    private static let mappedPrefix: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]
    /// Bytes of an IPv6 address that one customer cannot choose.
    private static let networkBytes = 8

    /// What counts as one client: an IPv4 address, also where it is mapped into IPv6, or an IPv6 network of 64 bits,
    /// which is what one customer gets. The same rule as `auth.caller_network()`.
    static func of(_ address: String?) -> String {
        guard let address else { return "unknown" }
        guard let bytes = ipv6(address) else { return address }
        if let mapped = mapped(bytes) { return mapped }
        return bytes.prefix(networkBytes).hexadecimal + "/64"
    }

    /// `::ffff:10.0.0.1`, however it is written, is 10.0.0.1; anything else stays.
    static func withoutMapping(_ address: String) -> String {
        ipv6(address).flatMap(mapped) ?? address
    }

    private static func mapped(_ bytes: [UInt8]) -> String? {
        guard bytes.starts(with: mappedPrefix) else { return nil }
        return bytes.suffix(4).map(String.init).joined(separator: ".")
    }

    private static func ipv6(_ text: String) -> [UInt8]? {
        guard text.contains(":") else { return nil }
        var address = in6_addr()
        // a zone (fe80::1%eth0) is no part of the address
        guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &address) == 1 else { return nil }
        return withUnsafeBytes(of: &address) { Array($0) }
    }
}
