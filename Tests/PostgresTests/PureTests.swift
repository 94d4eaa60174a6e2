import Pacing
import Testing

@testable import Postgres

@Suite struct BackoffTests {
    @Test func growsToTheMaximumWithinItsJitter() {
        var backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(5), multiplier: 2, jitter: 0.5)
        var base = Duration.milliseconds(50)
        for _ in 0..<200 {
            let delay = backoff.next()
            #expect(delay >= base * 0.5 && delay <= base)
            base = min(.seconds(5), base * 2)
        }
        backoff.reset()
        #expect(backoff.next() <= .milliseconds(50))
    }

    @Test func withoutJitterIsExact() {
        var backoff = Backoff(initial: .milliseconds(10), maximum: .milliseconds(35), multiplier: 2, jitter: 0)
        #expect((0..<4).map { _ in backoff.next() } == [10, 20, 35, 35].map { .milliseconds($0) })
    }

    @Test func delaysDiffer() {
        var delays: Set<Duration> = []
        for _ in 0..<20 {
            var backoff = Backoff()
            delays.insert(backoff.next())
        }
        #expect(delays.count > 10)
    }

    @Test func senselessArgumentsAreBounded() {
        var backoff = Backoff(initial: .seconds(-1), maximum: .seconds(-2), multiplier: -3, jitter: 7)
        #expect(backoff.next() == .zero)
        #expect(backoff.next() == .zero)
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01 00:00:00+00", 0), ("2000-01-01 00:00:00+00", Timestamp.postgresEpoch),
        ("2026-11-23 04:52:24.123456+00", 1_795_409_544_123_456), ("2026-11-23 04:52:24.5+01", 1_795_405_944_500_000),
        ("2026-11-23 10:22:24+05:30", 1_795_409_544_000_000), ("2026-11-23", 1_795_392_000_000_000),
        ("1969-12-31 23:59:59.999999+00", -1), ("infinity", .max), ("-infinity", .min),
        ("2024-02-29T12:00:00Z", 1_709_208_000_000_000),
    ])
    func readsISO(_ text: String, _ expected: Int64) {
        #expect(read(text)?.microseconds == expected)
    }

    @Test(arguments: [
        "", "now", "2026-13-01", "2026-11-23 04:52", "2026-11-23 04:52:24+00 BC", "2026-11-23 04:52:24x",
        "99999999-01-01",
    ])
    func refusesOther(_ text: String) {
        #expect(read(text) == nil)
    }

    @Test func convertsSeconds() {
        #expect(Timestamp(secondsSinceEpoch: 1.5).microseconds == 1_500_000)
        #expect(Timestamp(secondsSinceEpoch: -0.000_001).microseconds == -1)
        #expect(Timestamp(secondsSinceEpoch: .infinity).microseconds == .max)
        #expect(Timestamp(secondsSinceEpoch: .nan).microseconds == .max)
        #expect(Timestamp(secondsSinceEpoch: -1e300).microseconds == .min)
        #expect(Timestamp(microseconds: 1) < Timestamp(microseconds: 2))
    }

    private func read(_ text: String) -> Timestamp? {
        Array(text.utf8).withUnsafeBufferPointer { Timestamp(iso: $0) }
    }
}

@Suite struct StatementTests {
    @Test(arguments: [
        ("select 1", Statement.Kind.plannable),
        ("  -- a comment\n /* b /* c */ */ WITH x AS (SELECT 1) TABLE x", .plannable),
        ("(SELECT 1) UNION SELECT 2", .plannable), ("Begin", .begin), ("START TRANSACTION READ ONLY", .begin),
        ("COMMIT;", .end),
        ("rollback", .end), ("END", .end), ("ROLLBACK TO SAVEPOINT a", .savepoint), ("ROLLBACK WORK TO a", .savepoint),
        ("COMMIT AND CHAIN", .other), ("COMMIT AND NO CHAIN", .end), ("COMMIT PREPARED 'x'", .other),
        ("SAVEPOINT a", .savepoint),
        ("SET LOCAL ROLE viewer", .harmless), ("CALL p()", .other), ("DO $$ $$", .other), ("", .other),
        ("COPY t FROM STDIN", .copy),
    ])
    func knowsWhatAStatementDoes(_ sql: String, _ kind: Statement.Kind) {
        #expect(Statement(sql).kind == kind)
    }

    @Test func onlyPlannableStatementsArePrepared() {
        #expect(Statement("SELECT 1").isPrepared)
        #expect(!Statement("SELECT 1", prepared: false).isPrepared)
        #expect(!Statement("BEGIN").isPrepared)
    }

    @Test func namesWhatCannotBeSent() {
        func state(_ statement: Statement) -> String? {
            do throws(DatabaseError) {
                try statement.validate()
                return nil
            } catch {
                return error.sqlState
            }
        }
        #expect(state(Statement("SELECT $1", [.untyped("a\0b")])) == "22021")
        #expect(state(Statement("SELECT\0 1")) == "22021")
        #expect(state(Statement("SELECT 1", Array(repeating: .null, count: 65_536))) == "54023")
        #expect(state(Statement("copy t from stdin")) == "0A000")
        #expect(state(Statement("COPY t FROM '/file'")) == nil)
        let large = Parameter.bytea([UInt8](repeating: 0, count: 1 << 24))
        #expect(state(Statement("SELECT 1", Array(repeating: large, count: 64))) == "54000")
    }

    @Test func recognisesTransactions() {
        func list(_ sql: String...) -> [Statement] { sql.map { Statement($0) } }
        #expect(Exchange.isBalanced(list("BEGIN", "SET LOCAL ROLE x", "SELECT 1", "COMMIT")))
        #expect(Exchange.isBalanced(list("BEGIN", "SAVEPOINT a", "ROLLBACK TO a", "ROLLBACK")))
        #expect(!Exchange.isBalanced(list("BEGIN", "COMMIT", "SELECT 1", "COMMIT")))
        #expect(!Exchange.isBalanced(list("BEGIN", "CALL p()", "COMMIT")))
        #expect(Exchange.mayLeaveTransaction(list("BEGIN", "SELECT 1")))
        #expect(Exchange.mayLeaveTransaction(list("COMMIT")))
        #expect(!Exchange.mayLeaveTransaction(list("SELECT 1", "SELECT 2")))
    }
}

@Suite struct StatementCacheTests {
    @Test func leastRecentlyUsedGoesFirst() {
        var cache = StatementCache(capacity: 2)
        let first = cache.insert("a", types: [])
        let second = cache.insert("b", types: [])
        #expect(cache.find("a", []) == first)
        _ = cache.insert("c", types: [])
        #expect(cache.find("b", []) == nil)
        #expect(cache.find("a", []) == first)
        #expect(cache.takeEvicted() == [second])
        #expect(cache.evicted.isEmpty)
        #expect(cache.count == 2)
    }

    @Test func typesMakeVariantsAndNullFitsAny() {
        var cache = StatementCache(capacity: 10)
        let integer = cache.insert("a", types: [OID.int4])
        let text = cache.insert("a", types: [OID.text])
        #expect(cache.find("a", [.int4(1)]) == integer)
        #expect(cache.find("a", [.text("x")]) == text)
        #expect(cache.find("a", [.null]) == integer)
        #expect(cache.find("a", [.int8(1)]) == nil)
        #expect(cache.find("a", []) == nil)
        cache.remove("a", name: integer, deallocate: false)
        #expect(cache.find("a", [.null]) == text)
        #expect(cache.evicted.isEmpty)
        cache.remove("a", name: text, deallocate: true)
        #expect(cache.evicted == [text])
        #expect(cache.count == 0)
    }
}

@Suite struct DecodingTests {
    private func with<Value>(_ text: String, _ body: (TextDecoding.Text) -> Value) -> Value {
        Array(text.utf8).withUnsafeBufferPointer(body)
    }

    @Test(arguments: [
        ("0", 0), ("-1", -1), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("3.00", 3),
        ("1e3", 1000),
    ])
    func integers(_ text: String, _ expected: Int64) {
        #expect(with(text, TextDecoding.integer) == expected)
    }

    @Test(arguments: ["", "-", "9223372036854775808", "-9223372036854775809", "1.5", "x", "NaN"])
    func notIntegers(_ text: String) {
        #expect(with(text, TextDecoding.integer) == nil)
    }

    @Test func bytesAndBooleans() {
        #expect(with("\\x00ff10", TextDecoding.bytea) == [0, 255, 16])
        #expect(with("\\x", TextDecoding.bytea) == [])
        #expect(with("\\x0", TextDecoding.bytea) == nil)
        #expect(with("\\x0g", TextDecoding.bytea) == nil)
        #expect(with("abc", TextDecoding.bytea) == nil)
        #expect(with("t", TextDecoding.bool) == true)
        #expect(with("f", TextDecoding.bool) == false)
        #expect(with("true", TextDecoding.bool) == nil)
    }

    @Test func arrays() {
        #expect(with("{}", TextDecoding.array) == [])
        #expect(
            with("{a,NULL,\"NULL\",\"b,\\\"c\\\\\",\"\"}", TextDecoding.array) == ["a", nil, "NULL", "b,\"c\\", ""])
        #expect(with("{{1},{2}}", TextDecoding.array) == nil)
        #expect(with("[2:3]={1,2}", TextDecoding.array) == nil)
        #expect(with("{\"a", TextDecoding.array) == nil)
    }
}

@Suite struct ErrorTests {
    @Test func descriptionLeaksNothing() {
        let error = DatabaseError(
            sqlState: "23505", message: "duplicate key value",
            detail: "Key (email)=(secret@example.org) already exists.",
            hint: "secret", table: "account", constraint: "account_email_key", context: "secret")
        #expect(!error.description.contains("secret"))
        #expect(error.description.contains("account_email_key"))
        #expect(!error.isConnectionFailure)
    }

    @Test(arguments: [
        ("40001", false), ("55P03", false), ("57P01", true), ("57P03", true), ("53300", false), ("08006", true),
        ("57014", false), ("MW404", false),
    ])
    func connectionFailures(_ state: String, _ isConnectionFailure: Bool) {
        let error = DatabaseError(sqlState: state, severity: "FATAL", message: "")
        #expect(error.isConnectionFailure == isConnectionFailure)
        // raised by a function: the connection is still there
        #expect(!DatabaseError(sqlState: state, message: "").isConnectionFailure)
    }

    @Test func stateOfARefusedConnection() {
        let text = """
            connection to server at "127.0.0.1", port 5601 failed: FATAL:  28P01: password authentication failed for user "x"
            LOCATION:  auth_failed, auth.c:334

            """
        let (state, message) = DatabaseError.splitVerbose(text)
        #expect(state == "28P01")
        #expect(message.hasSuffix("FATAL:  password authentication failed for user \"x\""))
        #expect(DatabaseError.splitVerbose("connection refused: is it up?").sqlState == nil)
    }

    @Test func connectionStringsAreNotRepeated() {
        let configuration = ConnectionConfiguration(url: "postgres://me:s3cret@db.example:5432/plant")
        #expect(!configuration.description.contains("s3cret"))
        #expect(configuration.description.contains("host=db.example"))
        let broken = ConnectionConfiguration(url: "postgres://me:s3cret@db:port:5432/%")
        let error = #expect(throws: DatabaseError.self) { try Session(broken) }
        #expect(error?.sqlState == "08001")
        #expect(error?.message.contains("s3cret") == false)
    }
}

@Suite struct ConfigurationTests {
    @Test func theURLWins() {
        let given = ConnectionConfiguration(url: "postgres://h/d?connect_timeout=9", connectTimeout: .seconds(1))
        #expect(given.connectTimeout == .seconds(9))
        #expect(ConnectionConfiguration(url: "host=h", connectTimeout: .zero).connectTimeout == .milliseconds(1))
        #expect(given.database("other").description == "host=h dbname=other")
    }
}

@Suite struct FifoTests {
    @Test func keepsOrderThroughCompaction() {
        var fifo = Fifo<Int>()
        var expected = 0
        for value in 0..<2000 {
            fifo.append(value)
            if value % 3 != 0 {
                #expect(fifo.removeFirst() == expected)
                expected += 1
            }
        }
        while !fifo.isEmpty {
            #expect(fifo.removeFirst() == expected)
            expected += 1
        }
        #expect(expected == 2000)
        #expect(fifo.first == nil && fifo.last == nil)
    }
}
