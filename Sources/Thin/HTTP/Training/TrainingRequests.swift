import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Postgres
import ServiceLifecycle
import Synchronization

/// Requests that queue a training: what they ask for is decided in the database (`api.train`); their files are handed on
/// as they arrive, a piece at a time.
final class TrainingRequests: Sendable {
    /// For all files of a request.
    private static let uploadDeadline: Duration = .seconds(600)
    /// Requests that bring files at the same time: each keeps a connection to the database busy.
    private static let maximumUploads = 2
    /// A field of a form that is no file, bytes.
    private static let maximumField = 65536
    private static let readSize = 64 << 10

    private let executor: RouteExecutor
    private let waits: TrainingWaits
    /// Where files of the server may lie; nil: none are read.
    private let folder: String?
    private let uploads = Mutex(0)

    init(executor: RouteExecutor, waits: TrainingWaits, folder: String?) {
        self.executor = executor
        self.waits = waits
        self.folder = folder
    }

    var handlers: [String: StreamHandler] {
        [
            "train_with_data": { try await self.trainWithData($0) },
            "upload_and_train": { try await self.uploadAndTrain($0) },
            "train_rul": { try await self.trainRUL($0) },
        ]
    }

    // MARK: The three requests

    private func trainWithData(_ request: StreamRequest) async throws -> StreamAnswer {
        let (wait, query) = try Self.wait(request.query)
        let body = try await RequestBodyReader.read(request.request, route: request.route, willRead: request.willRead)
        let begun = try await begin(request, query: query, body: Self.text(body.content), kind: nil, hasFiles: false)
        if !begun.read.isEmpty {
            try await receiving(begun.job, request) {
                try await self.limitingUploads { try await self.read(begun.read, job: begun.job, request) }
            }
        }
        return try await answer(begun, request, wait: wait)
    }

    private func trainRUL(_ request: StreamRequest) async throws -> StreamAnswer {
        let (wait, query) = try Self.wait(request.query)
        let body = try await RequestBodyReader.read(request.request, route: request.route, willRead: request.willRead)
        let begun = try await begin(request, query: query, body: Self.text(body.content), kind: "rul", hasFiles: false)
        return try await answer(begun, request, wait: wait)
    }

    private func uploadAndTrain(_ request: StreamRequest) async throws -> StreamAnswer {
        let (wait, query) = try Self.wait(request.query)
        let headers = request.request.headers
        let limit = request.route.maxBodyBytes
        let length = headers[.contentLength].flatMap { Int($0) }
        if let length, length > limit { throw Problem.tooLarge(limit: limit) }
        if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
            throw Problem.unsupportedContentEncoding
        }
        let reader = try MultipartReader(contentType: headers[.contentType])
        let begun = try await limitingUploads {
            request.willRead()
            do {
                return try await withDeadline(Self.uploadDeadline) {
                    try await self.take(request, reader: reader, query: query, length: length)
                }
            } catch let failure as HTTPParserError {
                throw ParserRefusal.problem(failure)
            } catch is DeadlineExceeded {
                throw Problem.timeout("the files did not arrive within \(Self.uploadDeadline.components.seconds) s")
            }
        }
        return try await answer(begun, request, wait: wait)
    }

    // MARK: Files that come with the request

    /// Fields first, which say what is to be trained; with the first file it begins.
    private func take(
        _ request: StreamRequest, reader: MultipartReader, query: [(name: String, value: String)], length: Int?
    ) async throws -> Begun {
        var reader = reader
        var query = query
        var begun: Begun?
        do {
            var field: (name: String, value: [UInt8])?
            var file: IncomingFile?
            var files = 0
            var bytes = 0
            for try await buffer in request.request.body {
                bytes += buffer.readableBytes
                guard bytes <= request.route.maxBodyBytes else {
                    throw Problem.tooLarge(limit: request.route.maxBodyBytes)
                }
                for event in try reader.feed(buffer.readableBytesView) {
                    switch event {
                    case .part(let name, nil):
                        guard begun == nil else {
                            throw Problem.invalid([.init(field: name, message: "must come before the files")])
                        }
                        field = (name, [])
                    case .part(let name, let fileName?):
                        if begun == nil {
                            begun = try await begin(request, query: query, body: nil, kind: nil, hasFiles: true)
                        }
                        file = IncomingFile(list: name, name: fileName, number: files)
                        files += 1
                    case .data(let data):
                        if field != nil {
                            field?.value += data
                            guard field?.value.count ?? 0 <= Self.maximumField else {
                                throw Problem.invalid([
                                    .init(field: field?.name ?? "", message: "has more than \(Self.maximumField) bytes")
                                ])
                            }
                        } else if let job = begun?.job {
                            for piece in try file?.feed(data) ?? [] {
                                try await send(piece, isLast: false, of: file, job: job, request)
                            }
                        }
                    case .partEnd:
                        if let (name, value) = field {
                            query.append((name, try Self.text(value, field: name)))
                            field = nil
                        } else if let job = begun?.job, let piece = file?.finish() {
                            try await send(piece, isLast: true, of: file, job: job, request)
                            file = nil
                        }
                    }
                }
            }
            // a connection that breaks off is a body that ends, to whoever reads it
            guard reader.isComplete, length == nil || bytes == length else {
                throw Problem.malformed("the request ends too early")
            }
            guard let begun else {
                throw Problem.invalid([.init(field: "normal_current_files", message: "must have a file")])
            }
            _ = try await call("SELECT ml.release_training($1)::text", [.int8(begun.job)], request)
            return begun
        } catch {
            if let begun { await drop(begun.job, request) }
            throw error
        }
    }

    private func send(
        _ piece: String, isLast: Bool, of file: IncomingFile?, job: Int64, _ request: StreamRequest
    ) async throws {
        guard let file else { return }
        _ = try await call(
            "SELECT ml.receive_training_file($1, $2, $3, $4, $5, $6)::text",
            [
                .int8(job), .int4(Int32(file.number)), .text(file.role), .text(file.name), .text(piece), .bool(isLast),
            ], request)
    }

    // MARK: Files of the server

    private func read(_ files: [Begun.File], job: Int64, _ request: StreamRequest) async throws {
        var places: [String: Int] = [:]
        for (number, file) in files.enumerated() {
            let list = file.role + "_files"
            let field = "\(list)[\(places[list, default: 0])]"
            places[list, default: 0] += 1
            var incoming = IncomingFile(list: list, name: file.path, number: number)
            let handle = try await open(file.path, field: field)
            defer { try? handle.close() }
            while true {
                let data = try await BlockingWork.run { try handle.read(upToCount: Self.readSize) ?? Data() }
                guard !data.isEmpty else { break }
                for piece in try incoming.feed(Array(data)) {
                    try await send(piece, isLast: false, of: incoming, job: job, request)
                }
            }
            try await send(incoming.finish(), isLast: true, of: incoming, job: job, request)
        }
        _ = try await call("SELECT ml.release_training($1)::text", [.int8(job)], request)
    }

    /// A file below the folder, wherever links lead. Whether there is one elsewhere is nobody's business: what lies
    /// outside is answered as what does not exist.
    private func open(_ path: String, field: String) async throws -> FileHandle {
        guard let folder else {
            throw Problem.invalid([
                .init(field: field, message: "this server reads no files of its own (TRAINING_DATA_ROOT is not set)")
            ])
        }
        let handle = await BlockingWork.run { () -> FileHandle? in
            let root = URL(fileURLWithPath: folder, isDirectory: true).resolvingSymlinksInPath().standardizedFileURL
                .path
            let url = path.hasPrefix("/") ? URL(fileURLWithPath: path) : URL(fileURLWithPath: root + "/" + path)
            let file = url.standardizedFileURL.resolvingSymlinksInPath().standardizedFileURL.path
            let prefix = root.hasSuffix("/") ? root : root + "/"
            guard file.hasPrefix(prefix),
                let attributes = try? FileManager.default.attributesOfItem(atPath: file),
                attributes[.type] as? FileAttributeType == .typeRegular
            else { return nil }
            return FileHandle(forReadingAtPath: file)
        }
        guard let handle else {
            throw Problem.invalid([.init(field: field, message: "is no file under the server's folder for training")])
        }
        return handle
    }

    // MARK: The database

    private struct Begun: Decodable, Sendable {
        struct File: Decodable, Sendable {
            let role: String
            let path: String
        }
        let job: Int64
        let read: [File]
        let longestWait: Double

        enum CodingKeys: String, CodingKey {
            case job = "job_id"
            case read
            case longestWait = "longest_wait"
        }
    }

    private func begin(
        _ request: StreamRequest, query: [(name: String, value: String)], body: String?, kind: String?, hasFiles: Bool
    ) async throws -> Begun {
        var members = "{"
        var seen: Set<String> = []
        for (name, value) in query {
            guard seen.insert(name).inserted else {
                throw Problem.invalid([.init(field: name, message: "is given twice")])
            }
            if members.utf8.count > 1 { members += "," }
            members.appendJSONString(name)
            members += ":"
            members.appendJSONString(value)
        }
        let result = try await call(
            "SELECT api.train($1::jsonb, $2::jsonb, $3, $4)::text",
            [
                .jsonb(members + "}"), body.map(Parameter.jsonb) ?? .null, kind.map(Parameter.text) ?? .null,
                .bool(hasFiles),
            ], request)
        guard let result, let begun = try? JSONDecoder().decode(Begun.self, from: Data(result.utf8)) else {
            throw Problem.internalError
        }
        return begun
    }

    private func call(_ sql: String, _ parameters: [Parameter], _ request: StreamRequest) async throws -> String? {
        try await executor.execute(
            BoundCall(sql: sql, parameters: parameters, members: []), request: request.begin,
            role: request.caller.role, timeoutMilliseconds: request.route.timeoutMilliseconds)
    }

    private func receiving(
        _ job: Int64, _ request: StreamRequest, _ body: @Sendable () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch {
            await drop(job, request)
            throw error
        }
    }

    /// As if it had never been. What cannot be dropped now is given up later (ml.sweep_training).
    private func drop(_ job: Int64, _ request: StreamRequest) async {
        await Task {
            _ = try? await self.call("SELECT ml.drop_training($1)::text", [.int8(job)], request)
        }.value
    }

    private func limitingUploads<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let isFree = uploads.withLock { count in
            guard count < Self.maximumUploads else { return false }
            count += 1
            return true
        }
        guard isFree else { throw Problem.unavailable("the files of other trainings are being taken in") }
        defer { uploads.withLock { $0 -= 1 } }
        return try await body()
    }

    // MARK: The answer

    /// The job as it is, or as it is when it is over or has been waited for long enough.
    private func answer(_ begun: Begun, _ request: StreamRequest, wait: Double) async throws -> StreamAnswer {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(min(wait, begun.longestWait))
        let mayWait = wait > 0 && waits.enter()
        defer { if mayWait { waits.leave() } }
        while true {
            let generation = waits.generation
            let job = try await call("SELECT api.get_training_job($1)::text", [.int8(begun.job)], request) ?? "{}"
            let left = end - clock.now
            let isOver = Self.isOver(job)
            guard !isOver, mayWait, left > .zero, !Task.isShuttingDownGracefully else {
                return StreamAnswer(
                    body: job, status: isOver ? 200 : request.route.successStatus,
                    headers: [.location: "/api/v1/training/jobs/\(begun.job)"])
            }
            // whatever ends it, the job is looked at once more
            try? await withDeadline(left) {
                await cancelWhenGracefulShutdown { await self.waits.change(since: generation) }
            }
            try Task.checkCancellation()
        }
    }

    private static func isOver(_ job: String) -> Bool {
        struct Job: Decodable {
            let finishedAt: String?

            enum CodingKeys: String, CodingKey {
                case finishedAt = "finished_at"
            }
        }
        return (try? JSONDecoder().decode(Job.self, from: Data(job.utf8)))?.finishedAt != nil
    }

    // MARK: What is sent

    private static let longestWait = 86_400.0

    private static func wait(
        _ query: [(name: String, value: String)]
    ) throws(Problem) -> (Double, [(name: String, value: String)]) {
        let given = query.filter { $0.name == "wait" }
        guard let text = given.first?.value else { return (0, query) }
        guard given.count == 1, let seconds = Double(text), (0...longestWait).contains(seconds) else {
            throw .invalid([.init(field: "wait", message: "must be 0 to \(Int(longestWait)) seconds, given once")])
        }
        return (seconds, query.filter { $0.name != "wait" })
    }

    private static func text(_ body: RequestBodyContent) throws(Problem) -> String? {
        switch body {
        case .none: return nil
        case .json(let bytes):
            do {
                _ = try JSONScanner.value(of: bytes)
            } catch {
                throw .notJSON(error)
            }
            return String(decoding: bytes, as: UTF8.self)
        case .form: throw .unsupportedMediaType("application/json")
        }
    }

    private static func text(_ bytes: [UInt8], field: String) throws(Problem) -> String {
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid([.init(field: field, message: "must be UTF-8 without NUL")])
        }
        return text
    }
}

/// A file on its way into the database.
private struct IncomingFile {
    /// The member that it is in: `normal_current_files`.
    let list: String
    let name: String
    /// Its place among the files of the request.
    let number: Int
    private var cutter = LineCutter()

    /// Longest name that is kept, in characters: the end of it.
    private static let longestName = 255

    init(list: String, name: String, number: Int) {
        self.list = list
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? "file"
        self.name = String(last.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) }.suffix(Self.longestName))
        self.number = number
    }

    /// As `ml.training_upload.role` names it. What is none is refused there.
    var role: String { list.hasSuffix("_files") ? String(list.dropLast("_files".count)) : list }

    mutating func feed(_ bytes: [UInt8]) throws(Problem) -> [String] {
        do {
            return try cutter.feed(bytes)
        } catch {
            switch error {
            case .lineTooLong: throw refusal("has a line of more than \(LineCutter.pieceBytes) bytes")
            case .notText: throw refusal("is no text in UTF-8: it has a zero byte")
            }
        }
    }

    mutating func finish() -> String { cutter.finish() }

    private func refusal(_ what: String) -> Problem {
        .invalid([.init(field: list, message: "\(name) \(what)")])
    }
}
