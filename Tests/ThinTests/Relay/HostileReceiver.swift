import Foundation
import Glibc
import Synchronization
import TestSupport

/// A webhook's receiver that means harm: it reads a request and then does as its script says.
final class HostileReceiver: Sendable {
    typealias Script = @Sendable (_ send: (String) -> Bool) -> Void

    let port: Int
    private let descriptor: Int32
    private let heads = Mutex<[String]>([])

    init(_ script: @escaping Script) throws {
        (descriptor, port) = try Loopback.listen(backlog: 16)
        Loopback.accept(on: descriptor) { [weak self] client in
            Thread.detachNewThread { [weak self] in
                self?.serve(client, script)
                close(client)
            }
        }
    }

    deinit { Loopback.stop(descriptor) }

    /// What was asked so far: request line and headers.
    var requests: [String] { heads.withLock { $0 } }

    private func serve(_ client: Int32, _ script: Script) {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !text.contains("\r\n\r\n") {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        heads.withLock { $0.append(text) }
        script { bytes in
            var rest = Substring(bytes)
            while !rest.isEmpty {
                let sent = rest.utf8.withContiguousStorageIfAvailable {
                    send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard let sent, sent > 0 else { return false }
                rest = Substring(decoding: rest.utf8.dropFirst(sent), as: UTF8.self)
            }
            return true
        }
    }
}
