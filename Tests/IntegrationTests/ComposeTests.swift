import Foundation
import TestSupport
import Testing

private enum PythonWithYAML {
    static let isAvailable = (try? TestTool.run("python3", ["-c", "import yaml"])) != nil
}

@Suite(
    "docker-compose.yml without an engine",
    .enabled(
        if: TestEnvironment.canKillDatabases && DeployedBroker.isAvailable && TestEnvironment.simulator != nil
            && PythonWithYAML.isAvailable, "needs make test's servers, mosquitto and python3-yaml"))
struct ComposeTests {
    @Test("Broker, migration, accounts, thin and simulator start with what the file gives them, and work together")
    func byHand() async throws {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        // a server of its own: the accounts are roles of the whole server
        let server = try PostgresServer()
        let tool = root.appendingPathComponent("tools/compose_by_hand.py").path
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("millwright-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let arguments = [
            "-c", "exec python3 \"$@\" >\"$0\" 2>&1", log.path, tool, "--thin", try #require(TestEnvironment.thin),
            "--simulator", try #require(TestEnvironment.simulator), "--psql",
            try #require(TestEnvironment.postgresBinaries) + "/psql", "--admin-url", server.url(database: "postgres"),
        ]
        let ended = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: (try? TestTool.run("sh", arguments)) != nil)
            }
        }
        #expect(ended, "\((try? String(contentsOf: log, encoding: .utf8)) ?? "")")
    }
}
