import Glibc

/// Turns the C strings of topics into Swift Strings without an allocation for a topic that was seen lately.
///
/// A factory has a few hundred topics and millions of messages. The table is direct-mapped and never grows:
/// two topics in one slot only cost the allocation that would have been made anyway.
struct TopicCache {
    private struct Entry {
        var hash: UInt64
        var topic: String
    }

    private var slots: [Entry?]
    private let mask: Int
    /// Longer ones are not kept: a topic may have 65,535 bytes, and whoever sends many of those must not fill the memory.
    private static let longest = 512

    /// - Parameter capacity: number of slots; a power of two.
    init(capacity: Int = 4096) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0)
        slots = Array(repeating: nil, count: capacity)
        mask = capacity - 1
    }

    /// - Parameter cString: NUL-terminated; invalid UTF-8 is repaired as `String(cString:)` does.
    mutating func string(_ cString: UnsafePointer<CChar>) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
        var length = 0
        while cString[length] != 0 {
            hash = (hash ^ UInt64(UInt8(bitPattern: cString[length]))) &* 0x100_0000_01b3
            length += 1
        }
        let slot = Int(truncatingIfNeeded: hash ^ (hash >> 29)) & mask
        if let entry = slots[slot], entry.hash == hash, Self.equal(entry.topic, cString, length) {
            return entry.topic
        }
        let topic = String(cString: cString)
        if length <= Self.longest { slots[slot] = Entry(hash: hash, topic: topic) }
        return topic
    }

    private static func equal(_ topic: String, _ cString: UnsafePointer<CChar>, _ length: Int) -> Bool {
        // A native String always has contiguous storage; nil would only mean a missed hit.
        topic.utf8.withContiguousStorageIfAvailable { utf8 in
            guard utf8.count == length, let base = utf8.baseAddress else { return false }
            return memcmp(base, cString, length) == 0
        } ?? false
    }
}
