import CLibPQ

extension DatabaseError {
    /// Reads a failed result; without a SQLSTATE it comes from libpq itself, which means that the connection is lost.
    init(result: OpaquePointer, connection: OpaquePointer) {
        func field<Code: BinaryInteger>(_ code: Code) -> String? {
            PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
        }
        guard let state = field(MW_DIAG_SQLSTATE) else {
            self = .lost(connection, libpqMessage: String(cString: PQresultErrorMessage(result)))
            return
        }
        self.init(
            sqlState: state, severity: field(MW_DIAG_SEVERITY) ?? "ERROR",
            message: field(MW_DIAG_MESSAGE) ?? "", detail: field(MW_DIAG_DETAIL),
            hint: field(MW_DIAG_HINT), column: field(MW_DIAG_COLUMN),
            table: field(MW_DIAG_TABLE), constraint: field(MW_DIAG_CONSTRAINT),
            schema: field(MW_DIAG_SCHEMA), position: field(MW_DIAG_POSITION).flatMap { Int($0) },
            context: field(MW_DIAG_CONTEXT))
        routine = field(MW_DIAG_ROUTINE)
    }

    /// A connection that was open and is not any more; 58000 if it is still there, for then libpq refused something.
    static func lost(_ connection: OpaquePointer, libpqMessage: String? = nil) -> DatabaseError {
        let text = trimmed(libpqMessage ?? String(cString: PQerrorMessage(connection)))
        if PQstatus(connection) == CONNECTION_OK {
            return DatabaseError(sqlState: "58000", message: text)
        }
        return DatabaseError(sqlState: "08006", severity: "FATAL", message: text)
    }

    /// A connection attempt that failed. libpq gives no SQLSTATE for these, but prints it when it is told to be verbose.
    static func connecting(_ connection: OpaquePointer) -> DatabaseError {
        let text = String(cString: PQerrorMessage(connection))
        let (state, message) = splitVerbose(text)
        return DatabaseError(sqlState: state ?? "08001", severity: "FATAL", message: message)
    }

    /// `…FATAL:  28P01: password authentication failed…\nLOCATION:  auth_failed, auth.c:334` gives the code and the text without both.
    static func splitVerbose(_ text: String) -> (sqlState: String?, message: String) {
        var state: String?
        var lines: [String] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("LOCATION:") {
            var rest = Substring(line)
            if state == nil, let mark = findCode(in: line) {
                state = String(line[mark])
                rest = line[..<mark.lowerBound] + line[mark.upperBound...].dropFirst(2)
            }
            lines.append(String(rest))
        }
        return (state, trimmed(lines.joined(separator: "\n")))
    }

    /// Five upper-case letters or digits between `:  ` (two blanks) and `: `.
    private static func findCode(in line: Substring) -> Range<Substring.Index>? {
        var start = line.startIndex
        while let colon = line[start...].firstIndex(of: ":") {
            let code = line[colon...].dropFirst(3).prefix(5)
            let isCode = code.count == 5 && code.allSatisfy { ("A"..."Z").contains($0) || ("0"..."9").contains($0) }
            if isCode, line[colon...].hasPrefix(":  "), line[code.endIndex...].hasPrefix(": ") {
                return code.startIndex..<code.endIndex
            }
            start = line.index(after: colon)
        }
        return nil
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
