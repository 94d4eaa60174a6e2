import Glibc

/// Name look-up.
enum HostAddresses {
    /// All addresses of a host in the system's order of preference, as numbers. Blocks as long as the resolver does.
    static func resolve(_ host: String) throws(MQTTError) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = AF_UNSPEC
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, nil, &hints, &list)
        guard result == 0 else { throw .unreachable("\(host): \(String(cString: gai_strerror(result)))") }
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
        guard !addresses.isEmpty else { throw .unreachable("\(host): no address") }
        return addresses
    }
}
