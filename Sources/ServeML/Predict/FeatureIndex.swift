/// Name → position for one bundle's features: an open-addressing table over bytes, so that a look-up makes no string.
struct FeatureIndex: Sendable {
    let names: [String]
    private let bytes: [UInt8]
    private let ends: [Int32]
    /// Position + 1, or 0 for an empty slot. At most half full.
    private let slots: [Int32]

    init(_ names: [String]) {
        self.names = names
        var bytes: [UInt8] = []
        var ends: [Int32] = []
        for name in names {
            bytes.append(contentsOf: name.utf8)
            ends.append(Int32(bytes.count))
        }
        var size = 16
        while size < names.count * 2 { size *= 2 }
        var slots = [Int32](repeating: 0, count: size)
        for (position, name) in names.enumerated() {
            var name = name
            var slot = name.withUTF8 { Int(truncatingIfNeeded: Self.hash(UnsafeRawBufferPointer($0))) } & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(position + 1)
        }
        self.bytes = bytes
        self.ends = ends
        self.slots = slots
    }

    /// Eight bytes at a step; good enough for names that a trainer chose, and collisions only cost a comparison.
    @inline(__always)
    private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(name.count)
        var index = 0
        while index + 8 <= name.count {
            hash = (hash ^ name.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 29
            index += 8
        }
        while index < name.count {
            hash = (hash ^ UInt64(name[index])) &* 0x100_0000_01B3
            index += 1
        }
        return hash ^ hash >> 32
    }

    /// The position of the name, or nil.
    @inline(__always)
    func position(_ name: UnsafeRawBufferPointer) -> Int? {
        var slot = Int(truncatingIfNeeded: Self.hash(name)) & (slots.count - 1)
        while true {
            let entry = Int(slots[slot])
            guard entry > 0 else { return nil }
            let start = entry == 1 ? 0 : Int(ends[entry - 2])
            let end = Int(ends[entry - 1])
            if end - start == name.count {
                let same = bytes.withUnsafeBytes { known in
                    name.elementsEqual(UnsafeRawBufferPointer(rebasing: known[start..<end]))
                }
                if same { return entry - 1 }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
    }
}
