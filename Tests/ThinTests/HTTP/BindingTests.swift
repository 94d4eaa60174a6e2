import Foundation
import HTTPTypes
import Postgres
import ServeML
import Testing

@testable import Thin

@Suite struct ArgumentValueTests {
    private func query(_ text: String, _ type: String) throws -> String? {
        try ArgumentValue.text(.text(text), type: type)
    }

    private func json(_ text: String, _ type: String) throws -> String? {
        let bytes = Array(text.utf8)
        return try ArgumentValue.text(.json(JSONScanner.value(of: bytes), bytes), type: type)
    }

    @Test(arguments: [
        ("12", "integer"), ("-2147483648", "integer"), ("9223372036854775807", "bigint"), ("true", "boolean"),
        ("1e3", "double precision"), ("0.1", "numeric(10,2)"), ("2026-02-28", "date"),
        ("2026-01-31T08:30:00Z", "timestamp with time zone"),
        ("2026-01-31 08:30:00.123456+09:00", "timestamp with time zone"),
        ("2026-01-31", "timestamp with time zone"), ("2026-01-31T08:30+0900", "timestamp with time zone"),
        ("0ca2d9dc-0c3e-4174-bda4-adda4c240ab0", "uuid"), ("{\"a\":1}", "jsonb"), ("anything", "text"),
    ])
    func takes(_ text: String, _ type: String) throws {
        #expect(try query(text, type) == text)
    }

    @Test(arguments: [
        ("12a", "integer"), ("", "integer"), ("2147483648", "integer"), ("1.5", "integer"), ("0x10", "integer"),
        ("99999999999999999999", "bigint"),
        ("nan", "double precision"), ("infinity", "double precision"), ("1e999", "double precision"),
        ("maybe", "boolean"),
        ("2026-02-29", "date"), ("now", "timestamp with time zone"), ("infinity", "timestamp with time zone"),
        ("2026-01-31T25:00:00Z", "timestamp with time zone"),
        ("2026-01-31T08:30:00 Europe/Berlin", "timestamp with time zone"),
        ("2026-13-01", "date"), ("0000-01-01", "date"), ("x", "uuid"), ("{\"a\":", "jsonb"), ("\"\\u0000\"", "jsonb"),
    ])
    func refuses(_ text: String, _ type: String) {
        #expect(throws: ArgumentValue.Refusal.self) { try query(text, type) }
    }

    @Test func jsonHasTypes() throws {
        #expect(try json("5", "integer") == "5")
        #expect(try json("5.0", "integer") == "5")
        #expect(try json("\"a\\u00e9\"", "text") == "aé")
        #expect(try json("null", "integer") == nil)
        #expect(try json("[1, null, -3]", "integer[]") == "{\"1\",NULL,\"-3\"}")
        #expect(try json("[\"a\\\"b\", \"c\\\\\", \"d,}\"]", "text[]") == "{\"a\\\"b\",\"c\\\\\",\"d,}\"}")
        #expect(try json("{\"deep\": [1.10]}", "jsonb") == "{\"deep\": [1.10]}")
        for (text, type) in [
            ("\"5\"", "integer"), ("5", "text"), ("1", "boolean"), ("\"x\"", "text[]"), ("[1,\"a\"]", "integer[]"),
            ("\"\\u0000\"", "text"), ("5", "timestamp with time zone"),
        ] {
            #expect(throws: ArgumentValue.Refusal.self, "\(text) as \(type)") { try json(text, type) }
        }
    }

    @Test func anEscapedBackslashBeforeU0000IsNoNUL() throws {
        #expect(try json("\"\\\\u0000\"", "jsonb") == "\"\\\\u0000\"")
        #expect(throws: ArgumentValue.Refusal.self) { try json("\"\\\\\\u0000\"", "jsonb") }
    }

    @Test func repeatedMembersAreAnArray() throws {
        #expect(try ArgumentValue.text(repeated: ["a", "b\"c"], type: "text[]") == "{\"a\",\"b\\\"c\"}")
    }
}

@Suite struct ArgumentBinderTests {
    static let route = try! makeRoute(
        """
        {"method": "POST", "path": "/t/{id}", "function_schema": "api", "function_name": "do_it", "minimum_role": "viewer",
         "success_status": 200, "body_mode": "members", "max_body_bytes": 1000, "response": "json", "timeout_ms": 1000,
         "arguments": [{"name": "id", "type": "bigint", "has_default": false}, {"name": "name", "type": "text", "has_default": false},
                       {"name": "limit", "type": "integer", "has_default": true}, {"name": "tag", "type": "text[]", "has_default": true}]}
        """)

    private func bind(
        _ body: String?, query: [(name: String, value: String)] = [], path: [String: String] = ["id": "7"]
    ) throws -> BoundCall {
        try ArgumentBinder.bind(Self.route, path: path, query: query, body: body.map { .json(Array($0.utf8)) } ?? .none)
    }

    private func fields(_ body: String?, query: [(name: String, value: String)] = []) -> [String] {
        do {
            _ = try bind(body, query: query)
            return []
        } catch {
            return (error as? Problem)?.errors.map(\.field) ?? ["?"]
        }
    }

    @Test func namesArgumentsAndCasts() throws {
        let call = try bind("{\"name\": \"x\"}", query: [("tag", "a"), ("tag", "b")])
        #expect(
            call.sql
                == "SELECT \"api\".\"do_it\"(\"id\" => $1::bigint, \"name\" => $2::text, \"tag\" => $3::text[])::text")
        #expect(call.parameters == [.untyped("7"), .untyped("x"), .untyped("{\"a\",\"b\"}")])
        #expect(call.member(2) == "name")
    }

    @Test func sqlStaysTheSameWhateverTheOrder() throws {
        #expect(try bind("{\"limit\": 1, \"name\": \"x\"}").sql == bind("{\"name\": \"x\", \"limit\": 1}").sql)
    }

    @Test func nullIsGivenAndAbsenceIsNot() throws {
        #expect(try bind("{\"name\": \"x\", \"limit\": null}").parameters == [.untyped("7"), .untyped("x"), .null])
    }

    @Test func everythingWrongIsNamedAtOnce() {
        #expect(
            fields("{\"limit\": \"many\", \"nmae\": 1}", query: [("skip", "1")]) == ["name", "limit", "nmae", "skip"])
        #expect(fields("{\"name\": \"x\"}", query: [("limit", "1"), ("limit", "2")]) == ["limit"])
        #expect(fields("{\"name\": \"x\", \"id\": 3}") == ["id"])
        #expect(fields("{\"name\": \"x\"}", query: [("name", "y")]) == ["name"])
        #expect(fields("[1]") == ["body"])
        #expect(fields(nil) == ["name"])
    }

    @Test func brokenJSONIsMalformed() {
        #expect { try bind("{\"name\":") } throws: { ($0 as? Problem)?.status == 400 }
        #expect { try bind("{\"name\": 1, \"name\": 2}") } throws: { ($0 as? Problem)?.status == 400 }
    }

    @Test func aNameCannotEscapeItsQuotes() {
        #expect(SQLText.identifier("a\" => 1); DROP TABLE x; --") == "\"a\"\" => 1); DROP TABLE x; --\"")
    }
}

/// Other names, other words for values, and shapes: rows of the database.
@Suite struct AliasTests {
    private static let route = try! makeRoute(
        """
        {"method": "GET", "path": "/t", "function_schema": "api", "function_name": "list_it", "minimum_role": "viewer",
         "success_status": 200, "body_mode": "none", "max_body_bytes": 0, "response": "json", "timeout_ms": 1000,
         "arguments": [{"name": "start", "type": "timestamp with time zone", "has_default": true},
                       {"name": "status", "type": "text", "has_default": true}, {"name": "limit", "type": "integer", "has_default": true}],
         "aliases": [{"name": "size", "member": "limit", "meanings": {}}, {"name": "start_time", "member": "start", "meanings": {}},
                     {"name": "status", "member": "status", "meanings": {"new": "unacknowledged"}}],
         "shapes": [{"name": "items", "function_schema": "api", "function_name": "items", "is_default": true},
                    {"name": "page", "function_schema": null, "function_name": null, "is_default": false}]}
        """)

    private func bind(_ query: [(name: String, value: String)]) throws -> BoundCall {
        try ArgumentBinder.bind(Self.route, path: [:], query: query, body: .none)
    }

    private func errors(_ query: [(name: String, value: String)]) -> [Problem.Member] {
        do {
            _ = try bind(query)
            return []
        } catch { return (error as? Problem)?.errors ?? [] }
    }

    @Test func otherNamesLeadToTheArgument() throws {
        let call = try bind([("size", "5"), ("start_time", "2026-01-31T08:30:00.123Z"), ("shape", "page")])
        #expect(
            call.sql
                == "SELECT \"api\".\"list_it\"(\"start\" => $1::timestamp with time zone, \"limit\" => $2::integer)::text"
        )
        #expect(call.parameters == [.untyped("2026-01-31T08:30:00.123Z"), .untyped("5")])
        #expect(call.member(2) == "size", "the database's error names what the client wrote")
        #expect(try bind([("limit", "5"), ("shape", "page")]).sql == bind([("size", "5"), ("shape", "page")]).sql)
    }

    @Test func errorsNameWhatTheClientWrote() {
        #expect(errors([("size", "many")]).map(\.field) == ["size"])
        #expect(errors([("size", "1"), ("size", "2")]).map(\.field) == ["size"])
        #expect(errors([("size", "1"), ("limit", "1")]).map(\.field) == ["size"])
        #expect(errors([("sizes", "1")]).map(\.field) == ["sizes"])
    }

    @Test func valuesHaveOtherWords() throws {
        #expect(try bind([("status", "new")]).parameters == [.untyped("unacknowledged")])
        #expect(try bind([("status", "resolved")]).parameters == [.untyped("resolved")])
    }

    @Test func shapesAreFunctionsAroundTheCall() throws {
        #expect(try bind([]).sql == "SELECT \"api\".\"items\"(\"api\".\"list_it\"())::text")
        #expect(try bind([("shape", "items")]).sql == bind([]).sql)
        #expect(try bind([("shape", "page")]).sql == "SELECT \"api\".\"list_it\"()::text")
        #expect(errors([("shape", "round")]).map(\.field) == ["shape"])
        #expect(errors([("shape", "page"), ("shape", "page")]).map(\.field) == ["shape"])
    }
}

func makeRoute(_ json: String) throws -> Route { try JSONDecoder().decode(Route.self, from: Data(json.utf8)) }

@Suite struct RouteTableTests {
    private func route(_ method: String, _ path: String) throws -> Route {
        try makeRoute(
            """
            {"method": "\(method)", "path": "\(path)", "minimum_role": "viewer", "success_status": 200, "body_mode": "none",
             "max_body_bytes": 0, "response": "json", "timeout_ms": 1000}
            """)
    }

    private func table() throws -> RouteTable {
        try RouteTable([
            route("GET", "/e"), route("POST", "/e"), route("GET", "/e/{id}"), route("DELETE", "/e/{id}"),
            route("GET", "/e/data/{name}"),
            route("GET", "/e/{id}/with-sensors"), route("GET", "/e/latest"),
        ])
    }

    private func found(_ method: String, _ path: String) throws -> String? {
        guard case .found(let route, let parameters) = try table().match(method: method, path: path) else { return nil }
        return route.path + parameters.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    }

    @Test func aLiteralWinsOverAMember() throws {
        #expect(try found("GET", "/e/latest") == "/e/latest")
        #expect(try found("GET", "/e/7") == "/e/{id} id=7")
        #expect(try found("GET", "/e/data/with-sensors") == "/e/data/{name} name=with-sensors")
        #expect(try found("GET", "/e/latest/with-sensors") == "/e/{id}/with-sensors id=latest")
        #expect(try found("HEAD", "/e") == "/e")
        #expect(try found("GET", "/e/") == "/e")
    }

    @Test func membersAreDecoded() throws {
        #expect(try found("GET", "/e/a%2Fb%20c+d") == "/e/{id} id=a/b c+d")
        #expect(try found("GET", "/e/%EA%B0%80") == "/e/{id} id=가")
        #expect(try found("GET", "/e/%00") == nil)
        #expect(try found("GET", "/e/%zz") == nil)
        #expect(try found("GET", "/e/%ff") == nil)
    }

    @Test func otherMethodsAreListed() throws {
        guard case .methodNotAllowed(let allowed) = try table().match(method: "PUT", path: "/e/7") else {
            Issue.record("expected 405")
            return
        }
        #expect(allowed == ["DELETE", "GET", "HEAD", "OPTIONS"])
        guard case .notFound = try table().match(method: "GET", path: "/x") else {
            Issue.record("expected 404")
            return
        }
    }
}

@Suite struct SQLStateMapTests {
    private let map = SQLStateMap([
        .init(
            pattern: "MW404", status: 404, code: "MW404", title: "Not found", meaning: "Nothing.", isMessagePublic: true
        ),
        .init(pattern: "MW422", status: 422, code: "MW422", title: "Invalid", meaning: "Wrong.", isMessagePublic: true),
        .init(
            pattern: "MW429", status: 429, code: "MW429", title: "Slow down", meaning: "Wait.", isMessagePublic: true),
        .init(pattern: "MW%", status: 422, code: "MW422", title: "Refused", meaning: "Refused.", isMessagePublic: true),
        .init(
            pattern: "22%", status: 422, code: "MW422", title: "Invalid value", meaning: "Not readable.",
            isMessagePublic: false),
        .init(
            pattern: "23505", status: 409, code: "MW409", title: "Conflict", meaning: "It exists.",
            isMessagePublic: false),
        .init(
            pattern: "%", status: 500, code: "MW500", title: "Internal error", meaning: "See the log.",
            isMessagePublic: false),
    ])

    @Test func theLongestPatternWins() {
        #expect(map.problem(for: DatabaseError(sqlState: "MW404", message: "no pump")).detail == "no pump")
        let own = map.problem(for: DatabaseError(sqlState: "MW4A1", message: "rule says no", column: "limit"))
        #expect(
            own.status == 422 && own.code == "MW4A1" && own.errors == [.init(field: "limit", message: "rule says no")])
    }

    @Test func nothingInternalLeaks() {
        let error = DatabaseError(
            sqlState: "42P01", message: "relation \"secret.table\" does not exist", detail: "inner", hint: "inner",
            table: "secret")
        let problem = map.problem(for: error)
        #expect(problem.status == 500)
        #expect(!problem.json(instance: "x").contains("secret") && !problem.json(instance: "x").contains("inner"))
        let value = map.problem(for: DatabaseError(sqlState: "22P02", message: "invalid input syntax: \"x\""))
        #expect(value.status == 422 && value.detail == "Not readable.")
    }

    @Test func whatCannotBeComputedIsTheClientsOnlyWhereItSentIt() {
        let map = SQLStateMap([
            .init(
                pattern: "22003", status: 422, code: "MW422", title: "Invalid value", meaning: "Too large.",
                isMessagePublic: false, storedCode: "MW520"),
            .init(
                pattern: "MW520", status: 500, code: "MW520", title: "Stored data", meaning: "Ours.",
                isMessagePublic: false),
        ])
        func code(_ context: String?, isReading: Bool) -> String {
            var error = DatabaseError(sqlState: "22003", message: "value out of range: overflow")
            error.context = context
            return map.problem(for: error, isReading: isReading).code
        }
        let bucket = "PL/pgSQL function api.bucket_points(text,integer[]) line 18 at RETURN QUERY"
        #expect(code(bucket, isReading: true) == "MW520" && code(nil, isReading: true) == "MW520")
        #expect(code(bucket, isReading: false) == "MW422" && code(nil, isReading: false) == "MW422")
        #expect(code("unnamed portal parameter $1 = '1e999'", isReading: true) == "MW422")
        let rule = "PL/pgSQL function alarm.run(alarm.signal) line 9 at assignment\nSQL statement \"SELECT 1\"\n"
        #expect(code(rule + "PL/pgSQL function api.store_sensor_data(jsonb) line 40", isReading: false) == "MW520")
    }

    @Test func theMemberBehindAParameterIsNamed() {
        var error = DatabaseError(sqlState: "22P02", message: "invalid")
        error.context = "unnamed portal parameter $2 = 'x'"
        #expect(
            map.problem(for: error, member: { $0 == 2 ? "kind" : nil }).errors == [
                .init(field: "kind", message: "Invalid value")
            ])
    }

    @Test func keyColumnsAreNamed() {
        #expect(SQLStateMap.keyColumns("Key (lower(email))=(a@b) already exists.") == ["email"])
        #expect(SQLStateMap.keyColumns("Key (a, b)=(1, 2) already exists.") == ["a", "b"])
        let problem = map.problem(
            for: DatabaseError(sqlState: "23505", message: "m", detail: "Key (name)=(x) already exists."))
        #expect(problem.status == 409 && problem.errors == [.init(field: "name", message: "It exists.")])
    }

    @Test func allWrongMembersOfARefusalAreListed() {
        let error = DatabaseError(
            sqlState: "MW422", message: "a is wrong",
            detail: "[{\"field\": \"a\", \"message\": \"is wrong\"}, {\"field\": \"b\", \"message\": \"too\"}]",
            column: "a")
        let problem = map.problem(for: error)
        #expect(problem.errors.map(\.field) == ["a", "b"] && problem.detail == "a is wrong")
    }

    @Test func waitingTimeBecomesAHeader() {
        // the hint is for whoever sits at psql
        let problem = map.problem(
            for: DatabaseError(
                sqlState: "MW429", message: "too many attempts", detail: "37", hint: "DETAIL is the number of seconds"))
        #expect(problem.headers[.retryAfter] == "37" && problem.detail == "too many attempts: try again in 37 s")
    }

    @Test func aDatabaseThatIsAwayIs503() {
        for state in ["08006", "08001", "57P01", "53300"] {
            // as an ERROR it would be a function's own, and the connection still there
            let problem = map.problem(for: DatabaseError(sqlState: state, severity: "FATAL", message: "host=secret"))
            #expect(problem.status == 503 && problem.headers[.retryAfter] != nil && !problem.detail.contains("secret"))
        }
    }

    @Test func withoutRowsStillTheRightStatus() {
        let empty = SQLStateMap([])
        #expect(empty.problem(for: DatabaseError(sqlState: "MW409", message: "twice")).status == 409)
        #expect(empty.problem(for: DatabaseError(sqlState: "57014", message: "x")).status == 504)
        #expect(empty.problem(for: DatabaseError(sqlState: "XX000", message: "x")).status == 500)
    }
}

@Suite struct PredictRequestTests {
    private func read(_ body: String, _ query: [(name: String, value: String)] = [], bare: Bool = false) throws
        -> PredictRequest
    {
        try PredictRequest(query: query, body: .json(Array(body.utf8)), isBare: bare)
    }

    @Test func readsBothShapes() throws {
        let whole = try read(
            "{\"equipment_id\": \"m1\", \"power\": 15, \"model_version\": null, \"features\": {\"vib_rms\": 0.25}}")
        #expect(whole.equipmentID == "m1" && whole.power == "15" && whole.modelVersion == nil)
        #expect(
            whole.features.dictionary == ["vib_rms": 0.25] && whole.featuresJSON == Array("{\"vib_rms\": 0.25}".utf8))
        let bare = try read("{\"vib_rms\": 1e-3}", [("equipment_id", "m1"), ("power", "15kW")], bare: true)
        #expect(bare.equipmentID == "m1" && bare.power == "15kW" && bare.features.dictionary == ["vib_rms": 0.001])
        let timed = try read("{\"equipment_id\": \"m1\", \"time\": 1700000000.5, \"features\": {\"a\": 1}}")
        #expect(timed.time == "1700000000.5")
    }

    @Test func aNumberMayBeWrittenAsText() throws {
        let request = try read("{\"equipment_id\": \"m1\", \"features\": {\"a\": \"1.5\", \"b\": [\" -2e1 \", 3]}}")
        #expect(request.features == FeatureValues(windows: ["a": [1.5], "b": [-20, 3]]))
        #expect(String(decoding: request.featuresJSON, as: UTF8.self) == #"{"a":1.5,"b":[-20.0,3.0]}"#)
        for text in ["", "nan", "inf", "0x10", "1,5", "1e999", "one"] {
            #expect(throws: Problem.self, "\(text)") {
                try read("{\"equipment_id\": \"m1\", \"features\": {\"a\": \"\(text)\"}}")
            }
        }
    }

    @Test func whatIsMissingCountsAsZeroUnlessItIsToBeRefused() throws {
        func zero(_ more: String) throws -> Bool {
            try read("{\"equipment_id\": \"m1\"\(more), \"features\": {\"a\": 1}}").zeroForMissing
        }
        #expect(try zero(""))
        #expect(try !zero(", \"missing\": \"refuse\""))
        #expect(try zero(", \"missing\": \"zero\""))
        #expect(throws: Problem.self) { try zero(", \"missing\": \"perhaps\"") }
        #expect(try !read("{\"a\": 1}", [("equipment_id", "m1"), ("missing", "refuse")], bare: true).zeroForMissing)
    }

    @Test func readsLists() throws {
        func items(_ body: String) throws -> [Result<PredictRequest, Problem>]? {
            try PredictRequest.items(.json(Array(body.utf8)))
        }
        #expect(try items("{}") == nil)
        let read = try #require(
            try items(" [{\"equipment_id\": \"m1\", \"features\": {\"a\": 1}}, {}, 7, {\"x\": \"y\"}] "))
        #expect(try read[0].get().features.dictionary == ["a": 1])
        let failures = read.dropFirst().map { item -> [String] in
            if case .failure(let problem) = item { problem.errors.map(\.field) } else { [] }
        }
        #expect(failures == [["equipment_id"], ["body"], ["x", "equipment_id"]])
        #expect(throws: Problem.self) { try items("[]") }
        #expect(throws: Problem.self) {
            try items("[" + Array(repeating: "{}", count: 1001).joined(separator: ",") + "]")
        }
        #expect(throws: Problem.self) { try items("[{\"a\": 1, \"a\": 2}") }
    }

    @Test func readsWindows() throws {
        let request = try read("{\"equipment_id\": \"m1\", \"features\": {\"flow\": [1, -2.5e0, 3], \"pressure\": 4}}")
        #expect(request.features == FeatureValues(windows: ["flow": [1, -2.5, 3], "pressure": [4]]))
        #expect(String(decoding: request.features.json(), as: UTF8.self) == #"{"flow":[1.0,-2.5,3.0],"pressure":4.0}"#)
    }

    @Test func namesWhatIsWrong() {
        func fields(_ body: String, bare: Bool = false) -> [String] {
            do {
                _ = try read(body, bare ? [("equipment_id", "m1")] : [], bare: bare)
                return []
            } catch { return (error as? Problem)?.errors.map(\.field) ?? [] }
        }
        #expect(fields("{\"features\": {\"a\": null, \"b\": \"x\"}}") == ["features.a", "features.b", "equipment_id"])
        #expect(fields("{\"a\": 1e999}", bare: true) == ["a"])
        #expect(fields("{\"a\": [1, null], \"b\": [[1]], \"c\": [1, 2]}", bare: true) == ["a", "b"])
        #expect(fields("{\"equipment_id\": \"m\"}") == ["features"])
        #expect(fields("{\"equipment_id\": \"m\", \"features\": {\"a\": 1}, \"x\": \"y\"}") == ["x"])
        #expect(fields("[]") == ["body"])
    }
}
