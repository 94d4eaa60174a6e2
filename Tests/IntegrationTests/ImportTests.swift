import CDispatch
import Delimited
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Thin

/// Files as history, into a real database, read by the program's own parts or by the program itself.
@Suite(
    .enabled(
        if: TestEnvironment.adminURL != nil && TestEnvironment.template != nil && TestEnvironment.thin != nil,
        "needs the server of make test"))
struct ImportTests {
    /// A database, a folder, and a login of a role that may import.
    final class Place: Sendable {
        let database: TestDatabase
        let folder: URL
        let login: String

        init() throws {
            database = try TestDatabase()
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            login = "import_\(UUID().uuidString.prefix(8).lowercased())"
            try database.session().script("CREATE ROLE \(login) LOGIN PASSWORD 'secret' IN ROLE engineer")
        }

        deinit {
            try? FileManager.default.removeItem(at: folder)
            try? database.session().script("DROP ROLE IF EXISTS \(login)")
        }

        var url: String { TestDatabase.with(user: login, password: "secret", in: database.url) }

        func file(_ name: String, _ bytes: [UInt8]) throws -> String {
            let path = folder.appendingPathComponent(name)
            try Data(bytes).write(to: path)
            return path.path
        }

        func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

        /// The process, started.
        func start(_ arguments: [String], url: String? = nil) throws -> (process: Process, output: Pipe) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: TestEnvironment.thin!)
            process.arguments = ["import"] + arguments
            process.environment = ["DATABASE_URL": url ?? self.url, "PATH": "/usr/bin:/bin"]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            return (process, pipe)
        }

        /// The process, to its end.
        func run(_ arguments: [String], url: String? = nil) async throws -> (code: Int32, output: String) {
            try await BlockingWork.run {
                let (process, pipe) = try self.start(arguments, url: url)
                let output = pipe.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                return (process.terminationStatus, String(decoding: output, as: UTF8.self))
            }
        }

        func lines(_ path: String) -> [String] {
            ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
        }
    }

    private static let all = "SELECT concat_ws(' ', count(*), sum(value), min(time), max(time)) FROM telemetry.reading"

    // MARK: One table, written in many ways

    @Test("A column in another unit than its sensor's is converted, and refused where it cannot be")
    func units() async throws {
        let place = try Place()
        try place.database.session().script(
            """
            INSERT INTO plant.equipment (id, name) VALUES ('m', 'm');
            INSERT INTO plant.sensor (equipment_id, name, type, unit)
            VALUES ('m', 't', 'temperature', '°C'), ('m', 'p', 'pressure', 'bar');
            """)
        let path = try place.file(
            "units.csv", "time,T,P,N\n2026-01-01T00:00:00Z,68,1,5\n2026-01-01T00:00:01Z,32,2,6\n")
        let columns = ["--column", "T=t:degF", "--column", "P=p:mm/s", "--column", "N=n:kPa"]
        let run = try await place.run([path, "--equipment", "m", "--quiet"] + columns)
        #expect(run.code == 3, "\(run.output)")
        let stored = try place.database.value(
            """
            SELECT string_agg(concat_ws(' ', s.name, s.unit, r.value), ', ' ORDER BY s.name, r.time)
            FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
            """)
        #expect(stored == "n kPa 5, n kPa 6, t °C 20, t °C 0")
        let refused = try String(contentsOfFile: path + ".rejected.csv", encoding: .utf8)
        #expect(refused.split(separator: "\n").filter { $0.contains("unit_mismatch") }.count == 2, "\(refused)")
    }

    @Test(.timeLimit(.minutes(2))) func oneTableInManyWaysOfWriting() async throws {
        let place = try Place()
        let table =
            "time;온도 [°C];Druck\n2026-01-01 09:00:00;1,5;\"-2,25\"\n2026-01-01 09:00:01;;3e2\n\n2026-01-01 09:00:02;NA;4\n"
        var ways: [(String, [UInt8], [String])] = [("plain", Array(table.utf8), [])]
        ways.append(("bom", [0xef, 0xbb, 0xbf] + Array(table.utf8), []))
        ways.append(("crlf", Array(table.replacing("\n", with: "\r\n").utf8), []))
        ways.append(("cr", Array(table.replacing("\n", with: "\r").utf8), []))
        let little = table.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        ways.append(("utf16le", [0xff, 0xfe] + little, []))
        ways.append(("utf16", little, ["--encoding", "utf-16le"]))
        ways.append(("utf16be", [0xfe, 0xff] + table.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }, []))
        let korean: [UInt8] =
            Array("time;".utf8) + [0xbf, 0xc2, 0xb5, 0xb5] + Array(" [".utf8) + [0xa1, 0xc9]
            + Array(table.utf8.drop { $0 != 0x5d })
        ways.append(("euckr", korean, ["--encoding", "euc-kr", "--column", "온도 [℃]=온도 [°C]"]))
        ways.append(("tab", Array(table.replacing(";", with: "\t").utf8), ["--delimiter", "tab"]))
        ways.append(("head", Array("a \"\nb\n\(table)".utf8), ["--skip-lines", "2"]))
        ways.append(
            (
                "none", Array(table.utf8.drop { $0 != 10 }),
                ["--no-header", "--time", "1", "--column", "2=온도 [°C]", "--column", "3=Druck"]
            ))
        for (index, way) in ways.enumerated() {
            let machine = "way-\(index)"
            let path = try place.file("\(way.0).csv", way.1)
            let delimiter = way.2.contains("--delimiter") ? [] : ["--delimiter", ";"]
            let (code, output) = try await place.run(
                [path, "--equipment", machine, "--decimal", ",", "--zone", "Asia/Seoul", "--missing", "NA"] + delimiter
                    + way.2)
            #expect(code == 0, "\(way.0): \(output)")
            #expect(
                try place.database.value(
                    """
                    SELECT string_agg(concat_ws(' ', s.name, r.time AT TIME ZONE 'UTC', r.value), ', ' ORDER BY s.name, r.time)
                    FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = $1
                    """, [.text(machine)])
                    == "Druck 2026-01-01 00:00:00 -2.25, Druck 2026-01-01 00:00:01 300, Druck 2026-01-01 00:00:02 4, 온도 [°C] 2026-01-01 00:00:00 1.5",
                "\(way.0): \(output)")
        }
    }

    // MARK: Refusals

    @Test(.timeLimit(.minutes(3))) func optionsThatDoNotFitAreNamed() async throws {
        let place = try Place()
        let good = try place.file("good.csv", "time,a,b\n2026-01-01T00:00:00Z,1,2\n")
        let rows: [(String, [String], String)] = [
            ("time,a,a\n", ["--equipment", "m"], "two columns are called \"a\""),
            ("time,a, a\n", ["--equipment", "m"], "two columns"),
            ("when,a\n", ["--equipment", "m"], "no column is called time"),
            ("time;a\n", ["--equipment", "m"], "--delimiter"),
            ("time,a\n", [], "--equipment"), ("time,a\n", ["--equipment", "m", "--skip", "x"], "\"x\""),
            ("time,a\n", ["--equipment", "m", "--column", "x=y"], "\"x\""),
            ("time,a,b\n", ["--equipment", "m", "--column", "a=b"], "sensor \"b\""),
            ("time,a\n", ["--equipment", "m", "--zone", "Mars"], "Mars"),
            ("time,a\n", ["--equipment", "m", "--decimal", "x"], "--decimal"),
            ("time,a\n", ["--equipment", "m", "--encoding", "x"], "--encoding"),
            ("time,v\n", ["--value-column", "v", "--equipment", "m"], "--sensor-column"),
            ("time,v,s\n", ["--value-column", "v", "--sensor-column", "s"], "--equipment"),
            ("", ["--equipment", "m"], "empty"),
            ("t\u{0}i\u{0}\n", ["--equipment", "m"], "--encoding"),
            ("time\n", ["--equipment", "m"], "no column is left"),
            ("time,a\n2026-01-01 00:00:00,1\n", ["--equipment", "m"], "--zone"),
            ("time,a\n2026-01-01T00:00:00Z,on\n2026-01-01T00:00:01Z,off\ntime,1\n", ["--equipment", "m"], "time"),
            ("time,a,b\n2026-01-01T00:00:00Z,on,1\n", ["--equipment", "m"], "holds no numbers"),
        ]
        for (text, options, expected) in rows {
            let path = try place.file("bad.csv", text)
            let (code, output) = try await place.run([path] + options)
            #expect(
                code == (expected == "time" ? 3 : 2) && output.contains(expected),
                "\(text.debugDescription) \(options): \(code) \(output)")
        }
        #expect(try await place.run([good, "--equipment", "m", "--rejects", good]).output.contains("--rejects"))
        let missing = try await place.run([place.folder.path + "/none.csv", "--equipment", "m"])
        #expect(missing.code == 1)
        let folder = try await place.run([place.folder.path, "--equipment", "m"])
        #expect(folder.code == 1 && folder.output.contains("no regular file"))
        #expect(try place.database.number("SELECT count(*) FROM telemetry.reading") == 0)
    }

    @Test(.timeLimit(.minutes(3))) func eachRefusedLineHasItsReason() async throws {
        let place = try Place()
        let path = try place.file(
            "mixed.csv",
            """
            time,a,b
            2026-01-01T00:00:00Z,1,2
            2026-01-01T00:00:01Z,"1,234",3
            2026-01-01T00:00:02Z,1
            soon,1,2
            ,1,2
            2099-01-01T00:00:00Z,1,2
            1950-01-01T00:00:00Z,1,2
            2026-01-01T00:00:03Z,NaN,1e400
            "2026-01-01T00:00:04Z
            ",x,5
            2026-01-01T00:00:00Z,1,99
            2026-01-01T00:00:00Z,1,2
            2026-01-01T00:00:05Z,"7,8

            """)
        let (code, output) = try await place.run([path, "--equipment", "m"])
        #expect(code == 3, "\(output)")
        let told = place.lines("\(path).rejected.csv").map {
            String($0.split(separator: ",").prefix(3).joined(separator: ","))
        }
        let expected: [String] = [
            "line,column,reason",
            "3,a,not_numeric",
            "4,field_count,2 fields instead of 3",
            "5,time,bad_timestamp",
            "6,time,missing_time",
            "7,future_timestamp,m a 2099-01-01 00:00:00+00 1",
            "7,future_timestamp,m b 2099-01-01 00:00:00+00 2",
            "8,ancient_timestamp,m a 1950-01-01 00:00:00+00 1",
            "8,ancient_timestamp,m b 1950-01-01 00:00:00+00 2",
            "9,a,non_finite",
            "9,b,non_finite",
            "10,time,bad_timestamp",
            "\"",
            "12,conflicting_value,m b 2026-01-01 00:00:00+00 99: 2 is there",
            "14,bad_quote",
        ]
        #expect(told == expected)
        #expect(output.contains("3 stored, 3 there already"), "\(output)")
        // sensors that may not be registered
        try place.database.session().script(
            "UPDATE ops.setting SET value = '\"quarantine\"' WHERE name = 'ingest.unknown_equipment'")
        let other = try place.file("other.csv", "time,a,c\n2026-01-02T00:00:00Z,1,2\n")
        let refused = try await place.run([other, "--equipment", "m"])
        #expect(refused.code == 3 && place.lines("\(other).rejected.csv").last == "2,,unknown_sensor,m c")
        // a rejected file that is none of ours stays
        let third = try place.file("third.csv", "time,a\n2026-01-03T00:00:00Z,x\n2026-01-03T00:00:01Z,1\n")
        _ = try place.file("third.csv.rejected.csv", "my diary")
        #expect(try await place.run([third, "--equipment", "m"]).code == 2)
        #expect(place.lines("\(third).rejected.csv") == ["my diary"])
    }

    @Test(.timeLimit(.minutes(3))) func theRepeatedHour() async throws {
        let place = try Place()
        func rows(_ faces: [String]) -> String {
            "time,a\n" + faces.enumerated().map { "2026-10-25 \($1):00,\($0)\n" }.joined()
        }
        let twice = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
        func times(_ machine: String) throws -> String? {
            try place.database.value(
                """
                SELECT string_agg(to_char(r.time AT TIME ZONE 'UTC', 'HH24MI'), ' ' ORDER BY r.value)
                FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = $1
                """, [.text(machine)])
        }
        let cases: [(String, [String], [String], Int32, String?)] = [
            ("order", twice, [], 0, "2330 0000 0030 0100 0130 0200"),
            ("middle", ["02:40", "02:10", "02:20"], [], 0, "0040 0110 0120"),
            ("same", ["01:30", "02:30", "02:30", "03:30"], [], 0, "2330 0030 0130 0230"),
            ("untold", ["02:00", "02:30", "03:00"], [], 3, "0200"),
            ("thrice", ["02:00", "02:30", "02:00", "02:30", "02:00", "03:00"], [], 3, "0200"),
            ("refuse", twice, ["--repeated-hour", "refuse"], 3, "2330 0200"),
            ("earlier", ["02:00", "02:30", "03:00"], ["--repeated-hour", "earlier"], 0, "0000 0030 0200"),
            ("later", ["02:00", "02:30", "03:00"], ["--repeated-hour", "later"], 0, "0100 0130 0200"),
        ]
        for (name, faces, options, expectedCode, expected) in cases {
            let path = try place.file("\(name).csv", rows(faces))
            let (code, output) = try await place.run([path, "--equipment", name, "--zone", "Europe/Berlin"] + options)
            #expect(code == expectedCode, "\(name): \(output)")
            #expect(try times(name) == expected, "\(name): \(output)")
            if code == 3 {
                #expect(place.lines("\(path).rejected.csv").dropFirst().allSatisfy { $0.contains(",repeated_time,") })
            }
        }
        // in a long file each sensor has an order of its own
        let long =
            "time,s,v\n"
            + twice.enumerated().flatMap { index, face in ["a", "b"].map { "2026-10-25 \(face):00,\($0),\(index)\n" } }
            .joined()
        let path = try place.file("long.csv", long)
        #expect(
            try await place.run([
                path, "--equipment", "long", "--sensor-column", "s", "--value-column", "v", "--zone", "Europe/Berlin",
            ]).code == 0)
        #expect(try times("long") == "2330 2330 0000 0000 0030 0030 0100 0100 0130 0130 0200 0200")
    }

    // MARK: History only

    @Test(.timeLimit(.minutes(3))) func historyRaisesNoAlarmAndMovesNothing() async throws {
        let place = try Place()
        let session = try place.database.session()
        try session.script(
            """
            INSERT INTO alarm.rule (name, condition, high, select_sensor) VALUES ('hot', 'above', 80, '{t}');
            SELECT ingest.accept(ARRAY['factory/m/t'], ARRAY['{"value": 20}'], NULL, ARRAY[clock_timestamp()]);
            """)
        let before = try place.database.value("SELECT row(time, value)::text FROM telemetry.latest")
        let now = Int(Date().timeIntervalSince1970)
        let rows = (0..<5000).map { "\(now + 60 - $0 * 600),\(100 + $0 % 7)\n" }.joined()
        let path = try place.file("hot.csv", "time,t\n\(rows)")
        let (code, output) = try await place.run([path, "--equipment", "m"])
        #expect(code == 0, "\(output)")
        #expect(try place.database.value("SELECT row(time, value)::text FROM telemetry.latest") == before)
        #expect(try place.database.number("SELECT count(*) FROM alarm.alarm") == 0)
        #expect(try place.database.number("SELECT count(*) FROM telemetry.reading WHERE is_historical") == 5000)
        // the aggregates are those of the rows
        try session.script("SET search_path = compat, public")
        try session.script("CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL)")
        #expect(
            try place.database.number(
                """
                SELECT count(*) FROM (
                    SELECT public.time_bucket(INTERVAL '1 minute', time) AS bucket, sensor_id, count(*) AS n, sum(value) AS sum
                    FROM telemetry.reading GROUP BY 1, 2
                ) AS r FULL JOIN rollup.reading_1m AS a USING (bucket, sensor_id)
                WHERE r.n IS DISTINCT FROM a.count OR r.sum IS DISTINCT FROM a.sum
                """) == 0)
    }

    @Test(.timeLimit(.minutes(3))) func whoMayImport() async throws {
        let place = try Place()
        let path = try place.file("a.csv", "time,a\n2026-01-01T00:00:00Z,1\n")
        try place.database.session().script("REVOKE engineer FROM \(place.login); GRANT operator TO \(place.login)")
        let (code, output) = try await place.run([path, "--equipment", "m"])
        #expect(code == 1 && output.contains("42501"), "\(output)")
        #expect(try await place.run([path, "--equipment", "m", "--dry-run"]).code == 0)
        try place.database.session().script("GRANT engineer TO \(place.login)")
        // a staging table of one's own, which could run anything as the owner role
        let session = try Session(ConnectionConfiguration(url: place.url))
        try session.script(
            "CREATE TEMP VIEW import_staging AS SELECT 1 AS n, 1::bigint AS line, 1 AS sensor_id, now() AS time, 1::float8 AS value, 0 AS quality"
        )
        let begun = try session.execute("SELECT (ingest.begin_import(repeat('a', 64), '{}', 'x', 1, 1)).id").one()
            .int64(
                0)!
        let refusal = #expect(throws: DatabaseError.self) {
            try session.execute("SELECT * FROM ingest.import_block($1, 0, 1, 1)", [.int8(begun)])
        }
        #expect(refusal?.sqlState == "MW409")
        #expect(throws: DatabaseError.self) {
            try session.execute("INSERT INTO telemetry.reading VALUES (now(), 1, 1, 0, true)")
        }
        #expect(try await place.run([path, "--equipment", "m"]).code == 0)
    }

    // MARK: Ended and begun again

    /// Rows of which some are refused, for three sensors.
    private func rows(_ count: Int) -> String {
        "time,a,b,c\n"
            + (0..<count).map { "\(1_700_000_000 + $0),\($0),\($0 % 1000 == 7 ? "bad" : "\($0).5"),\(-$0)\n" }.joined()
    }

    @Test(.timeLimit(.minutes(3))) func killedAndCalledAgain() async throws {
        let place = try Place()
        let count = 60_000
        let path = try place.file("long.csv", rows(count))
        // each time a block gets through and the next one is met in its middle, where it waits for a lock
        let keeper = try ThreadSafeSession(place.database.session())
        try place.database.session().script(
            """
            CREATE TABLE public.gate AS SELECT 0::bigint AS after;
            CREATE FUNCTION public.wait_at_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                IF OLD.records_done > (SELECT after FROM public.gate) THEN PERFORM pg_advisory_xact_lock_shared(77); END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER wait_at_gate BEFORE UPDATE ON ingest.import FOR EACH ROW EXECUTE FUNCTION public.wait_at_gate();
            """)
        var kills = 0
        for _ in 0..<2 {
            _ = try keeper.number("SELECT count(*) FROM (SELECT pg_advisory_lock(77)) AS l")
            try place.database.session().script(
                "UPDATE public.gate SET after = coalesce((SELECT max(records_done) FROM ingest.import), 0)")
            let (process, pipe) = try place.start([path, "--equipment", "m", "--quiet"])
            let drain = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
            let isMet = try await eventually(within: .seconds(60)) {
                try !process.isRunning
                    || keeper.number(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted") > 0
            }
            if isMet, process.isRunning { kills += 1 }
            kill(process.processIdentifier, SIGKILL)
            _ = await drain.value
            _ = try keeper.number("SELECT count(*) FROM (SELECT pg_advisory_unlock(77)) AS l")
        }
        #expect(kills == 2)
        // what a block that was not committed left behind
        let (code, output) = try await place.run([path, "--equipment", "m", "--quiet"])
        #expect(code == 3, "\(output)")
        let bad = (0..<count).count { $0 % 1000 == 7 }
        #expect(try place.database.number("SELECT count(*) FROM telemetry.reading") == 3 * count - bad)
        #expect(
            try place.database.value(
                "SELECT concat_ws(' ', count(*), sum(stored), sum(rejected), sum(duplicates)) FROM ingest.import")
                == "1 \(3 * count - bad) \(bad) 0")
        let refused = place.lines("\(path).rejected.csv").dropFirst().map { String($0.prefix { $0 != "," }) }
        let expected: [String] = (0..<count).filter { $0 % 1000 == 7 }.map { "\($0 + 2)" }
        #expect(refused == expected)
        let again = try await place.run([path, "--equipment", "m", "--quiet"])
        #expect(again.output.contains("was imported before"))
    }

    @Test(.timeLimit(.minutes(2))) func twoAtOnceAndAChangedFile() async throws {
        let place = try Place()
        let path = try place.file("one.csv", rows(30_000))
        async let first = place.run([path, "--equipment", "m", "--quiet"])
        async let second = place.run([
            path, "--equipment", "m", "--quiet", "--rejects", place.folder.path + "/second.csv",
        ])
        let codes = try await [first.code, second.code]
        #expect(codes.contains(3))
        #expect(codes.allSatisfy { $0 == 3 || $0 == 1 })
        #expect(try place.database.number("SELECT count(*) FROM telemetry.reading") == 3 * 30_000 - 30)
        #expect(try place.database.number("SELECT sum(stored) FROM ingest.import") == 3 * 30_000 - 30)
        // a file that grew is another file: its first rows are there already
        _ = try place.file("one.csv", rows(30_500))
        try? FileManager.default.removeItem(atPath: "\(path).rejected.csv")
        let (code, output) = try await place.run([path, "--equipment", "m", "--quiet"])
        #expect(code == 3 && output.contains("1499 stored, 89970 there already, 31 refused"), "\(output)")
        // read otherwise it is another import
        let other = try await place.run([
            path, "--equipment", "other", "--quiet", "--rejects", place.folder.path + "/o.csv",
        ])
        #expect(other.output.contains("91469 stored"), "\(other.output)")
    }

    @Test(.timeLimit(.minutes(3))) func aFileThatChangesWhileItIsRead() throws {
        let place = try Place()
        let path = try place.file("grows.csv", rows(30_000))
        var reading = ImportReading()
        reading.equipment = "m"
        let examination = try Examination(path: path, reading) { _ in }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("1800000000,1,2,3\n".utf8))
        let importer = Importer(try Session(ConnectionConfiguration(url: place.url)), path: path, reading, examination)
        { _ in }
        let error = #expect(throws: ImportError.self) { try importer.run(rejectsPath: path + ".r") }
        #expect(error?.description.contains("changed while it was read") == true)
        #expect(try place.database.number("SELECT count(*) FROM ingest.import WHERE finished_at IS NULL") == 1)
    }

    @Test(.timeLimit(.minutes(3))) func aTruncatedGzipStoresNothing() async throws {
        let place = try Place()
        let path = try place.file("a.csv", rows(5000))
        try await BlockingWork.run {
            let gzip = Process()
            gzip.executableURL = URL(fileURLWithPath: "/bin/sh")
            gzip.arguments = ["-c", "gzip -k \"$0\" && head -c 20000 \"$0.gz\" > \"$0.cut.gz\"", path]
            try gzip.run()
            gzip.waitUntilExit()
        }
        let (code, output) = try await place.run(["\(path).cut.gz", "--equipment", "m"])
        #expect(code == 1 && output.contains("cut off"), "\(output)")
        #expect(try place.database.number("SELECT count(*) FROM telemetry.reading") == 0)
        let whole = try await place.run(["\(path).gz", path, "--equipment", "m"])
        #expect(whole.code == 3 && whole.output.contains("14995 stored"), "\(whole.output)")
        #expect(whole.output.contains("0 stored, 14995 there already"), "\(whole.output)")
    }

    /// Sparse history makes few chunks, whichever way the file is ordered.
    @Test(.timeLimit(.minutes(2)), arguments: [true, false]) func sparseHistoryMakesFewChunks(byTime: Bool) async throws
    {
        let place = try Place()
        let (sensors, days) = (20, 19 * 365)
        let end = Int(Date().timeIntervalSince1970) / 86_400 * 86_400 - 86_400 * 3
        func row(_ sensor: Int, _ day: Int) -> String { "\(end - day * 86_400),s\(sensor),\(day)\n" }
        let lines =
            byTime
            ? (0..<days).flatMap { day in (0..<sensors).map { row($0, day) } }
            : (0..<sensors).flatMap { sensor in (0..<days).map { row(sensor, $0) } }
        let path = try place.file("sparse.csv", "time,s,v\n" + lines.joined())
        let (code, output) = try await place.run([
            path, "--equipment", "m", "--sensor-column", "s", "--value-column", "v", "--quiet",
        ])
        #expect(code == 0 && output.contains("\(sensors * days) stored"), "\(output)")
        #expect(try place.database.number("SELECT count(*) FROM public.show_chunks('telemetry.reading')") < 400)
    }

    // MARK: The manual

    /// The commands of docs/operations.md, as they stand there.
    @Test(.timeLimit(.minutes(3)), .enabled(if: TestEnvironment.sqlFolder != nil)) func theManualIsRight() async throws
    {
        let place = try Place()
        let manual = try String(contentsOfFile: "\(TestEnvironment.sqlFolder!)/docs/operations.md", encoding: .utf8)
        let section = try #require(
            manual.components(separatedBy: "## History from files").last?.components(separatedBy: "\n## ").first)
        let commands = section.components(separatedBy: "```sh\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(commands.count == 3)
        let script = try place.file(
            "manual.sh", "set -e\ncd '\(place.folder.path)'\n" + commands.joined(separator: "\n"))
        let url = place.url
        let (code, output) = try await BlockingWork.run {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = [script]
            let thin = URL(fileURLWithPath: TestEnvironment.thin!).deletingLastPathComponent().path
            process.environment = ["DATABASE_URL": url, "PATH": "\(thin):/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let output = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: output, as: UTF8.self))
        }
        #expect(code == 0, "\(output)")
        #expect(
            output.contains(
                "column \"Temperatur [°C]\": sensor line-3 temperature [°C] (new): 3 values from 71.5 to 72.4"),
            "\(output)")
        let stored = try place.database.value(
            """
            SELECT string_agg(concat_ws(' ', equipment_id, name, unit, n, first), ', ' ORDER BY equipment_id, name)
            FROM (
                SELECT s.equipment_id, s.name, s.unit, count(*) AS n, min(r.time) AT TIME ZONE 'UTC' AS first
                FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id GROUP BY s.id
            ) AS t
            """)
        #expect(
            stored
                == [
                    "line-3 pressure bar 2 2026-06-01 06:00:00", "line-3 temperature °C 3 2026-06-01 06:00:00",
                    "press-9 current 2 2026-06-01 08:00:00",
                    "press-9 x 2 2026-06-01 09:00:00", "press-9 y 2 2026-06-01 09:00:00",
                    "press-9 z 2 2026-06-01 09:00:00",
                ].joined(separator: ", "))
    }
}
