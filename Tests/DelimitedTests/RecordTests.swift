import Testing

@testable import Delimited

/// What a reader makes of bytes, piece by piece.
private func read(_ bytes: [UInt8], delimiter: Character = ",", pieces: Int = .max) throws -> [String] {
    var reader = RecordReader(MemoryBytes(bytes, pieceSize: pieces), delimiter: delimiter.asciiValue!)
    var lines: [String] = []
    while try reader.next() {
        lines.append("\(reader.line) " + (reader.fault?.rawValue ?? reader.texts().joined(separator: "|")))
    }
    return lines
}

@Suite struct RecordTests {
    @Test(
        arguments: [
            ("a,b\n1,2\n", ["1 a|b", "2 1|2"]), ("a,b\r\n1,2\r\n", ["1 a|b", "2 1|2"]),
            ("a,b\r1,2\r", ["1 a|b", "2 1|2"]),
            ("a,b\r\r\n\n1,2", ["1 a|b", "4 1|2"]), ("a,\n,b", ["1 a|", "2 |b"]), (",\n", ["1 |"]), ("", []),
            ("\n\r\n", []),
            ("\"a\nb\",\"c\"\"d\"\n1,2", ["1 a\nb|c\"d", "3 1|2"]), ("\"\"\n", ["1 "]),
            ("\"a\r\nb\"\nx", ["1 a\r\nb", "3 x"]),
            ("\"a\" ,b", ["1 a|b"]), ("a\"b,c", ["1 a\"b|c"]), ("\"\"\"\"", ["1 \""]),
            ("x\n\"a\"b,c\ny", ["1 x", "2 bad_quote", "3 y"]),
            ("x\n\"never", ["1 x", "2 bad_quote"]), ("x\na\u{0}b\ny", ["1 x", "2 nul_byte", "3 y"]),
            ("x\n\"a\u{0}\"\ny", ["1 x", "2 nul_byte", "3 y"]), ("온도,°C\n1,2", ["1 온도|°C", "2 1|2"]),
        ] as [(String, [String])], [1, 2, 3, 1000])
    func records(_ table: (text: String, expected: [String]), pieces: Int) throws {
        #expect(try read(Array(table.text.utf8), pieces: pieces) == table.expected)
    }

    /// Tables of random fields, written with random quotes and line ends, come back as they were, on their lines.
    @Test func whatWasWrittenIsRead() throws {
        var random = SystemRandomNumberGenerator()
        let letters: [Character] = ["a", "1", ",", ";", "\"", "\n", "\r", " ", "\t", "온", "'", "-"]
        for round in 0..<3000 {
            let delimiter: Character = [",", ";", "\t", "|"].randomElement(using: &random)!
            let ends = [["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]].randomElement(using: &random)!
            var text = ""
            var expected: [String] = []
            var line = 1
            for _ in 0..<Int.random(in: 1...6) {
                let fields = (0..<Int.random(in: 1...4)).map { _ in
                    String((0..<Int.random(in: 0...5)).map { _ in letters.randomElement(using: &random)! })
                }
                let written = fields.map { field in
                    let isBound =
                        field.contains { $0 == delimiter || $0 == "\"" || $0.isNewline }
                        || field.isEmpty && fields.count == 1
                    return isBound || Bool.random(using: &random)
                        ? "\"" + field.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\"" : field
                }
                expected.append("\(line) " + fields.joined(separator: "|"))
                let end = ends.randomElement(using: &random)!
                let record = written.joined(separator: String(delimiter)) + end
                // a CR before a field's or the next record's LF is one line end with it
                text += record
                line = 1 + lineEnds(text)
            }
            // where CR and LF of two records meet they are one: such a text is another table
            if ends.count > 1,
                text.unicodeScalars.split(separator: "\r").dropFirst().contains(where: { $0.first == "\n" })
            {
                continue
            }
            let got = try read(Array(text.utf8), delimiter: delimiter, pieces: Int.random(in: 1...9))
            #expect(got == expected, "round \(round): \(text.debugDescription)")
        }
    }

    private func lineEnds(_ text: String) -> Int {
        var (count, before) = (0, UInt8(0))
        for byte in text.utf8 {
            if byte == 13 || byte == 10 && before != 13 { count += 1 }
            before = byte
        }
        return count
    }

    /// Any bytes at all, in pieces of any size: an end, no crash, and the same answer.
    @Test func anyBytes() throws {
        let alphabet: [UInt8] = [0, 9, 10, 10, 13, 32, 34, 34, 34, 44, 44, 65, 66, 0xc3, 0xa4, 0xff]
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...40)).map { _ in alphabet.randomElement()! }
            let whole = try read(bytes)
            for pieces in [1, 2, 5] { #expect(try read(bytes, pieces: pieces) == whole, "\(bytes)") }
        }
    }

    @Test func longRecordsArePassedOver() throws {
        let long = [UInt8](repeating: 0x61, count: RecordReader.longestRecord + 10)
        for pieces in [1 << 16, .max] {
            #expect(
                try read(Array("x\n".utf8) + long + Array("\ny\n".utf8), pieces: pieces)
                    == ["1 x", "2 record_too_long", "3 y"])
            // an open quote does not take the rest of the file with it
            #expect(
                try read(Array("x\n\"".utf8) + long + Array("\ny\n".utf8), pieces: pieces)
                    == ["1 x", "2 record_too_long", "3 y"])
        }
    }

    @Test func linesAreSkipped() throws {
        var reader = RecordReader(MemoryBytes(Array("one \"\r\ntwo\rthree\na,b".utf8), pieceSize: 1), delimiter: 44)
        try reader.skip(lines: 3)
        #expect(try reader.next())
        #expect(reader.line == 4 && reader.texts() == ["a", "b"])
    }
}

private func bytes(_ hexadecimal: String) -> [UInt8] {
    var digits = hexadecimal[...]
    var bytes: [UInt8] = []
    while let byte = UInt8(digits.prefix(2), radix: 16) {
        bytes.append(byte)
        digits = digits.dropFirst(2)
    }
    return bytes
}

private func all(_ source: any ByteSource) throws -> [UInt8] {
    var buffer: [UInt8] = []
    while try source.read(into: &buffer) {}
    return buffer
}

@Suite struct ByteTests {
    @Test(
        arguments: [
            ("bfc2b5b5", Encoding.euckr, "온도"), ("8c63", .cp949, "똠"), ("4772f6df65", .latin1, "Größe"),
            ("80", .windows1252, "€"),
            ("fffe28c6c4b3", .auto, "온도"), ("feffc628b3c4", .auto, "온도"), ("fffe28c6c4b3", .utf16, "온도"),
            ("28c6c4b3", .utf16le, "온도"),
            ("c628b3c4", .utf16be, "온도"), ("efbbbf61", .auto, "a"), ("61", .auto, "a"), ("", .auto, ""),
            ("fffe3dd800de", .auto, "😀"),
        ] as [(String, Encoding, String)], [1, 2, 3, 100])
    func encodings(_ row: (hex: String, encoding: Encoding, text: String), pieces: Int) throws {
        let source = TextBytes(MemoryBytes(bytes(row.hex), pieceSize: pieces), row.encoding)
        #expect(String(decoding: try all(source), as: UTF8.self) == row.text)
    }

    @Test(arguments: [
        ("fffe28c6c4", Encoding.auto), ("61ff", .cp949), ("8c", .cp949), ("6100", .utf16), ("fffe00d8", .auto),
    ])
    func whatIsNoText(hex: String, encoding: Encoding) {
        #expect(throws: TableError.self) { try all(TextBytes(MemoryBytes(bytes(hex), pieceSize: 1), encoding)) }
    }

    private static let packed = bytes("1f8b08000000000002ff2bc9cc4dd529e132d431e20200baeed29b0b000000")

    @Test func gzip() throws {
        let text = "time,t\n1,2\n"
        for pieces in [1, 7, 1000] {
            #expect(
                String(decoding: try all(GzipBytes(MemoryBytes(Self.packed, pieceSize: pieces))), as: UTF8.self) == text
            )
            let two = Self.packed + Self.packed + [0, 0, 0]
            #expect(
                String(decoding: try all(GzipBytes(MemoryBytes(two, pieceSize: pieces))), as: UTF8.self) == text + text)
        }
        for length in 1..<Self.packed.count {
            #expect(throws: TableError.self) { try all(GzipBytes(MemoryBytes(Array(Self.packed.prefix(length))))) }
            #expect(throws: TableError.self) {
                try all(GzipBytes(MemoryBytes(Self.packed + Self.packed.prefix(length))))
            }
        }
        for index in 10..<Self.packed.count {
            var damaged = Self.packed
            damaged[index] ^= 0x55
            #expect(throws: TableError.self) { try all(GzipBytes(MemoryBytes(damaged))) }
        }
        #expect(throws: TableError.self) { try all(GzipBytes(MemoryBytes(Self.packed + [1, 2, 3]))) }
    }
}

@Suite struct NumberTests {
    private func number(_ text: String, _ mark: Character = ".") -> Result<Double, RecordFault> {
        Array(text.utf8).withUnsafeBufferPointer { NumberReader(decimalMark: mark.asciiValue!).read($0) }
    }

    @Test func everyDoubleComesBack() throws {
        for _ in 0..<50_000 {
            let value = Double(bitPattern: .random(in: 0...UInt64.max))
            guard value.isFinite else { continue }
            for text in ["\(value)", "  +\(abs(value)) "] {
                let expected = text.first == " " ? abs(value) : value
                #expect(try number(text).get().bitPattern == expected.bitPattern, "\(text)")
                #expect(
                    try number(text.replacing(".", with: ","), ",").get().bitPattern == expected.bitPattern, "\(text)")
            }
        }
        for _ in 0..<50_000 {
            let digits = (0..<Int.random(in: 1...25)).map { _ in "\(Int.random(in: 0...9))" }.joined()
            let text = "\(digits).\(Int.random(in: 0...999_999))e\(Int.random(in: -30...30))"
            #expect(try number(text).get() == Double(text)!, "\(text)")
        }
    }

    @Test(
        arguments: [
            "", " ", "-", "+", ".", "e5", "1e", "1e+", "1,5", "1,234.5", "1.234.5", "1 234", "1'234", "0x10", "1e5.5",
            "--1", "1-", "12abc",
            "１２", "1_000", "١",
        ])
    func whatIsNoNumber(_ text: String) { #expect(number(text) == .failure(.notNumeric)) }

    @Test(arguments: ["1.234,5", "1.5", "1,234,5", "1.234.567"])
    func withADecimalComma(_ text: String) { #expect(number(text, ",") == .failure(.notNumeric)) }

    @Test(arguments: ["NaN", "-inf", "Infinity", "1e400", "-1e999", "1.#INF", "nan"])
    func whatIsNotFinite(_ text: String) { #expect(number(text) == .failure(.nonFinite)) }
}
