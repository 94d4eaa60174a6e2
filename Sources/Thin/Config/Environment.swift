import Foundation

/// Reads variables, each also from the file that `NAME_FILE` names, and collects every problem instead of stopping at
/// the first.
struct Environment {
    /// A secret file is a line or a certificate, never more.
    static let maximumFileBytes = 64 * 1024

    private let variables: [String: String]
    private(set) var problems: [ConfigurationProblem] = []

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    mutating func report(_ name: String, _ reason: String) {
        problems.append(ConfigurationProblem(name: name, reason: reason))
    }

    /// The value of `NAME`, or the content of the file that `NAME_FILE` names without its trailing line break.
    /// An empty value counts as absent, as container tools write it.
    mutating func string(_ name: String) -> String? {
        let direct = variables[name].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = variables["\(name)_FILE"], !path.isEmpty else { return direct }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            report("\(name)_FILE", "names a file that cannot be read: \(path)")
            return nil
        }
        defer { try? handle.close() }
        // nil from an empty file; an error from what is no file
        guard let data = try? handle.read(upToCount: Self.maximumFileBytes + 1) ?? Data() else {
            report("\(name)_FILE", "names something that is not a readable file: \(path)")
            return nil
        }
        guard data.count <= Self.maximumFileBytes, let text = String(data: data, encoding: .utf8) else {
            report("\(name)_FILE", "must hold UTF-8 text of at most \(Self.maximumFileBytes) bytes")
            return nil
        }
        let value = text.trimmingCharacters(in: .newlines)
        // an empty file counts as absent too: compositions have one for each secret
        if value.isEmpty { return direct }
        if direct != nil { report(name, "is set twice: as \(name) and as \(name)_FILE") }
        return value
    }

    mutating func required(_ name: String, _ purpose: String) -> String {
        if let value = string(name) { return value }
        if !problems.contains(where: { $0.name == name || $0.name == "\(name)_FILE" }) {
            report(name, "is missing: \(purpose)")
        }
        return ""
    }

    mutating func secret(_ name: String) -> Secret? {
        string(name).map(Secret.init)
    }

    mutating func bool(_ name: String, default fallback: Bool) -> Bool {
        guard let value = string(name) else { return fallback }
        switch value.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default:
            report(name, "must be true or false")
            return fallback
        }
    }

    mutating func integer(_ name: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        guard let value = string(name) else { return fallback }
        guard let number = Int(value), range.contains(number) else {
            report(name, "must be a whole number between \(range.lowerBound) and \(range.upperBound)")
            return fallback
        }
        return number
    }

    mutating func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String, default fallback: Value)
        -> Value
    {
        guard let value = string(name) else { return fallback }
        guard let choice = Value(rawValue: value.lowercased()) else {
            report(name, "must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
            return fallback
        }
        return choice
    }

    /// Items between commas, without surrounding blanks and without empty ones.
    mutating func list(_ name: String) -> [String] {
        (string(name) ?? "").split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    mutating func address(_ name: String, default fallback: String) -> SocketAddressSetting {
        let value = string(name) ?? fallback
        if let address = SocketAddressSetting(value) { return address }
        report(name, "must be HOST:PORT with a port between 0 and 65535")
        return SocketAddressSetting(fallback)!
    }
}

/// One thing that is wrong with the environment. Names the variable, never its value.
struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
    let name: String
    let reason: String

    var description: String { "\(name) \(reason)" }
}

/// Everything that is wrong with the environment, at once.
struct ConfigurationError: Error, CustomStringConvertible {
    let problems: [ConfigurationProblem]

    var description: String {
        "the configuration is not usable:\n" + problems.map { "  - \($0)" }.joined(separator: "\n")
    }
}

/// A value that must not reach a log, an error or a debugger's dump.
struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String

    var description: String { "(secret)" }
    var debugDescription: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// `HOST:PORT` or `[IPv6]:PORT`; a bare `PORT` or `:PORT` means 127.0.0.1.
struct SocketAddressSetting: Sendable, Equatable, CustomStringConvertible {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(_ text: String) {
        let host: Substring
        let portText: Substring
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.hasPrefix(":") else { return nil }
            portText = rest.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
            guard !host.contains(":") else { return nil }
        } else {
            host = ""
            portText = text[...]
        }
        guard let port = UInt16(portText) else { return nil }
        self.host = host.isEmpty ? "127.0.0.1" : String(host)
        self.port = Int(port)
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
