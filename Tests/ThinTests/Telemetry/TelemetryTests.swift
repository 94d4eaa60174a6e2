import Foundation
import Logging
import Synchronization
import Testing

@testable import Thin

@Suite struct MetricsTests {
    @Test func rendersThePrometheusFormat() {
        let registry = MetricsRegistry()
        registry.counter("a_total", "Counts\nthings.", labels: ["path": "a\"b\\c\nd"]).increment(by: 3)
        registry.gauge("b", "A gauge.").set(1.5)
        registry.function("c", "A function.") { 42 }
        let histogram = registry.histogram("d_seconds", "A histogram.", buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        var text = ""
        registry.render(into: &text)
        #expect(
            text == """
                # HELP a_total Counts\\nthings.
                # TYPE a_total counter
                a_total{path="a\\"b\\\\c\\nd"} 3
                # HELP b A gauge.
                # TYPE b gauge
                b 1.5
                # HELP c A function.
                # TYPE c gauge
                c 42
                # HELP d_seconds A histogram.
                # TYPE d_seconds histogram
                d_seconds_bucket{le="0.1"} 2
                d_seconds_bucket{le="1"} 3
                d_seconds_bucket{le="+Inf"} 4
                d_seconds_sum 7.65
                d_seconds_count 4

                """)
    }

    @Test func theSameLabelsAreTheSameCounter() {
        let registry = MetricsRegistry()
        registry.counter("x_total", "x", labels: ["a": "1"]).increment()
        registry.counter("x_total", "x", labels: ["a": "1"]).increment()
        #expect(registry.counter("x_total", "x", labels: ["a": "1"]).value == 2)
        #expect(registry.counter("x_total", "x", labels: ["a": "2"]).value == 0)
    }

    @Test func labelsAreBounded() {
        let registry = MetricsRegistry()
        for index in 0..<(MetricsRegistry.maximumChildren + 100) {
            registry.counter("y_total", "y", labels: ["id": "\(index)"]).increment()
        }
        #expect(registry.counter("y_total", "y", labels: ["id": "new"]).value == 100)
    }

    @Test func updatesFromManyTasksAllCount() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("z_total", "z")
        let gauge = registry.gauge("g", "g")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        gauge.add(0.5)
                    }
                }
            }
        }
        #expect(counter.value == 8000 && gauge.value == 4000)
    }
}

@Suite struct LogTests {
    private func lines(_ format: Configuration.LogFormat, _ body: (inout Logger) -> Void) -> String {
        let text = Box()
        var logger = Logger(label: "test") { label in
            LineLogHandler(label: label, format: format, level: .debug, output: LogOutput { text.append($0) })
        }
        body(&logger)
        return text.value
    }

    private final class Box: Sendable {
        private let storage = Mutex("")
        var value: String { storage.withLock { $0 } }
        func append(_ text: String) { storage.withLock { $0 += text } }
    }

    @Test func jsonLinesParse() throws {
        let text = lines(.json) { logger in
            logger[metadataKey: "who"] = "a\"b\u{1}\n"
            logger.warning(
                "something\nhappened",
                metadata: [
                    "ms": .stringConvertible(1.25), "ok": .stringConvertible(true), "list": ["x", ["y": "z"]],
                    "hb.request.id": "9",
                ])
        }
        #expect(text.hasSuffix("}\n") && text.filter { $0 == "\n" }.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["message"] as? String == "something\nhappened" && object["who"] as? String == "a\"b\u{1}\n")
        #expect(
            object["level"] as? String == "warning" && object["ms"] as? Double == 1.25 && object["ok"] as? Bool == true)
        #expect(object["hb.request.id"] == nil)
    }

    @Test func textLinesCannotBeForged() {
        let text = lines(.text) { $0.info("line\nFAKE ERROR \u{1b}[31m", metadata: ["a": "b\nc"]) }
        #expect(text.filter { $0 == "\n" }.count == 1 && !text.contains("\u{1b}"))
    }

    @Test func timesAreUTCWithMicroseconds() {
        #expect(ISO8601.string(microseconds: 0) == "1970-01-01T00:00:00.000000Z")
        #expect(ISO8601.string(microseconds: -1) == "1969-12-31T23:59:59.999999Z")
        #expect(ISO8601.string(microseconds: 1_795_411_899_360_407) == "2026-11-23T05:31:39.360407Z")
    }
}

@Suite struct DeadlineTests {
    @Test func aFastOperationWins() async throws {
        #expect(try await withDeadline(.seconds(5)) { 7 } == 7)
        await #expect(throws: CancellationError.self) {
            try await withDeadline(.seconds(5)) { throw CancellationError() }
        }
    }

    @Test func oneThatIgnoresItsCancellationDoesNotHoldUs() async {
        let started = ContinuousClock.now
        await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.milliseconds(50)) {
                await withCheckedContinuation { continuation in
                    Task.detached {
                        try? await Task.sleep(for: .seconds(30))
                        continuation.resume()
                    }
                }
            }
        }
        // far less than the operation takes; a machine under load has slow timers
        #expect(ContinuousClock.now - started < .seconds(10))
    }
}

@Suite struct HealthTests {
    @Test func aPartThatHangsDoesNotHoldUpTheAnswer() async throws {
        let monitor = HealthMonitor(instance: "i")
        monitor.register("good") { .healthy(["lag": "0.5"]) }
        monitor.register("stuck") {
            try? await Task.sleep(for: .seconds(30))
            return .healthy()
        }
        let started = ContinuousClock.now
        let report = await monitor.report()
        #expect(HealthMonitor.probeDeadline < .seconds(1))
        #expect(ContinuousClock.now - started < .seconds(10))
        #expect(!report.isHealthy)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        #expect(object["problems"] as? [String] == ["stuck: does not answer"])
        let parts = try #require(object["parts"] as? [String: [String: Any]])
        #expect(parts["good"]?["lag"] as? Double == 0.5 && parts["stuck"]?["status"] as? String == "down")
    }

    @Test func theDatabasesOwnReportIsRead() {
        #expect(PartHealth(database: "{\"status\": \"ok\", \"lag\": 3}").isHealthy)
        let down = PartHealth(database: "{\"status\": \"down\", \"problems\": [\"disk\", \"jobs\"]}")
        #expect(!down.isHealthy && down.problem == "disk; jobs")
        #expect(!PartHealth(database: nil).isHealthy)
        #expect(!PartHealth(database: "{\"status\": \"of a newer version\"}").isHealthy)
    }

    @Test func whatIsDegradedWorksAndSaysSo() async throws {
        let monitor = HealthMonitor(instance: "i")
        monitor.register("good") { .healthy() }
        monitor.register("database") {
            PartHealth(database: "{\"status\": \"degraded\", \"problems\": [\"job \\\"x\\\" fails\"]}")
        }
        let report = await monitor.report()
        #expect(report.isHealthy && report.level == .degraded)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        #expect(object["status"] as? String == "degraded")
        #expect(object["problems"] as? [String] == ["database: job \"x\" fails"])
        let parts = try #require(object["parts"] as? [String: [String: Any]])
        #expect(parts["database"]?["status"] as? String == "degraded" && parts["good"]?["status"] as? String == "ok")
        monitor.register("broker") { .unhealthy("not connected") }
        let worse = await monitor.report()
        #expect(worse.level == .down)
        var text = ""
        worse.render(into: &text)
        #expect(text.contains("\nthin_health{part=\"good\"} 0\nthin_health{part=\"database\"} 1\n"))
        #expect(text.contains("\nthin_health{part=\"broker\"} 2\n"))
    }
}
