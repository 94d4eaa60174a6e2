import CLibPQ

/// The rows that a statement returned. Values stay in libpq's memory and are decoded when they are read.
public struct QueryResult: Sendable, RandomAccessCollection {
    let storage: ResultStorage

    /// Names of the columns, in order; names may repeat.
    public var columns: [String] {
        (0..<storage.columnCount).map { String(cString: PQfname(storage.pointer, Int32($0))) }
    }

    /// Rows returned.
    public var count: Int { storage.rowCount }
    public var startIndex: Int { 0 }
    public var endIndex: Int { storage.rowCount }

    public subscript(row: Int) -> Row {
        precondition(row >= 0 && row < storage.rowCount, "row \(row) of \(storage.rowCount)")
        return Row(storage: storage, index: Int32(row))
    }

    /// The first row, for statements that return one. Throws 02000 (no_data) where there is none: a subscript would end the process.
    public func one() throws(DatabaseError) -> Row {
        guard count > 0 else { throw DatabaseError.local("02000", "the statement returned no row") }
        return self[0]
    }

    /// Rows inserted, updated, deleted, selected or copied; 0 for other commands.
    public var affectedRows: Int {
        Int(String(cString: PQcmdTuples(storage.pointer))) ?? 0
    }

    /// The server's name of what it did, such as `INSERT 0 3` or `ROLLBACK`.
    public var commandTag: String {
        String(cString: PQcmdStatus(storage.pointer))
    }
}

/// Owns one `PGresult`. Unchecked: libpq documents results as read-only after they were made and safe to read from any thread.
final class ResultStorage: @unchecked Sendable {
    let pointer: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        rowCount = Int(PQntuples(pointer))
        columnCount = Int(PQnfields(pointer))
    }

    deinit {
        PQclear(pointer)
    }

    /// The first column of that name.
    func column(named name: String) -> Int? {
        name.withCString { wanted in
            (0..<columnCount).first { index in
                var left = PQfname(pointer, Int32(index))!
                var right = wanted
                while left.pointee == right.pointee, left.pointee != 0 {
                    left += 1
                    right += 1
                }
                return left.pointee == right.pointee
            }
        }
    }
}

/// One row. Every reader gives nil for NULL, for a column that is not there, and for a value that is not of the asked kind.
public struct Row: Sendable {
    let storage: ResultStorage
    let index: Int32

    /// Number of columns.
    public var count: Int { storage.columnCount }

    /// Whether the value is NULL (or the column is not there).
    public func isNull(_ column: Int) -> Bool { raw(column) == nil }

    /// PostgreSQL's text form of any type. Bytes that are not UTF-8 (SQL_ASCII databases) become U+FFFD.
    public func string(_ column: Int) -> String? { raw(column).map { String(decoding: $0, as: UTF8.self) } }
    /// A whole number of any numeric type.
    public func int(_ column: Int) -> Int? { int64(column).flatMap { Int(exactly: $0) } }
    public func int64(_ column: Int) -> Int64? { raw(column).flatMap(TextDecoding.integer) }
    public func double(_ column: Int) -> Double? { string(column).flatMap { Double($0) } }
    public func bool(_ column: Int) -> Bool? { raw(column).flatMap(TextDecoding.bool) }
    /// A bytea's bytes; of other types the text's UTF-8.
    public func bytes(_ column: Int) -> [UInt8]? {
        guard let raw = raw(column) else { return nil }
        return PQftype(storage.pointer, Int32(column)) == OID.bytea ? TextDecoding.bytea(raw) : [UInt8](raw)
    }
    /// A timestamptz, timestamp (read as UTC) or date.
    public func timestamp(_ column: Int) -> Timestamp? { raw(column).flatMap { Timestamp(iso: $0) } }
    /// A one-dimensional array's elements in text form.
    public func stringArray(_ column: Int) -> [String?]? { raw(column).flatMap(TextDecoding.array) }

    public func isNull(_ name: String) -> Bool { read(name) { isNull($0) ? nil : true } == nil }
    public func string(_ name: String) -> String? { read(name) { string($0) } }
    public func int(_ name: String) -> Int? { read(name) { int($0) } }
    public func int64(_ name: String) -> Int64? { read(name) { int64($0) } }
    public func double(_ name: String) -> Double? { read(name) { double($0) } }
    public func bool(_ name: String) -> Bool? { read(name) { bool($0) } }
    public func bytes(_ name: String) -> [UInt8]? { read(name) { bytes($0) } }
    public func timestamp(_ name: String) -> Timestamp? { read(name) { timestamp($0) } }
    public func stringArray(_ name: String) -> [String?]? { read(name) { stringArray($0) } }

    private func read<Value>(_ name: String, _ body: (Int) -> Value?) -> Value? {
        storage.column(named: name).flatMap(body)
    }

    /// The value's text as the server sent it, valid as long as the result lives.
    private func raw(_ column: Int) -> UnsafeBufferPointer<UInt8>? {
        guard column >= 0, column < storage.columnCount, PQgetisnull(storage.pointer, index, Int32(column)) == 0,
            let value = PQgetvalue(storage.pointer, index, Int32(column))
        else { return nil }
        let length = Int(PQgetlength(storage.pointer, index, Int32(column)))
        return UnsafeBufferPointer(start: UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), count: length)
    }
}
