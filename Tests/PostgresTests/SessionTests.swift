import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite(.enabled(if: TestServer.isAvailable, TestServer.notice)) struct SessionTests {
    private func session(_ settings: [String: String] = [:]) throws -> Session {
        try Session(TestServer.configuration(settings))
    }

    @Test func parametersComeBackUnchanged() throws {
        let session = try session()
        let time = Timestamp(microseconds: 1_795_409_544_123_456)
        let row = try session.execute(
            """
            SELECT $1 AS t, $2 AS b, $3 AS i, $4 AS l, $5 AS d, $6 AS raw, $7 AS at, $8::text AS j, $9::jsonb AS jb,
                   $10::integer + 1 AS u, $11::text AS n
            """,
            [
                .text("Größe \u{1F600} 'x'"), .bool(true), .int4(.min), .int8(.max), .float8(0.1), .bytea([0, 1, 255]),
                .timestamptz(time), .json("{\"a\": 1}"), .jsonb("{\"a\": 1}"), .untyped("41"), .null,
            ]
        ).one()
        #expect(row.string("t") == "Größe \u{1F600} 'x'")
        #expect(row.bool("b") == true)
        #expect(row.int("i") == Int(Int32.min))
        #expect(row.int64("l") == .max)
        #expect(row.double("d") == 0.1)
        #expect(row.bytes("raw") == [0, 1, 255])
        #expect(row.timestamp("at") == time)
        #expect(row.string("j") == "{\"a\": 1}")
        #expect(row.string("jb") == "{\"a\": 1}")
        #expect(row.int("u") == 42)
        #expect(row.isNull("n") && row.string("n") == nil)
        #expect(row.string("nowhere") == nil && row.isNull("nowhere") && row.int(99) == nil)
        #expect(!row.isNull(0) && row.count == 11)
    }

    @Test func arraysComeBackUnchanged() throws {
        let session = try session()
        let texts: [String?] = ["a", nil, "", "NULL", "{,\"\\}", "\u{1F600}"]
        let times: [Timestamp?] = [Timestamp(microseconds: 0), nil, Timestamp(microseconds: .max)]
        let row = try session.execute(
            "SELECT $1, $2::text[], $3, $4, $5, $6, $7, cardinality($8) AS empty, array_position($9::bytea[], NULL) AS null",
            [
                .textArray(texts), .byteaArray([[1, 2], nil, []]), .int4Array([1, nil, -1]), .int8Array([.max, nil]),
                .float8Array([1.5, nil, .infinity]), .timestamptzArray(times), .textArray([nil]), .textArray([]),
                .byteaArray([[1], nil]),
            ]
        ).one()
        #expect(row.stringArray(0) == texts)
        #expect(row.stringArray(1) == ["\\x0102", nil, "\\x"])
        #expect(row.stringArray(2) == ["1", nil, "-1"])
        #expect(row.stringArray(3) == ["9223372036854775807", nil])
        #expect(row.stringArray(4) == ["1.5", nil, "Infinity"])
        #expect(row.stringArray(5) == ["1970-01-01 00:00:00+00", nil, "infinity"])
        #expect(row.stringArray(6) == [nil])
        #expect(row.int("empty") == 0)
        #expect(row.int("null") == 2)
    }

    @Test func badTextIsRefusedByName() throws {
        let session = try session()
        #expect(throws: DatabaseError.self) { try session.execute("SELECT $1", [.text("a\0b")]) }
        #expect(throws: DatabaseError.self) { try session.execute("SELECT $1::text", [.untyped("a\0b")]) }
        let error = #expect(throws: DatabaseError.self) {
            try session.execute("SELECT convert_from($1, 'UTF8')", [.bytea([0xFF, 0xFE])])
        }
        #expect(error?.sqlState == "22021")
        let range = #expect(throws: DatabaseError.self) {
            try session.execute("SELECT $1", [.timestamptz(Timestamp(microseconds: .min + 5))])
        }
        #expect(range?.sqlState == "22008")
        #expect(session.isUsable)
    }

    @Test func errorsCarryTheirFields() throws {
        let session = try session()
        try session.script("CREATE TEMPORARY TABLE account (email text CONSTRAINT account_email_key UNIQUE)")
        try session.execute("INSERT INTO account VALUES ($1)", [.text("secret@example.org")])
        let error = try #require(
            #expect(throws: DatabaseError.self) {
                try session.execute("INSERT INTO account VALUES ($1)", [.text("secret@example.org")])
            })
        #expect(error.sqlState == "23505")
        #expect(error.severity == "ERROR")
        #expect(error.table == "account")
        #expect(error.constraint == "account_email_key")
        #expect(error.detail?.contains("secret") == true)
        #expect(!"\(error)".contains("secret"))
        let own = #expect(throws: DatabaseError.self) {
            try session.script(
                "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE='MW404', MESSAGE='m', DETAIL='d', HINT='h', COLUMN='c'; END $$"
            )
        }
        #expect(own?.sqlState == "MW404" && own?.detail == "d" && own?.hint == "h" && own?.column == "c")
        let syntax = #expect(throws: DatabaseError.self) { try session.execute("SELECT 1 +") }
        #expect(syntax?.sqlState == "42601" && syntax?.position == 11)
    }

    @Test func pipelineIsOneTransaction() throws {
        let session = try session()
        try session.script("CREATE TEMPORARY TABLE t (i integer PRIMARY KEY)")
        let insert = "INSERT INTO t VALUES ($1)"
        let results = try session.pipeline((1...3).map { Statement(insert, [.int4($0)]) })
        #expect(results.map(\.affectedRows) == [1, 1, 1])
        let error = #expect(throws: DatabaseError.self) {
            try session.pipeline([4, 1, 5].map { Statement(insert, [.int4($0)]) })
        }
        #expect(error?.sqlState == "23505")
        #expect(try session.execute("SELECT count(*) FROM t").one().int(0) == 3)
        #expect(try session.pipeline([]).isEmpty)
    }

    @Test func failureInABalancedTransactionLeavesNone() throws {
        let session = try session()
        #expect(throws: DatabaseError.self) {
            try session.pipeline(["BEGIN", "SELECT 1", "SELECT 1/0", "SELECT 2", "COMMIT"].map { Statement($0) })
        }
        #expect(!session.isInTransaction)
        #expect(try session.execute("SELECT 1").one().int(0) == 1)
    }

    @Test func aPrepareThatIsSkippedIsPreparedLater() throws {
        let session = try session()
        for _ in 0..<2 {
            #expect(throws: DatabaseError.self) {
                try session.pipeline([Statement("SELECT 1/0"), Statement("SELECT 'after'")])
            }
        }
        #expect(try session.execute("SELECT 'after'").one().string(0) == "after")
        #expect(throws: DatabaseError.self) { try session.execute("SELECT nonsense") }
        #expect(throws: DatabaseError.self) { try session.execute("SELECT nonsense") }
    }

    @Test func transactionsCommitAndRollBack() throws {
        struct Stop: Error {}
        let session = try session()
        try session.script("CREATE TEMPORARY TABLE t (i integer)")
        let value = try session.transaction {
            try session.execute("INSERT INTO t VALUES (1)")
            return 7
        }
        #expect(value == 7)
        #expect(throws: Stop.self) {
            try session.transaction {
                try session.execute("INSERT INTO t VALUES (2)")
                throw Stop()
            }
        }
        let swallowed = #expect(throws: DatabaseError.self) {
            try session.transaction { _ = try? session.execute("SELECT 1/0") }
        }
        #expect(swallowed?.sqlState == "25P02")
        #expect(try session.execute("SELECT count(*) FROM t").one().int(0) == 1)
        #expect(!session.isInTransaction)
    }

    @Test func changedResultTypesArePreparedAgain() throws {
        let session = try session()
        try session.script("CREATE TEMPORARY TABLE t (a integer); INSERT INTO t VALUES (1)")
        #expect(try session.execute("SELECT * FROM t").columns == ["a"])
        try session.script("ALTER TABLE t ADD COLUMN b text")
        #expect(try session.execute("SELECT * FROM t").columns == ["a", "b"])
        try session.script("DEALLOCATE ALL")
        #expect(try session.execute("SELECT * FROM t").columns == ["a", "b"])
        // Inside a transaction the failure is the caller's; the next attempt works.
        try session.script("ALTER TABLE t ADD COLUMN c text")
        try session.script("BEGIN")
        let error = #expect(throws: DatabaseError.self) { try session.execute("SELECT * FROM t") }
        #expect(error?.sqlState == "0A000")
        try session.script("ROLLBACK")
        #expect(try session.execute("SELECT * FROM t").columns == ["a", "b", "c"])
    }

    @Test func statementCacheStaysBounded() throws {
        let session = try Session(TestServer.configuration(), statementCacheCapacity: 8)
        for round in 0..<3 {
            for value in 0..<20 {
                #expect(try session.execute("SELECT \(value) + \(round)").one().int(0) == value + round)
            }
        }
        let kept = try session.execute("SELECT count(*) FROM pg_prepared_statements").one().int(0)
        // The last eviction reaches the server with the next request.
        #expect((kept ?? 99) <= 9)
    }

    @Test func bigResultsAndBigParameters() throws {
        let session = try session()
        let rows = try session.execute("SELECT i, repeat('x', 100) FROM generate_series(1, 200000) AS i")
        #expect(rows.count == 200_000)
        #expect(rows.reduce(0) { $0 + ($1.int(0) ?? 0) } == 200_000 * 200_001 / 2)
        let payload = String(repeating: "ä", count: 8 << 20)
        #expect(try session.execute("SELECT length($1), $1", [.text(payload)]).one().int(0) == 8 << 20)
        // Large statements in both directions at once must not block each other.
        let echo = Statement("SELECT $1", [.text(payload)])
        #expect(try session.pipeline([echo, echo, echo]).allSatisfy { $0[0].bytes(0)?.count == 16 << 20 })
    }

    @Test func killedInMidQuery() async throws {
        let victim = try session()
        let pid = try #require(try victim.execute("SELECT pg_backend_pid()").one().int(0))
        let killer = Thread {
            Thread.sleep(forTimeInterval: 0.2)
            _ = try? Session(TestServer.configuration()).execute("SELECT pg_terminate_backend($1)", [.int4(Int32(pid))])
        }
        killer.start()
        let error = #expect(throws: DatabaseError.self) { try victim.execute("SELECT pg_sleep(10)") }
        #expect(error?.sqlState == "57P01" || error?.sqlState == "08006")
        #expect(error?.isConnectionFailure == true)
        #expect(!victim.isUsable)
        let closed = #expect(throws: DatabaseError.self) { try victim.execute("SELECT 1") }
        #expect(closed?.isConnectionFailure == true)
        try victim.reset()
        #expect(try victim.execute("SELECT 1").one().int(0) == 1)
    }

    @Test func cancelStopsAStatementOnly() throws {
        let session = try session()
        let handle = try session.cancelHandle()
        Thread {
            Thread.sleep(forTimeInterval: 0.2)
            handle.cancel()
        }.start()
        let error = #expect(throws: DatabaseError.self) { try session.execute("SELECT pg_sleep(10)") }
        #expect(error?.sqlState == "57014")
        #expect(try session.execute("SELECT 1").one().int(0) == 1)
    }

    @Test func responseTimeoutGivesTheConnectionUp() throws {
        let session = try Session(TestServer.configuration(), responseTimeout: .milliseconds(150))
        let error = #expect(throws: DatabaseError.self) { try session.execute("SELECT pg_sleep(3)") }
        #expect(error?.sqlState == "57014")
        #expect(!session.isUsable)
    }

    @Test func noticesAndSettings() throws {
        let session = try session(["work_mem": "5MB", "search_path": "compat, public"])
        var notices: [String] = []
        session.onNotice = { notices.append("\($0): \($1)") }
        try session.script("DO $$ BEGIN RAISE NOTICE 'hello'; END $$")
        #expect(notices == ["NOTICE: hello"])
        #expect(try session.execute("SHOW work_mem").one().string(0) == "5MB")
        #expect(try session.execute("SHOW search_path").one().string(0) == "compat, public")
        #expect(try session.execute("SHOW application_name").one().string(0) == "postgres-tests")
    }

    @Test func scriptsReportWhereTheyFail() throws {
        let session = try session()
        try session.script("CREATE TEMPORARY TABLE t (i integer); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2);")
        #expect(try session.execute("SELECT count(*) FROM t").one().int(0) == 2)
        let error = #expect(throws: DatabaseError.self) { try session.script("SELECT 1; SELEKT 2;") }
        #expect(error?.sqlState == "42601" && error?.position == 11)
        let copy = #expect(throws: DatabaseError.self) { try session.script("COPY t FROM STDIN") }
        #expect(copy?.sqlState == "57014")
        #expect(try session.execute("SELECT count(*) FROM t").one().int(0) == 2)
        #expect(throws: DatabaseError.self) { try session.script("SELECT 1\0") }
    }

    @Test func copyTextAndBinary() throws {
        struct Stop: Error {}
        let session = try session()
        try session.script("CREATE TEMPORARY TABLE t (i integer, s text, at timestamptz)")
        let copied = try session.copyIn("COPY t FROM STDIN") { writer in
            for index in 0..<20_000 {
                try writer.textRow(["\(index)", index == 7 ? nil : "tab\t\\ line\n \(index)", nil])
            }
        }
        #expect(copied == 20_000)
        let binary = try session.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
            for index in 0..<20_000 {
                try writer.binaryRow([
                    .int4(Int32(index)), index == 7 ? .null : .text("é"), .timestamptz(.init(microseconds: 0)),
                ])
            }
        }
        #expect(binary == 20_000)
        let row = try session.execute(
            "SELECT count(*), count(s), count(at), min(s) FILTER (WHERE i = 8 AND at IS NULL) FROM t"
        ).one()
        #expect((0..<3).map { row.int($0) } == [40_000, 39_998, 20_000])
        #expect(row.string(3) == "tab\t\\ line\n 8")
        #expect(throws: Stop.self) {
            _ = try session.copyIn("COPY t FROM STDIN") { writer in
                try writer.append("1\tx\t\\N\n")
                throw Stop()
            }
        }
        let bad = #expect(throws: DatabaseError.self) {
            _ = try session.copyIn("COPY t FROM STDIN") { writer in try writer.append("no number\n".utf8) }
        }
        #expect(bad?.sqlState == "22P02")
        let other = #expect(throws: DatabaseError.self) { _ = try session.copyIn("SELECT 1") { _ in } }
        #expect(other?.sqlState == "42601")
        #expect(try session.execute("SELECT count(*) FROM t").one().int(0) == 40_000)
    }

    @Test func wrongAddressesHaveNamedErrors() throws {
        let refused = #expect(throws: DatabaseError.self) {
            try Session(ConnectionConfiguration(url: "postgres://postgres@127.0.0.1:1/postgres"))
        }
        #expect(refused?.sqlState == "08001")
        let missing = #expect(throws: DatabaseError.self) {
            try Session(TestServer.configuration().database("no_such_database"))
        }
        #expect(missing?.sqlState == "3D000")
        let session = try session()
        session.close()
        let closed = #expect(throws: DatabaseError.self) { try session.execute("SELECT 1") }
        #expect(closed?.sqlState == "08003")
    }

    /// A server that accepts and says nothing.
    @Test func connectTimeoutHolds() throws {
        let (silent, port) = try Loopback.listen(backlog: 4)
        defer { close(silent) }
        let start = ContinuousClock.now
        let error = #expect(throws: DatabaseError.self) {
            try Session(
                ConnectionConfiguration(
                    url: "postgres://x@127.0.0.1:\(port)/x?sslmode=disable", connectTimeout: .milliseconds(200)))
        }
        #expect(error?.sqlState == "08001")
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}
