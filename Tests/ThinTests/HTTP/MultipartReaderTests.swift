import Foundation
import TestSupport
import Testing

@testable import Thin

/// Forms with files, taken apart as they arrive: in pieces of any size, from seeds.
@Suite struct MultipartReaderTests {
    private struct Part: Equatable {
        var name: String
        var fileName: String?
        var content: [UInt8] = []
    }

    private static func read(_ bytes: [UInt8], boundary: String, pieces: () -> Int) throws -> (
        parts: [Part], whole: Bool
    ) {
        var reader = try MultipartReader(contentType: "multipart/form-data; boundary=\"\(boundary)\"")
        var parts: [Part] = []
        var isOpen = false
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(pieces())
            rest = rest.dropFirst(piece.count)
            for event in try reader.feed(piece) {
                switch event {
                case .part(let name, let fileName):
                    #expect(!isOpen)
                    isOpen = true
                    parts.append(Part(name: name, fileName: fileName))
                case .data(let data):
                    #expect(isOpen && !data.isEmpty)
                    parts[parts.count - 1].content += data
                case .partEnd:
                    #expect(isOpen)
                    isOpen = false
                }
            }
        }
        return (parts, reader.isComplete)
    }

    @Test("What a form was made of comes out of it, whatever the size of the pieces", arguments: 1...200)
    func property(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let boundary = String(
            ["B", "----WebKitFormBoundary7MA4", "a'()+_,-./:=? z", "--", "rn"].randomElement(using: &random)!)
        // pieces of what a delimiter is made of, so that contents look like one
        let crumbs: [[UInt8]] = [
            [0x0D], [0x0A], [0x2D], [0x0D, 0x0A], Array("--".utf8), Array(boundary.utf8), Array("\r\n--".utf8),
            Array(boundary.dropLast().utf8), Array("1,2,3\r\n".utf8), [0], [0xFF],
            Array("\r\n--\(boundary)".utf8.dropLast()),
        ]
        var expected: [Part] = []
        var body: [UInt8] = seed % 3 == 0 ? Array("this is a preamble\r\n".utf8) : []
        for index in 0..<Int.random(in: 0...4, using: &random) {
            var part = Part(
                name: "f\(index)", fileName: Bool.random(using: &random) ? "a;b=\"c\" \(index).csv" : nil)
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                part.content += crumbs.randomElement(using: &random)!
            }
            let delimiter = Array("\r\n--\(boundary)".utf8)
            // a content that has one in it, or makes one with what follows, would not be this form
            guard !(([0x0D, 0x0A] + part.content + delimiter.dropLast()).contains(delimiter)) else { continue }
            expected.append(part)
            let name = part.fileName.map { "; filename=\"\($0.replacingOccurrences(of: "\"", with: "\\\""))\"" } ?? ""
            body += Array(
                "--\(boundary)  \r\nContent-Type: text/csv\r\ncontent-disposition: form-data; name=\"\(part.name)\"\(name)\r\n\r\n"
                    .utf8
            )
            body += part.content + [0x0D, 0x0A]
        }
        body += Array("--\(boundary)--\r\nepilogue".utf8)
        for largest in [1, 2, 7, 64, 100_000] {
            let result = try Self.read(body, boundary: boundary) { Int.random(in: 1...largest, using: &random) }
            #expect(result.parts == expected && result.whole, "seed \(seed), pieces up to \(largest)")
            // cut short it is never whole
            let cut = Int.random(in: 0..<(body.count - 12 - boundary.utf8.count), using: &random)
            #expect(try !Self.read(Array(body[..<cut]), boundary: boundary) { largest }.whole)
        }
    }

    @Test(
        "What is no form is refused, with a status",
        arguments: [
            (nil, "", 415), ("text/plain", "", 415), ("multipart/form-data", "", 415),
            ("multipart/form-data; boundary=", "", 415),
            ("multipart/form-data; boundary=\(String(repeating: "b", count: 201))", "", 415),
            ("multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--", 400),
            ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", 400),
            (
                "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--",
                400
            ),
            ("multipart/form-data; boundary=b", "--b\r\nno colon\r\n\r\nx\r\n--b--", 400),
            ("multipart/form-data; boundary=b", "--b what\r\n\r\n\r\n", 400),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nx", 400
            ),
            ("multipart/form-data; boundary=b", "--b" + String(repeating: " ", count: 300), 400),
            ("multipart/form-data; boundary=b", String(repeating: "p", count: 10000), 400),
            ("multipart/form-data; boundary=b", "--b\r\n" + String(repeating: "h", count: 10000), 400),
            ("multipart/form-data; boundary=b", "--b\r\nx: " + String(repeating: "h", count: 9000) + "\r\n\r\n", 400),
        ] as [(String?, String, Int)])
    func refused(contentType: String?, body: String, status: Int) {
        var found = 0
        do throws(Problem) {
            var reader = try MultipartReader(contentType: contentType)
            for byte in body.utf8 { _ = try reader.feed([byte]) }
        } catch {
            found = error.status
        }
        #expect(found == status)
    }

    @Test("Lines are never cut, and nothing is lost", arguments: 1...30)
    func lines(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        var content = ""
        while content.utf8.count < 3 * LineCutter.pieceBytes {
            content +=
                String(repeating: "é,", count: Int.random(in: 0...(seed % 5 == 0 ? 20000 : 40), using: &random)) + "\n"
        }
        content += seed % 2 == 0 ? "no end" : ""
        var cutter = LineCutter()
        var pieces: [String] = []
        var rest = (seed % 3 == 0 ? [0xEF, 0xBB, 0xBF] : [] as [UInt8])[...] + Array(content.utf8)[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(Int.random(in: 1...70000, using: &random)))
            rest = rest.dropFirst(piece.count)
            pieces += try cutter.feed(piece)
        }
        #expect(pieces.allSatisfy { $0.hasSuffix("\n") && $0.utf8.count <= LineCutter.pieceBytes } && pieces.count >= 2)
        #expect(pieces.joined() + cutter.finish() == content)
    }

    @Test("A line without an end and a zero byte are refused")
    func noLines() {
        var long = LineCutter()
        #expect(throws: LineCutter.Failure.lineTooLong) {
            for _ in 0...LineCutter.pieceBytes / 1000 { _ = try long.feed([UInt8](repeating: 0x31, count: 1000)) }
        }
        var zero = LineCutter()
        #expect(throws: LineCutter.Failure.notText) { _ = try zero.feed([0x31, 0]) }
    }

    @Test("Who waits for a change gets it, also the one just before, and may stop waiting")
    func waits() async {
        let waits = TrainingWaits()
        let before = waits.generation
        waits.wake()
        await waits.change(since: before)
        let waiting = Task { await waits.change(since: waits.generation) }
        let others = (0..<50).map { _ in
            let generation = waits.generation
            return Task { await waits.change(since: generation) }
        }
        waiting.cancel()
        await waiting.value
        waits.wake()
        for other in others { await other.value }
        var entered = 0
        while waits.enter() { entered += 1 }
        #expect(entered == TrainingWaits.maximum)
        waits.leave()
        #expect(waits.enter())
    }
}

extension Array where Element == UInt8 {
    fileprivate func contains(_ other: [UInt8]) -> Bool {
        guard count >= other.count else { return false }
        return (0...(count - other.count)).contains { Array(self[$0..<($0 + other.count)]) == other }
    }
}
