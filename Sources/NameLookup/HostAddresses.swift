import Glibc

/// Why a host has no address.
public struct NameLookupError: Error {
    /// The resolver's own words.
    public let reason: String
}

/// Name look-up.
public enum HostAddresses {
    /// All addresses of a host as numbers, in the system's order of preference: of names, and of every spelling of a number
    /// that it takes for an address (`127.1`, `0x7f000001`, `2130706433`). A link-local one has its zone (`fe80::1%eth0`).
    /// Blocks as long as the resolver does.
    public static func resolve(_ host: String) throws(NameLookupError) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = AF_UNSPEC
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, nil, &hints, &list)
        guard result == 0 else { throw NameLookupError(reason: String(cString: gai_strerror(result))) }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var next = list
        while let entry = next {
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
                == 0
            {
                let text = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
                if !addresses.contains(text) { addresses.append(text) }
            }
            next = entry.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw NameLookupError(reason: "no address") }
        return addresses
    }
}
