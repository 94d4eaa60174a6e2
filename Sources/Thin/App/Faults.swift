import Postgres
import Synchronization

/// Whose fault an SQLSTATE is: the rows of `api.sqlstate_fault`, loaded with the routes and again whenever they change.
///
/// Until they are known everything is the service's: nothing is refused, all is tried again.
final class Faults: Sendable {
    enum Fault: String, Sendable {
        /// What was sent.
        case data
        /// The database or the moment. Never counts against data: what failed is tried again.
        case service
        /// It took too long: less at once may fit. Never counts against data either.
        case time
        /// A trial alone, beside `ingest.probe()`, tells.
        case unclear

        /// What was sent may be why it failed; the moment alone is not.
        var mayBeData: Bool { self == .data || self == .unclear }
    }

    private static let stateLength = 5
    private let rows = Mutex<[String: Fault]>([:])

    /// - Parameter rows: pattern (a whole SQLSTATE, or its beginning and `%`) and fault.
    func replace(_ rows: [(pattern: String, fault: String)]) {
        let known = Dictionary(
            rows.map { ($0.pattern, Fault(rawValue: $0.fault) ?? .service) }, uniquingKeysWith: { first, _ in first })
        self.rows.withLock { $0 = known }
    }

    /// The longest pattern that fits wins.
    func fault(of sqlState: String) -> Fault {
        rows.withLock { rows in
            if let exact = rows[sqlState] { return exact }
            for length in stride(from: Self.stateLength - 1, through: 0, by: -1) {
                if let fault = rows[sqlState.prefix(length) + "%"] { return fault }
            }
            return .service
        }
    }

    func fault(of error: DatabaseError) -> Fault { fault(of: error.sqlState) }
}
