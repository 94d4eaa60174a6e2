/// Which statements a connection has prepared, least recently used first to go. Pure: it sends nothing.
struct StatementCache {
    private struct Entry {
        var name: String
        var types: [UInt32]
        var lastUse: UInt64
    }

    let capacity: Int
    /// Names that must be deallocated on the server once that is possible.
    private(set) var evicted: [String] = []
    private(set) var count = 0
    private var entries: [String: [Entry]] = [:]
    private var clock: UInt64 = 0
    private var serial: UInt64 = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// The name under which this statement was prepared for these types. A NULL fits any type.
    mutating func find(_ sql: String, _ parameters: [Parameter]) -> String? {
        guard let index = entries.index(forKey: sql) else { return nil }
        let variants = entries.values[index]
        for position in variants.indices where Self.fits(variants[position].types, parameters) {
            clock += 1
            let name = variants[position].name
            entries.values[index][position].lastUse = clock
            return name
        }
        return nil
    }

    /// Registers a statement that is about to be prepared and gives it its name.
    mutating func insert(_ sql: String, types: [UInt32]) -> String {
        while count >= capacity { evictOldest() }
        clock += 1
        serial += 1
        let name = "mw\(serial)"
        entries[sql, default: []].append(Entry(name: name, types: types, lastUse: clock))
        count += 1
        return name
    }

    /// Forgets a statement that the server does not have (any more).
    /// - Parameter deallocate: the server may still have it (its plan is stale): it must be dropped there.
    mutating func remove(_ sql: String, name: String, deallocate: Bool) {
        guard var variants = entries[sql], let position = variants.firstIndex(where: { $0.name == name }) else {
            return
        }
        variants.remove(at: position)
        entries[sql] = variants.isEmpty ? nil : variants
        count -= 1
        if deallocate { evicted.append(name) }
    }

    /// The names to deallocate; the caller does it now.
    mutating func takeEvicted() -> [String] {
        defer { evicted = [] }
        return evicted
    }

    /// A linear search: it happens once per newly prepared statement and only when the cache is full.
    private mutating func evictOldest() {
        var oldest: (sql: String, entry: Entry)?
        for (sql, variants) in entries {
            for entry in variants where entry.lastUse < oldest?.entry.lastUse ?? .max { oldest = (sql, entry) }
        }
        guard let oldest else { return }
        remove(oldest.sql, name: oldest.entry.name, deallocate: true)
    }

    private static func fits(_ types: [UInt32], _ parameters: [Parameter]) -> Bool {
        guard types.count == parameters.count else { return false }
        for (type, parameter) in zip(types, parameters) where !parameter.isNull && type != parameter.typeOID {
            return false
        }
        return true
    }
}
