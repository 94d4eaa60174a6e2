import Foundation
import NameLookup

/// Why a webhook cannot be sent where it should go.
enum TargetError: Error, CustomStringConvertible {
    case notAURL
    case unknownHost
    case refused

    var description: String {
        switch self {
        case .notAURL: "the target is no http or https URL with a plain host name"
        case .unknownHost: "the target's name cannot be resolved"
        case .refused: "the target's address is in one of relay.refused_networks"
        }
    }
}

/// A webhook's URL, taken apart and put together again, so that what was judged is what is sent to: parsers differ about
/// user names, blanks and odd characters in a host.
struct WebhookTarget: Sendable, Equatable {
    /// As it is resolved, and as the server's certificate must name it; an IPv6 address without brackets.
    let host: String
    let url: String

    init(_ text: String) throws {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", var host = parts.host?.lowercased()
        else { throw TargetError.notAURL }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        let isIPv6 = host.contains(":")
        let letters = isIPv6 ? "0123456789abcdef:." : "0123456789abcdefghijklmnopqrstuvwxyz-._"
        guard (1...253).contains(host.utf8.count), host.allSatisfy(letters.contains),
            (1...65_535).contains(parts.port ?? 80)
        else { throw TargetError.notAURL }
        self.host = host
        let port = parts.port.map { ":\($0)" } ?? ""
        let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
        url = "\(scheme)://\(isIPv6 ? "[\(host)]" : host)\(port)\(parts.percentEncodedPath)\(query)"
    }
}

/// Where a webhook may go: resolves a name and asks the database which of its addresses are allowed.
struct TargetAddresses: Sendable {
    /// All addresses of a name, as numbers. Replaced in tests.
    var resolve: @Sendable (String) async throws -> [String] = { host in
        let found = await BlockingWork.run { (try? HostAddresses.resolve(host)) ?? [] }
        // without the zone of a link-local address, which no address in SQL has
        var seen: Set<Substring> = []
        return found.map { $0.prefix { $0 != "%" } }.filter { seen.insert($0).inserted }.map(String.init)
    }
    /// `relay.may_send_to`.
    var permit: @Sendable ([String]) async throws -> [String]

    /// - Throws: ``TargetError`` where there is none.
    func permitted(_ host: String, within timeout: Duration) async throws -> [String] {
        let found = try await withDeadline(timeout) { try await resolve(host) }
        guard !found.isEmpty else { throw TargetError.unknownHost }
        let permitted = try await permit(found)
        guard !permitted.isEmpty else { throw TargetError.refused }
        return permitted
    }
}
