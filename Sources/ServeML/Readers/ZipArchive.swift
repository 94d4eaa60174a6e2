/// A zip archive whose entries are all stored, which is how PyTorch writes one.
///
/// Nothing is ever inflated, so no entry can be larger than the file: there is no room for a compression bomb.
struct ZipArchive {
    let file: String
    private let bytes: [UInt8]
    private let entries: [String: Range<Int>]

    var names: [String] { entries.keys.sorted() }

    init(_ bytes: [UInt8], file: String) throws(BundleError) {
        self.bytes = bytes
        self.file = file
        entries = try Self.directory(bytes, file)
    }

    subscript(name: String) -> ArraySlice<UInt8>? { entries[name].map { bytes[$0] } }

    private static func directory(_ bytes: [UInt8], _ file: String) throws(BundleError) -> [String: Range<Int>] {
        func malformed(_ detail: String) -> BundleError { .malformedArchive(file: file, detail: detail) }
        let (count, start) = try endRecord(bytes, file)
        guard count <= BundleLimits.zipEntries else { throw malformed("more than \(BundleLimits.zipEntries) entries") }
        let reader = LittleEndianReader(bytes)
        var entries: [String: Range<Int>] = [:]
        var position = start
        for _ in 0..<count {
            guard reader.u32(position) == 0x0201_4B50, let flags = reader.u16(position + 8),
                let method = reader.u16(position + 10),
                let checksum = reader.u32(position + 16), let packed = reader.u32(position + 20),
                let size = reader.u32(position + 24),
                let nameLength = reader.u16(position + 28), let extraLength = reader.u16(position + 30),
                let commentLength = reader.u16(position + 32), let offset = reader.u32(position + 42),
                let name = reader.text(position + 46, Int(nameLength))
            else { throw malformed("the central directory is cut short or not UTF-8") }
            guard method == 0 else { throw .compressedEntry(file: file, entry: name) }
            guard flags & 1 == 0 else { throw malformed("entry \(BundleError.quoted(name)) is encrypted") }
            guard packed == size else { throw malformed("entry \(BundleError.quoted(name)) is stored with two sizes") }
            let wide = try zip64(
                reader, position + 46 + Int(nameLength), Int(extraLength), size, packed, offset, malformed)
            // The local header repeats the name and has extra bytes of its own (PyTorch aligns data with them).
            guard reader.u32(wide.offset) == 0x0403_4B50, let localName = reader.u16(wide.offset + 26),
                let localExtra = reader.u16(wide.offset + 28)
            else { throw malformed("entry \(BundleError.quoted(name)) has no local header") }
            let data = wide.offset + 30 + Int(localName) + Int(localExtra)
            guard wide.size <= bytes.count, data <= bytes.count - wide.size else {
                throw malformed("entry \(BundleError.quoted(name)) reaches past the end")
            }
            let range = data..<(data + wide.size)
            guard entries.updateValue(range, forKey: name) == nil else {
                throw malformed("entry \(BundleError.quoted(name)) occurs twice")
            }
            guard CRC32.checksum(bytes[range]) == checksum else {
                throw malformed("entry \(BundleError.quoted(name)) has a wrong checksum")
            }
            position += 46 + Int(nameLength) + Int(extraLength) + Int(commentLength)
        }
        return entries
    }

    /// Number of entries and offset of the central directory, from the zip64 record where there is one.
    private static func endRecord(_ bytes: [UInt8], _ file: String) throws(BundleError) -> (count: Int, start: Int) {
        let reader = LittleEndianReader(bytes)
        let lowest = max(0, bytes.count - 22 - 65_535)
        var position = bytes.count - 22
        while position >= lowest, reader.u32(position) != 0x0605_4B50 { position -= 1 }
        guard position >= lowest, let count = reader.u16(position + 10), let start = reader.u32(position + 16) else {
            throw .malformedArchive(file: file, detail: "no end record")
        }
        guard count == 0xFFFF || start == 0xFFFF_FFFF else { return (Int(count), Int(start)) }
        guard reader.u32(position - 20) == 0x0706_4B50, let record = reader.offset(position - 12),
            reader.u32(record) == 0x0606_4B50, let wideCount = reader.offset(record + 32),
            let wideStart = reader.offset(record + 48)
        else { throw .malformedArchive(file: file, detail: "the zip64 end record is missing") }
        return (wideCount, wideStart)
    }

    /// Sizes and offsets that do not fit 32 bits stand in an extra field, in this order and only where marked.
    private static func zip64(
        _ reader: LittleEndianReader, _ start: Int, _ length: Int, _ size: UInt32, _ packed: UInt32, _ offset: UInt32,
        _ malformed: (String) -> BundleError
    ) throws(BundleError) -> (size: Int, offset: Int) {
        let mark: UInt32 = 0xFFFF_FFFF
        guard size == mark || offset == mark else { return (Int(size), Int(offset)) }
        var position = start
        while position + 4 <= start + length, let kind = reader.u16(position), let bytes = reader.u16(position + 2) {
            if kind == 1 {
                var field = position + 4
                let end = field + Int(bytes)
                func next() -> Int? {
                    guard field + 8 <= end else { return nil }
                    defer { field += 8 }
                    return reader.offset(field)
                }
                let wideSize = size == mark ? next() : Int(size)
                if packed == mark { _ = next() }
                let wideOffset = offset == mark ? next() : Int(offset)
                guard let wideSize, let wideOffset else { break }
                return (wideSize, wideOffset)
            }
            position += 4 + Int(bytes)
        }
        throw malformed("a zip64 extra field is missing")
    }
}

/// Bounds-checked little-endian reads: nil where the bytes end.
struct LittleEndianReader {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func word(_ position: Int, _ count: Int) -> UInt64? {
        guard position >= 0, position <= bytes.count - count else { return nil }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        return value
    }

    func u16(_ position: Int) -> UInt16? { word(position, 2).map { UInt16($0) } }
    func u32(_ position: Int) -> UInt32? { word(position, 4).map { UInt32($0) } }

    /// A 64-bit offset or count, nil when it could not be one in this file.
    func offset(_ position: Int) -> Int? {
        guard let value = word(position, 8), value <= UInt64(bytes.count) else { return nil }
        return Int(value)
    }

    func text(_ position: Int, _ count: Int) -> String? {
        guard position >= 0, count >= 0, position <= bytes.count - count else { return nil }
        return String(validating: bytes[position..<(position + count)], as: UTF8.self)
    }
}

/// The checksum of zip and gzip (reflected polynomial 0xEDB88320), eight bytes at a step.
enum CRC32 {
    private static let tables: [[UInt32]] = {
        var tables = [[UInt32]](repeating: [UInt32](repeating: 0, count: 256), count: 8)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            tables[0][index] = value
        }
        for level in 1..<8 {
            for index in 0..<256 {
                let previous = tables[level - 1][index]
                tables[level][index] = previous >> 8 ^ tables[0][Int(previous & 0xFF)]
            }
        }
        return tables
    }()

    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let flat = tables.flatMap(\.self)
        return bytes.withUnsafeBytes { buffer in
            flat.withUnsafeBufferPointer { table in
                var crc: UInt32 = 0xFFFF_FFFF
                var index = 0
                while index + 8 <= buffer.count {
                    let low = UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt32.self)) ^ crc
                    let high = UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self))
                    crc = table[7 * 256 + Int(low & 0xFF)] ^ table[6 * 256 + Int(low >> 8 & 0xFF)]
                    crc ^= table[5 * 256 + Int(low >> 16 & 0xFF)] ^ table[4 * 256 + Int(low >> 24)]
                    crc ^= table[3 * 256 + Int(high & 0xFF)] ^ table[2 * 256 + Int(high >> 8 & 0xFF)]
                    crc ^= table[256 + Int(high >> 16 & 0xFF)] ^ table[Int(high >> 24)]
                    index += 8
                }
                while index < buffer.count {
                    crc = crc >> 8 ^ table[Int((crc ^ UInt32(buffer[index])) & 0xFF)]
                    index += 1
                }
                return ~crc
            }
        }
    }
}
