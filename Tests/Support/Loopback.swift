import Foundation
import Glibc

/// TCP on the loopback interface, as descriptors: for clients and servers that speak byte by byte.
public enum Loopback {
    /// A port that nobody listens on now.
    public static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return try bind(descriptor)
    }

    /// Whether somebody accepts connections on the port.
    public static func accepts(_ port: Int) -> Bool {
        guard let descriptor = try? connect(to: port) else { return false }
        close(descriptor)
        return true
    }

    /// Connects; the caller closes the descriptor.
    /// - Parameters:
    ///   - source: the loopback address to come from, such as 127.0.0.2; nil leaves it to the kernel.
    ///   - patience: how many seconds a read waits at the most; nil for ever.
    public static func connect(to port: Int, from source: String? = nil, patience: Int? = nil) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        do {
            if let patience {
                var timeout = timeval(tv_sec: patience, tv_usec: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            }
            if let source { _ = try bind(descriptor, source) }
            var address = address("127.0.0.1", port)
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else { throw TestBroker.Failure.tool("connect", status: errno) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Listens on a port that the kernel chooses; the caller closes the descriptor.
    public static func listen(backlog: Int32) throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        do {
            let port = try bind(descriptor)
            guard Glibc.listen(descriptor, backlog) == 0 else { throw TestBroker.Failure.tool("listen", status: errno) }
            return (descriptor, port)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Gives each connection to `serve`, on a thread that ends when ``stop(_:)`` is called, and closes the listening
    /// descriptor then: closed by anybody else, its number could be another listener's when the thread accepts again.
    /// - Parameter serve: closes what it is given.
    public static func accept(on descriptor: Int32, _ serve: @escaping @Sendable (Int32) -> Void) {
        Thread.detachNewThread {
            defer { close(descriptor) }
            while true {
                let client = Glibc.accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                serve(client)
            }
        }
    }

    /// Ends listening on a descriptor that ``accept(on:_:)`` has.
    public static func stop(_ descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private static func bind(_ descriptor: Int32, _ host: String = "127.0.0.1") throws -> Int {
        var address = address(host, 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw TestBroker.Failure.tool("bind", status: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func address(_ host: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        return address
    }
}
