import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// Requests for trainings through the real process and database; the worker is played in SQL.
@Suite("Training", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct TrainingPathTests {
    private static let boundary = "----millwright\(UUID().uuidString)"

    private struct Part {
        var name: String
        var fileName: String?
        var content: String
    }

    private static func form(_ parts: [Part]) -> String {
        parts.map { part in
            let file = part.fileName.map { "; filename=\"\($0)\"" } ?? ""
            return
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n\(part.content)\r\n"
        }.joined() + "--\(boundary)--\r\n"
    }

    /// A recording as the field has it.
    private static func recording(_ rows: Int, columns: Int, rate: Double) -> String {
        (1...9).map { "description \($0)\r\n" }.joined()
            + (0..<rows).map { row in
                "\(Double(row) / rate)," + (0..<columns).map { "\(Double((row * 7 + $0) % 100) / 10)," }.joined()
                    + "\r\n"
            }.joined()
    }

    private static func upload(
        _ plant: Plant, _ parts: [Part], query: String = "device_id=press-1&model_type=xgboost", token: String
    ) throws -> HTTPCall {
        try HTTPCall.post(
            "\(plant.thin.url)/api/v1/anomalies/upload-and-train?\(query)", form(parts), token: token,
            headers: ["Content-Type": "multipart/form-data; boundary=\(boundary)"], patience: 300)
    }

    private static func fields(_ call: HTTPCall) -> [String] {
        (call.object["errors"] as? [[String: String]] ?? []).compactMap { $0["field"] }
    }

    private static func jobs(_ plant: Plant) throws -> String {
        try plant.database.value(
            "SELECT coalesce(string_agg(state, ' ' ORDER BY id), '') FROM ml.training_job") ?? ""
    }

    @Test("Uploaded recordings are stored row by row, explained, and a worker gets them")
    func upload() async throws {
        let plant = try await Plant()
        let token = try await plant.token(role: "engineer")
        let answer = try Self.upload(
            plant,
            [
                Part(name: "spec", content: "{\"epochs\": 5}"),
                Part(
                    name: "normal_current_files", fileName: "C:\\data\\n1.csv",
                    content: Self.recording(4000, columns: 3, rate: 2000)),
                Part(name: "normal_current_files", fileName: "n2.csv", content: "time,x,y,z\n0,1,2,3\n1,,2,\"3\"\n"),
                Part(
                    name: "normal_vibration_files", fileName: "v1.csv",
                    content: Self.recording(12000, columns: 1, rate: 4000)),
                Part(
                    name: "normal_vibration_files", fileName: "v2.csv", content: "time,vibe\n2026-05-01T00:00:00Z,1\n"),
                Part(
                    name: "abnormal_current_files", fileName: "a1.csv",
                    content: Self.recording(10, columns: 3, rate: 2000)),
            ], token: token)
        #expect(answer.status == 202, "\(answer.body)")
        let job = try #require(answer.object["job_id"] as? Int)
        #expect(answer.headers["location"] == "/api/v1/training/jobs/\(job)")
        #expect(answer.object["status"] as? String == "queued" && answer.object["device_id"] as? String == "press-1")
        let files = try #require(answer.object["files"] as? [[String: Any]])
        #expect(files.compactMap { $0["name"] as? String } == ["n1.csv", "n2.csv", "v1.csv", "v2.csv", "a1.csv"])
        #expect(files.compactMap { $0["rows"] as? Int } == [4000, 2, 12000, 1, 10])
        #expect(
            files.compactMap { $0["form"] as? String } == [
                "description", "header", "description", "header", "description",
            ])
        #expect(files[0]["sample_rate_hz"] as? Double == 2000 && files[2]["sample_rate_hz"] as? Double == 4000)
        #expect((files[1]["columns"] as? [[String: Any]])?.first?["missing"] as? Int == 1)
        // every value, against what was written
        #expect(
            try plant.database.value(
                """
                SELECT count(*) FROM ml.training_upload AS u CROSS JOIN LATERAL ml.training_upload_rows(u.id) AS r
                WHERE u.name = 'v1.csv' AND r.t = (r.row - 1) / 4000.0 AND r.values = ARRAY[((r.row - 1) * 7 % 100) / 10.0]::float8[]
                """) == "12000")
        let claim = try #require(
            try plant.database.value(
                "SELECT spec::text FROM ml.claim_training('test', '{autoencoder}')"))
        let spec = try #require(try JSONSerialization.jsonObject(with: Data(claim.utf8)) as? [String: Any])
        #expect((spec["uploads"] as? [[String: Any]])?.count == 5 && spec["epochs"] as? Int == 5)
        let location = try HTTPCall.get("\(plant.thin.url)\(try #require(answer.headers["location"]))", token: token)
        #expect(location.status == 200 && location.object["status"] as? String == "running")
        let cancelled = try HTTPCall.send(
            "DELETE", "\(plant.thin.url)/api/v1/training/jobs/\(job)", token: token)
        #expect(cancelled.status == 200 && cancelled.object["cancel_requested"] as? Bool == true)
        #expect(try plant.database.value("SELECT ml.beat_training(\(job), 'test', 0.5, NULL)") == "f")
    }

    @Test("What is wrong with an upload is said by name, and nothing of it stays")
    func refusedUploads() async throws {
        let plant = try await Plant()
        let token = try await plant.token(role: "engineer")
        let good = Part(name: "normal_vibration_files", fileName: "good.csv", content: "time,vibe\n0,1\n1,2\n")
        func check(
            _ parts: [Part], query: String = "device_id=press-1&model_type=xgboost", _ status: Int, _ field: String,
            _ text: String = "", line: Int = #line
        ) throws {
            let answer = try Self.upload(plant, parts, query: query, token: token)
            #expect(
                answer.status == status && Self.fields(answer).first == field
                    && (text.isEmpty || answer.body.contains(text)),
                "line \(line): \(answer.status) \(answer.body)")
        }
        try check([], 422, "normal_current_files")
        try check([good], query: "model_type=xgboost", 422, "device_id")
        try check([good], query: "device_id=press-1&model_type=magic", 422, "model_type")
        try check([good], query: "device_id=press-1&device_id=press-2", 422, "device_id")
        try check([good], query: "device_id=press-1&wait=soon", 422, "wait")
        try check([good], query: "device_id=press-1&wait=-1", 422, "wait")
        try check([good], query: "device_id=press-1&colour=red", 422, "colour")
        try check([good, Part(name: "epochs", content: "5")], 422, "epochs", "before the files")
        try check([Part(name: "spec", content: "{"), good], 422, "spec")
        try check([Part(name: "pictures", fileName: "p.png", content: "x")], 422, "pictures_files")
        try check(
            [good, Part(name: "normal_vibration_files", fileName: "bad.csv", content: "time,vibe\n0,1\n1,two\n")], 422,
            "normal_vibration_files", "bad.csv, line 3")
        try check(
            [Part(name: "normal_current_files", fileName: "nul.csv", content: "time,x,y,z\n0,1,2,\0\n")], 422,
            "normal_current_files", "zero byte")
        try check(
            [Part(name: "normal_current_files", fileName: "long.csv", content: String(repeating: "1", count: 200_000))],
            422, "normal_current_files", "line of more than")
        try check(
            [Part(name: "normal_current_files", fileName: "only.csv", content: "time,x,y\n0,1,2\n")], 422,
            "normal_current_files")
        let json = try HTTPCall.post(
            "\(plant.thin.url)/api/v1/anomalies/upload-and-train?device_id=press-1", "{}", token: token)
        #expect(json.status == 415)
        let viewer = try Plant.token(role: "viewer", database: plant.database.session(), url: plant.thin.url)
        #expect(try Self.upload(plant, [good], token: viewer).status == 403)
        // one whose sender goes away in the middle, and one that says it is larger than may be
        let url = try #require(URLComponents(string: plant.thin.url))
        let head =
            "POST /api/v1/anomalies/upload-and-train?device_id=press-1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nContent-Type: multipart/form-data; boundary=\(Self.boundary)\r\n"
        let socket = try HTTPCall.connect(to: url.port ?? 80)
        try HTTPCall.write(
            head + "Content-Length: 1000000\r\n\r\n" + Self.form([good]).dropLast(60), to: socket)
        #expect(
            await eventually { (try? Self.jobs(plant)) == "receiving" }, "the job is there while its files arrive")
        close(socket)
        #expect(await eventually { (try? Self.jobs(plant)) == "" }, "and gone with its sender")
        let large = try HTTPCall.connect(to: url.port ?? 80)
        try HTTPCall.write(head + "Content-Length: 67108865\r\n\r\n", to: large)
        var answer = [UInt8](repeating: 0, count: 12)
        #expect(recv(large, &answer, answer.count, Int32(MSG_WAITALL)) == 12)
        #expect(String(decoding: answer, as: UTF8.self) == "HTTP/1.1 413")
        close(large)
        #expect(try Self.jobs(plant) == "", "nothing was left behind")
        #expect(try plant.database.value("SELECT count(*) FROM ml.training_sample") == "0")
    }

    @Test("A large upload takes no memory of its size")
    func memory() async throws {
        let plant = try await Plant()
        let token = try await plant.token(role: "engineer")
        let rows = 300_000
        let line = "0.123456,1.2345678,2.3456789,3.4567891,\r\n"
        let content = (1...9).map { "d\($0)\r\n" }.joined() + String(repeating: line, count: rows)
        _ = try Self.upload(
            plant,
            [
                Part(
                    name: "normal_current_files", fileName: "warm.csv",
                    content: Self.recording(1000, columns: 3, rate: 2000))
            ],
            token: token)
        let before = plant.thin.residentBytes
        let started = ContinuousClock.now
        let part = Part(name: "normal_current_files", fileName: "large.csv", content: content)
        let upload = Task { try await onThread { try Self.upload(plant, [part], token: token) } }
        var most = before
        while try plant.database.value("SELECT count(*) FROM ml.training_job WHERE state = 'queued'") != "2" {
            most = max(most, plant.thin.residentBytes)
            try await Task.sleep(for: .milliseconds(20))
            if ContinuousClock.now - started > .seconds(300) { break }
        }
        let answer = try await upload.value
        #expect(answer.status == 202, "\(answer.body)")
        #expect(try plant.database.value("SELECT max(rows) FROM ml.training_upload") == "\(rows)")
        print(
            "upload of \(content.utf8.count) bytes: \(ContinuousClock.now - started), \((most - before) >> 10) KiB more"
        )
        #expect(most - before < 8 << 20, "\(content.utf8.count) bytes took \(most - before) more")
    }

    @Test("Who waits gets the finished answer, and keeps no connection to the database")
    func waits() async throws {
        let plant = try await Plant(more: ["THIN_DATABASE_CONNECTIONS": "1"])
        let token = try await plant.token(role: "engineer")
        let session = ThreadSafeSession(try plant.database.session())
        _ = try plant.database.value("INSERT INTO plant.equipment (id, name) VALUES ('press-1', 'p') RETURNING id")
        let url = "\(plant.thin.url)/api/v1/anomalies/train-with-data"
        let body = "{\"device_id\":\"press-1\",\"model_type\":\"xgboost\"}"
        let waiting = (0..<8).map { _ in
            Task { try await onThread { try HTTPCall.post(url + "?wait=60", body, token: token, patience: 90) } }
        }
        #expect(await eventually { (try? session.number("SELECT count(*) FROM ml.training_job")) == 8 })
        // the one connection is free
        #expect(try HTTPCall.get("\(plant.thin.url)/api/v1/training/jobs", token: token).status == 200)
        let started = ContinuousClock.now
        for _ in 0..<8 {
            _ = try session.number(
                """
                SELECT ml.finish_training(c.id, 'test', c.spec ->> 'bundle', '{"accuracy": 0.9, "precision": 0.8, "recall": 0.7, "f1_score": 0.75}', '{}')::integer
                FROM ml.claim_training('test', '{autoencoder}') AS c
                """)
        }
        for task in waiting {
            let answer = try await task.value
            #expect(answer.status == 200, "\(answer.body)")
            #expect(answer.object["f1_score"] as? Double == 0.75 && answer.object["status"] as? String == "succeeded")
            #expect(
                [
                    "device_id", "model_type", "status", "accuracy", "precision", "recall", "f1_score", "training_time",
                    "message",
                ]
                .allSatisfy { answer.object[$0] != nil })
            #expect(answer.headers["location"]?.hasPrefix("/api/v1/training/jobs/") == true)
        }
        #expect(ContinuousClock.now - started < .seconds(10), "they were told, they did not look now and then")
        let late = try HTTPCall.post(url + "?wait=0.5", body, token: token)
        #expect(late.status == 202 && late.object["status"] as? String == "queued")
        // a shutdown does not wait for who waits
        let last = Task { try await onThread { try? HTTPCall.post(url + "?wait=600", body, token: token) } }
        #expect(await eventually { (try? session.number("SELECT count(*) FROM ml.training_job")) == 10 })
        let ending = ContinuousClock.now
        plant.thin.terminate()
        #expect(ContinuousClock.now - ending < .seconds(20))
        _ = try await last.value
    }

    @Test("Files of the server are read below one folder and nowhere else")
    func filesOfTheServer() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("training-\(UUID().uuidString)")
        let inside = folder.appendingPathComponent("data")
        try FileManager.default.createDirectory(
            at: inside.appendingPathComponent("sub"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let recording = Self.recording(500, columns: 1, rate: 4000)
        for path in ["data/a.csv", "data/sub/b.csv", "secret.csv", "database.csv"] {
            try Data(recording.utf8).write(to: folder.appendingPathComponent(path))
        }
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("data2"), withIntermediateDirectories: true)
        try Data(recording.utf8).write(to: folder.appendingPathComponent("data2/c.csv"))
        try FileManager.default.createSymbolicLink(
            at: inside.appendingPathComponent("link.csv"),
            withDestinationURL: folder.appendingPathComponent("secret.csv"))
        try FileManager.default.createSymbolicLink(
            at: inside.appendingPathComponent("out"), withDestinationURL: folder)
        try FileManager.default.createSymbolicLink(
            at: inside.appendingPathComponent("good.csv"), withDestinationURL: inside.appendingPathComponent("a.csv"))
        let plant = try await Plant(more: ["TRAINING_DATA_ROOT": inside.path])
        let token = try await plant.token(role: "engineer")
        func train(_ plant: Plant, _ paths: [String], token: String) throws -> HTTPCall {
            let list = paths.map { "\"\($0)\"" }.joined(separator: ",")
            return try HTTPCall.post(
                "\(plant.thin.url)/api/v1/anomalies/train-with-data",
                "{\"device_id\":\"press-1\",\"model_type\":\"xgboost\",\"normal_vibration_files\":[\(list)]}",
                token: token)
        }
        let answer = try train(
            plant, ["a.csv", "\(inside.path)/sub/b.csv", "sub/../a.csv", "good.csv"], token: token)
        #expect(answer.status == 202, "\(answer.body)")
        #expect(
            (answer.object["files"] as? [[String: Any]])?.compactMap { $0["rows"] as? Int } == [500, 500, 500, 500])
        for path in [
            "../secret.csv", "\(folder.path)/secret.csv", "link.csv", "out/secret.csv", "\(folder.path)/data2/c.csv",
            "\(inside.path)2/c.csv", "none.csv", "sub", ".", "/etc/passwd", "/dev/zero", "sub/../../secret.csv",
        ] {
            let refused = try train(plant, ["a.csv", path], token: token)
            #expect(
                refused.status == 422 && Self.fields(refused) == ["normal_vibration_files[1]"],
                "\(path): \(refused.body)")
        }
        #expect(try Self.jobs(plant) == "queued")
        let closed = try await Plant()
        let other = try await closed.token(role: "engineer")
        let refused = try train(closed, ["a.csv"], token: other)
        #expect(refused.status == 422 && refused.body.contains("TRAINING_DATA_ROOT"), "\(refused.body)")
        #expect(try Self.jobs(closed) == "")
    }

    @Test("Remaining life is trained of a machine or a type, and a killed thin leaves jobs as they are")
    func remainingLife() async throws {
        let plant = try await Plant()
        let token = try await plant.token(role: "engineer")
        let session = try plant.database.session()
        try session.script(
            """
            INSERT INTO plant.equipment (id, name, type) VALUES ('pump-1', 'p', 'pump'), ('pump-2', 'p', 'pump');
            INSERT INTO plant.failure (equipment_id, failed_at)
            SELECT 'pump-' || i % 2 + 1, '2026-01-01'::timestamptz + i * INTERVAL '5 days' FROM generate_series(1, 9) AS i
            """)
        let url = "\(plant.thin.url)/api/v1/rul/train"
        let machine = try HTTPCall.send("POST", url + "?device_id=pump-1", token: token)
        #expect(machine.status == 202 && machine.object["device_id"] as? String == "pump-1", "\(machine.body)")
        #expect(machine.object["message"] is String && machine.object["status"] as? String == "queued")
        let type = try HTTPCall.post(url, "{\"equipment_type\":\"pump\",\"bucket\":\"1m\"}", token: token)
        #expect(type.status == 202 && type.object["equipment_type"] as? String == "pump", "\(type.body)")
        let both = try HTTPCall.send("POST", url + "?device_id=pump-1&equipment_type=pump", token: token)
        #expect(both.status == 422 && Self.fields(both) == ["device_id"])
        #expect(try HTTPCall.send("POST", url + "?device_id=nobody", token: token).status == 422)
        plant.thin.kill()
        try plant.thin.start()
        #expect(await plant.thin.waitForHealth())
        #expect(try Self.jobs(plant) == "queued queued")
        let list = try HTTPCall.get("\(plant.thin.url)/api/v1/training/jobs?kind=rul", token: token)
        #expect((list.object["items"] as? [Any])?.count == 2)
    }

    @Test("History replayed through a version says what was said then, and touches nothing live")
    func replay() async throws {
        let bundles = try BundleRoot()
        try bundles.install("dual", "press_1")
        let examples = try Examples("dual")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "engineer")
        let api = "\(plant.thin.url)/api/v1/serve-ml"
        let now = Int(Date.now.timeIntervalSince1970)
        let items = (0..<2500).map { index in
            "{\"equipment_id\":\"press_1\",\"power\":\"11kW\",\"time\":\(now - 3600 + index),\"features\":\(examples.json(index % examples.inputs.count))}"
        }
        for start in stride(from: 0, to: items.count, by: 500) {
            let answer = try HTTPCall.post(
                "\(api)/predict", "[\(items[start..<(start + 500)].joined(separator: ","))]", token: token,
                patience: 120)
            #expect(answer.object["scored"] as? Int == 500, "\(answer.body.prefix(300))")
        }
        let before = try plant.database.value(
            "SELECT md5(string_agg(p::text, ',' ORDER BY time)) FROM serve_ml_predictions AS p")
        let path = "\(api)/models/press_1/11kW/versions/v1/backtest"
        let span = "{\"from\":\"2020-01-01T00:00:00Z\",\"to\":\"2020-01-02T00:00:00Z\"}"
        let none = try HTTPCall.post(path, span, token: token)
        #expect(none.status == 422 && Self.fields(none) == ["from"], "\(none.body)")
        #expect(
            Self.fields(try HTTPCall.post(path, "{\"from\":7,\"till\":1}", token: token)).sorted() == [
                "from", "till", "to",
            ])
        let unknown = try HTTPCall.post("\(api)/models/press_1/11kW/versions/v7/backtest", span, token: token)
        #expect(unknown.status == 404, "\(unknown.body)")
        let from = try #require(try plant.database.value("SELECT api.iso(min(time)) FROM serve_ml_predictions"))
        let answer = try HTTPCall.post(path, "{\"from\":\"\(from)\",\"to\":\"2100-01-01T00:00:00Z\"}", token: token)
        #expect(answer.status == 422, "a span without end: \(answer.body)")
        let to = try #require(try plant.database.value("SELECT api.iso(now() + INTERVAL '1 hour')"))
        let replayed = try HTTPCall.post(
            path, "{\"from\":\"\(from)\",\"to\":\"\(to)\"}", token: token, patience: 120)
        #expect(replayed.status == 200, "\(replayed.body)")
        #expect(replayed.object["inputs"] as? Int == 2500 && replayed.object["agreement"] as? Double == 1)
        #expect(replayed.object["refused"] as? Int == 0 && replayed.object["state"] as? String == "done")
        #expect(
            try plant.database.value(
                """
                SELECT count(*) FROM ml.backtest_verdict AS v JOIN serve_ml_predictions AS p USING (time)
                WHERE v.is_anomaly = p.is_anomaly AND v.confidence = p.confidence AND v.ratio = p.ratio
                    AND v.severity IS NOT DISTINCT FROM p.severity
                """) == "2500")
        #expect(
            try plant.database.value(
                "SELECT md5(string_agg(p::text, ',' ORDER BY time)) FROM serve_ml_predictions AS p")
                == before)
        #expect(try HTTPCall.get(path, token: token).object["inputs"] as? Int == 2500)
    }
}
