import Testing

@testable import Thin

@Suite struct SQLSplitterTests {
    private func texts(_ sql: String) throws -> [String] { try SQLSplitter.split(sql).map(\.text) }

    @Test func cutsAtSemicolons() throws {
        #expect(try texts("SELECT 1; SELECT 2 ;\n\nSELECT 3") == ["SELECT 1", "SELECT 2", "SELECT 3"])
        #expect(try texts("") == [])
        #expect(try texts(" ;; -- nothing\n; /* here */ ") == [])
    }

    @Test(arguments: [
        "SELECT 'a;b'", "SELECT 'it''s; here'", "SELECT E'a\\';b'", "SELECT e'a''b\\';c'", "SELECT \"a;\"\"b;\" FROM t",
        "SELECT $$a;b$$", "SELECT $tag$ $$ ; $other$ ; $tag$", "SELECT 1 /* ; /* ; */ ; */ + 1",
        "SELECT 1 -- ; no\n + 1",
        "SELECT U&'\\0061;' , B'0', X'1F'", "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
        "SELECT a$b$c FROM t",
        "SELECT '\\'", "SELECT $1 + $2", "SELECT 1e5, 1_000, 0x1F", "SELECT $größe$;$größe$",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
        "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql begin atomic insert into t values (1); end",
        "DO $$ BEGIN PERFORM 1; END $$",
    ])
    func keepsWhole(_ statement: String) throws {
        #expect(try texts("\(statement);SELECT 'next'") == [statement, "SELECT 'next'"])
    }

    @Test func namesWithDollarsOpenNoQuote() throws {
        #expect(try texts("SELECT a$$ FROM t; SELECT b$$") == ["SELECT a$$ FROM t", "SELECT b$$"])
        #expect(try texts("BEGIN; CREATE TABLE begin_atomic (i int); END").count == 3)
    }

    @Test func knowsLinesAndWords() throws {
        let statements = try SQLSplitter.split(
            "-- first\n\n/* a\n */ select 1;\nSELECT 'x\ny';  CREATE  TABLE t (i int);\n")
        #expect(statements.map(\.line) == [4, 5, 6])
        #expect(statements[0].words == ["SELECT"])
        #expect(statements[2].words == ["CREATE", "TABLE", "T", "I", "INT"])
        #expect(statements[2].text == "CREATE  TABLE t (i int)")
    }

    @Test(arguments: [
        ("SELECT 'a", "string", 1), ("\nSELECT \"a", "quoted name", 2), ("SELECT $x$ a $y$", "dollar quote $x$", 1),
        ("/* /* */", "comment", 1), ("SELECT E'\\'", "string", 1),
    ])
    func namesWhatIsNotEnded(_ sql: String, _ what: String, _ line: Int) {
        #expect(throws: SQLSplitter.Failure.unterminated(what, line: line)) { try SQLSplitter.split(sql) }
    }

    @Test func recognisesContinuousAggregates() throws {
        func isAggregate(_ sql: String) throws -> Bool { try SQLSplitter.split(sql)[0].isContinuousAggregate }
        #expect(try isAggregate("-- c\nCREATE MATERIALIZED VIEW r.v WITH (timescaledb.continuous) AS SELECT 1"))
        #expect(
            try isAggregate(
                "create materialized view IF NOT EXISTS \"r\".v (a) WITH (timescaledb.materialized_only = false, TimescaleDB.Continuous=true) as select 1"
            ))
        #expect(try !isAggregate("CREATE MATERIALIZED VIEW v AS SELECT 'timescaledb.continuous'"))
        #expect(try !isAggregate("CREATE MATERIALIZED VIEW v AS SELECT timescaledb.continuous FROM t"))
        #expect(try !isAggregate("CREATE VIEW v AS SELECT 1"))
    }

    @Test func recognisesTransactionControl() throws {
        func isControl(_ sql: String) throws -> Bool { try SQLSplitter.split(sql)[0].isTransactionControl }
        for sql in ["BEGIN", "start transaction", "COMMIT", "END", "ABORT", "ROLLBACK", "PREPARE TRANSACTION 'x'"] {
            #expect(try isControl(sql))
        }
        for sql in ["ROLLBACK TO SAVEPOINT a", "SAVEPOINT a", "PREPARE p AS SELECT 1", "SELECT 1"] {
            #expect(try !isControl(sql))
        }
    }
}
