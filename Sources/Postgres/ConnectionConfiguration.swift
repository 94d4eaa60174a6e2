import CLibPQ

/// Where and how to connect. Takes whatever libpq takes: a URI, `key=value` pairs, several hosts, service and password files.
public struct ConnectionConfiguration: Sendable, CustomStringConvertible {
    /// libpq's options by name, the password among them.
    private let options: [String: String]
    private let problem: DatabaseError?
    /// How long one attempt may take, all hosts and addresses together.
    public let connectTimeout: Duration

    /// What this module relies on when it reads text, and what makes a dead peer known in seconds instead of hours.
    private static let fixedSettings = [
        ("TimeZone", "UTC"), ("DateStyle", "ISO"), ("bytea_output", "hex"), ("extra_float_digits", "1"),
        ("standard_conforming_strings", "on"), ("client_connection_check_interval", "10s"),
    ]
    private static let defaults = [
        "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "20000",
    ]

    /// - Parameters:
    ///   - url: any connection string of libpq; what it says wins over `applicationName`.
    ///   - applicationName: shown in `pg_stat_activity`.
    ///   - settings: server settings of the session (`search_path`, `statement_timeout`, …).
    ///   - connectTimeout: at least a millisecond; `connect_timeout` (seconds) in the URL wins. A host's name is resolved by the C library, whose own limits apply.
    public init(
        url: String, applicationName: String = "thin", settings: [String: String] = [:],
        connectTimeout: Duration = .seconds(5)
    ) {
        switch Self.parse(url) {
        case .failure(let error):
            self.connectTimeout = max(.milliseconds(1), connectTimeout)
            options = [:]
            problem = error
        case .success(let parsed):
            // libpq itself heeds it in blocking calls only, which are never used here
            let given = parsed["connect_timeout"].flatMap { Int($0) }.flatMap { $0 > 0 ? Duration.seconds($0) : nil }
            self.connectTimeout = max(.milliseconds(1), given ?? connectTimeout)
            var options = Self.defaults.merging(parsed) { $1 }
            options["application_name"] = options["application_name"] ?? applicationName
            options["client_encoding"] = "UTF8"
            options["options"] = Self.serverOptions(options["options"], settings)
            self.options = options
            problem = nil
        }
    }

    /// Another database of the same server (migration tests, maintenance commands).
    public func database(_ name: String) -> ConnectionConfiguration {
        var options = options
        options["dbname"] = name
        return ConnectionConfiguration(options: options, problem: problem, connectTimeout: connectTimeout)
    }

    private init(options: [String: String], problem: DatabaseError?, connectTimeout: Duration) {
        self.options = options
        self.problem = problem
        self.connectTimeout = connectTimeout
    }

    /// Host, port, database and user; nothing secret.
    public var description: String {
        if let problem { return problem.description }
        let shown = ["user", "host", "port", "dbname"].compactMap { key in options[key].map { "\(key)=\($0)" } }
        return shown.joined(separator: " ")
    }

    /// Lends the options as the two arrays that `PQconnectStartParams` takes.
    func withKeywords<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) throws(DatabaseError) -> Result {
        if let problem { throw problem }
        var keywords: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        var arena: [ContiguousArray<CChar>] = []
        for (key, value) in options {
            arena.append(ContiguousArray(key.utf8CString))
            arena.append(ContiguousArray(value.utf8CString))
        }
        // Copies on the C heap: an array of pointers must not point into Swift's arrays after their closures end.
        for index in stride(from: 0, to: arena.count, by: 2) {
            keywords.append(Self.copy(arena[index]))
            values.append(Self.copy(arena[index + 1]))
        }
        defer { for pointer in keywords + values { pointer?.deallocate() } }
        return body(keywords + [nil], values + [nil])
    }

    private static func copy(_ text: ContiguousArray<CChar>) -> UnsafePointer<CChar> {
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
        text.withUnsafeBufferPointer { memory.initialize(from: $0.baseAddress!, count: text.count) }
        return UnsafePointer(memory)
    }

    private static func parse(_ url: String) -> Result<[String: String], DatabaseError> {
        // libpq's own message may quote the string, and with it a password.
        let failure = DatabaseError.local("08001", "the connection string is not valid")
        if url.utf8.contains(0) { return .failure(failure) }
        var message: UnsafeMutablePointer<CChar>?
        guard let list = PQconninfoParse(url, &message) else {
            PQfreemem(message)
            return .failure(failure)
        }
        defer { PQconninfoFree(list) }
        var options: [String: String] = [:]
        var entry = list
        while let keyword = entry.pointee.keyword {
            if let value = entry.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            entry += 1
        }
        return .success(options)
    }

    private static func serverOptions(_ given: String?, _ settings: [String: String]) -> String {
        var parts = given.map { [$0] } ?? []
        let own = settings.sorted { $0.key < $1.key }
        for (name, value) in fixedSettings + own.map({ ($0.key, $0.value) }) {
            parts.append("-c \(name)=\(escaped(value))")
        }
        return parts.joined(separator: " ")
    }

    /// The server splits its options at white space that no backslash precedes.
    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            if character.isWhitespace || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text
    }
}
