import Crypto
import Foundation
import Hexadecimal

/// What a file is for, in the order in which they are applied.
enum SQLKind: String, CaseIterable, Sendable {
    case roles, database, ledger, compat, migration
    case continuousAggregate = "continuous_aggregate"
    case function, view, data, grant

    /// Below the SQL folder.
    fileprivate var folder: String {
        switch self {
        case .roles: "sql/roles.sql"
        case .database: "sql/database.sql"
        case .ledger: "sql/schema/000_ledger.sql"
        case .compat: "sql/compat"
        case .migration: "migrations"
        case .continuousAggregate: "sql/continuous_aggregates"
        case .function: "sql/functions"
        case .view: "sql/views"
        case .data: "sql/data"
        case .grant: "sql/grants"
        }
    }

    /// One file, not a folder of them.
    fileprivate var isFile: Bool { folder.hasSuffix(".sql") }
}

/// A file of the SQL tree.
struct SQLFile: Equatable, Sendable {
    let kind: SQLKind
    /// The path below its kind's folder, such as `alarm/acknowledge.sql`: its key in the ledger.
    let name: String
    /// The path below the SQL folder, for messages.
    let path: String
    let text: String
    /// Of the bytes, hexadecimal.
    let sha256: String

    init(kind: SQLKind, name: String, text: String) {
        self.kind = kind
        self.name = name
        path = kind.isFile ? kind.folder : "\(kind.folder)/\(name)"
        self.text = text
        sha256 = SHA256.hexadecimal(text)
    }

    /// `-- millwright: no-transaction` in the first line: one statement at a time, outside a transaction (CREATE INDEX
    /// CONCURRENTLY and the like). It is run again from its start after a failure, so its statements must bear that.
    var isNoTransaction: Bool { directives.contains("no-transaction") }

    /// `-- millwright: drop-views`: the product's views are dropped in this migration's transaction and made again
    /// afterwards, because it changes a column that they show.
    var dropsViews: Bool { directives.contains("drop-views") }

    /// `-- millwright: replaces=HASH`: a migration that could not run everywhere was mended in its place (docs/adr/0015). A database
    /// that had the text of that hash has what this one leads to.
    var replaced: [Substring] {
        directives.filter { $0.hasPrefix("replaces=") }.map { $0.dropFirst("replaces=".count) }
    }

    private var directives: [Substring] {
        let first = text.prefix { $0 != "\n" }
        guard first.hasPrefix("-- millwright:") else { return [] }
        return first.dropFirst("-- millwright:".count).split { $0 == " " || $0 == "," }
    }

    /// Schemas, tables and views that a migration or its kin makes, as `schema` or `schema.name`.
    var relationsMade: [String] {
        let statements = (try? statements()) ?? []
        return statements.compactMap { statement in
            statement.text.prefixMatch(
                of:
                    #/(?i)CREATE\s+(?:UNLOGGED\s+|MATERIALIZED\s+)?(?:TABLE|VIEW|SCHEMA|SEQUENCE)\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_][a-z_0-9.]*)/#
            ).map { String($0.1) }
        }
    }

    /// A migration's number.
    var number: Int? {
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        return digits.count == 4 && name.dropFirst(4).first == "_" ? Int(digits) : nil
    }
}

/// All files that `thin migrate` applies, as they lie in the folder.
struct SQLTree: Sendable {
    private static let largestFile = 4 << 20

    var files: [SQLFile]

    func files(_ kind: SQLKind) -> [SQLFile] { files.filter { $0.kind == kind } }

    /// Files that are never applied again, so that what they make is known from their text.
    var filesMadeOnce: [SQLFile] { files(.ledger) + files(.migration) + files(.continuousAggregate) }

    /// One hash for all of it; equal trees give equal databases.
    var digest: String {
        SHA256.hexadecimal(files.map { "\($0.kind.rawValue) \($0.name) \($0.sha256)\n" }.joined())
    }

    init(files: [SQLFile]) {
        self.files = files
    }

    /// Reads the folder that holds `sql/` and `migrations/`, and checks what can be checked without a database.
    init(folder: URL) throws(MigrationError) {
        files = []
        for kind in SQLKind.allCases {
            let url = folder.appendingPathComponent(kind.folder)
            for (name, file) in try Self.list(url, isFile: kind.isFile) {
                files.append(SQLFile(kind: kind, name: name, text: try Self.read(file)))
            }
        }
        try validate()
    }

    func validate() throws(MigrationError) {
        for kind in [SQLKind.roles, .ledger, .migration] where files(kind).isEmpty {
            throw .badTree("\(kind.folder) is missing")
        }
        var expected = 1
        for file in files(.migration) {
            guard let number = file.number else {
                throw .refused("\(file.path): a migration is named NNNN_what.sql, four digits")
            }
            if number < expected { throw .refused("\(file.path): the number \(number) is taken twice") }
            if number > expected { throw .refused("\(file.path): migration number \(expected) is missing") }
            expected += 1
        }
        for file in files where !file.isNoTransaction {
            if let statement = try file.statements().first(where: \.isTransactionControl) {
                throw .badTree(
                    "\(file.path):\(statement.line): \(statement.words[0]) is not allowed: each file is one transaction"
                )
            }
        }
    }

    private static func list(_ url: URL, isFile: Bool) throws(MigrationError) -> [(String, URL)] {
        let manager = FileManager.default
        if isFile { return manager.fileExists(atPath: url.path) ? [(url.lastPathComponent, url)] : [] }
        // it would not enter a folder that is a symbolic link
        guard let enumerator = manager.enumerator(atPath: url.resolvingSymlinksInPath().path) else { return [] }
        var names: [String] = []
        for case let name as String in enumerator where name.hasSuffix(".sql") { names.append(name) }
        // by bytes, everywhere the same: 010_… before 020_…, whatever the locale
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { ($0, url.appendingPathComponent($0)) }
    }

    private static func read(_ url: URL) throws(MigrationError) -> String {
        guard let data = try? Data(contentsOf: url) else { throw .badTree("\(url.path) cannot be read") }
        guard data.count <= largestFile, !data.contains(0), let text = String(data: data, encoding: .utf8) else {
            throw .badTree("\(url.path) is not UTF-8 text of at most \(largestFile >> 20) MiB")
        }
        return text
    }

    /// The folder from `MILLWRIGHT_SQL`, else the working directory or the nearest folder above the executable that has a `sql/roles.sql`.
    static func locate(_ explicit: String?) throws(MigrationError) -> URL {
        let marker = SQLKind.roles.folder
        if let explicit {
            let url = URL(fileURLWithPath: explicit)
            guard InstalledFolder.holds(url, marker) else {
                throw .badTree("MILLWRIGHT_SQL names a folder without \(marker)")
            }
            return url
        }
        if let url = InstalledFolder.find(holding: marker) { return url }
        throw .badTree("\(marker) is neither in the working directory nor above the program: set MILLWRIGHT_SQL")
    }
}

extension SQLFile {
    func statements() throws(MigrationError) -> [SQLStatement] {
        do throws(SQLSplitter.Failure) {
            return try SQLSplitter.split(text)
        } catch {
            switch error {
            case .unterminated(let what, let line): throw .badTree("\(path):\(line): unterminated \(what)")
            }
        }
    }
}

extension SHA256 {
    static func hexadecimal(_ text: String) -> String {
        hash(data: Data(text.utf8)).hexadecimal
    }
}
