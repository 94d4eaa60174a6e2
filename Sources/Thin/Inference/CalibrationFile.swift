import Foundation
import Logging
import Pacing
import Postgres
import ServiceLifecycle

/// Hands the file that `RUL_CALIB_PATH` names to the database, once, when the process starts. What it holds, what is wrong
/// with it and whose thresholds it may change is decided in SQL (`ml.import_rul_calibration`).
final class CalibrationFile: Service {
    private static let importSQL = "SELECT ml.import_rul_calibration($1)"
    private static let maximumBytes = 4 << 20

    private let path: String?
    private let database: Client
    private let logger: Logger

    /// - Parameter path: nil: there is none.
    init(path: String?, database: Client, logger: Logger) {
        self.path = path
        self.database = database
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            if let path, let text = await read(path) { await hand(text) }
            // stay: a service that returns ends the process
            try? await gracefulShutdown()
        }
    }

    /// A file that cannot be read changes nothing: the thresholds that there are go on.
    private func read(_ path: String) async -> String? {
        await BlockingWork.run { [logger] in
            guard let file = FileHandle(forReadingAtPath: path),
                let bytes = try? file.read(upToCount: Self.maximumBytes + 1)
            else {
                logger.error("RUL_CALIB_PATH: the file cannot be read", metadata: ["path": "\(path)"])
                return nil
            }
            guard bytes.count <= Self.maximumBytes, let text = String(data: bytes, encoding: .utf8) else {
                logger.error(
                    "RUL_CALIB_PATH: not UTF-8, or more than \(Self.maximumBytes) bytes", metadata: ["path": "\(path)"])
                return nil
            }
            return text
        }
    }

    /// Until the database has taken or refused it.
    private func hand(_ text: String) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                let answer = try await database.query(Self.importSQL, [.jsonb(text)]).one().string(0) ?? ""
                logger.info("RUL_CALIB_PATH: thresholds of RUL-lite", metadata: ["answer": "\(answer.prefix(2000))"])
                return
            } catch let error as DatabaseError where error.sqlState.hasPrefix("22") || error.sqlState == "MW422" {
                logger.error(
                    "RUL_CALIB_PATH: the file is refused",
                    metadata: ["sqlstate": "\(error.sqlState)", "message": "\(error.message)"])
                return
            } catch {
                logger.warning("RUL_CALIB_PATH: not imported yet", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }
}
