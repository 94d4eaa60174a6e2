/// Named numbers of one input, kept as bytes and doubles: a dictionary of strings would cost more than the arithmetic.
///
/// A feature has one value, or the values of a window, oldest first, for bundles that look at several steps. Units and
/// scale are those of the bundle's specification. A value that is NaN stands for `null`.
public struct FeatureValues: Sendable, Equatable {
    /// UTF-8 of all names, one after the other.
    var names: [UInt8] = []
    /// `ends[i]` is where name i ends in `names`.
    var ends: [Int32] = []
    /// All values, one feature after the other.
    private(set) var values: [Double] = []
    /// Where each feature's values end in `values`; empty as long as each has one.
    private var valueEnds: [Int32] = []

    public init() {}

    /// The dictionary's entries in the order of their names.
    public init(_ features: [String: Double]) {
        for (name, value) in features.sorted(by: { $0.key < $1.key }) { append(name, value) }
    }

    /// The dictionary's windows in the order of their names.
    public init(windows: [String: [Double]]) {
        for (name, window) in windows.sorted(by: { $0.key < $1.key }) { append(name, window) }
    }

    public var count: Int { ends.count }
    public var isEmpty: Bool { ends.isEmpty }

    /// Adds a name that is not there yet.
    public mutating func append(_ name: String, _ value: Double) {
        names.append(contentsOf: name.utf8)
        endName()
        values.append(value)
        endValues()
    }

    /// Adds a window under a name that is not there yet.
    public mutating func append(_ name: String, _ window: [Double]) {
        names.append(contentsOf: name.utf8)
        endName()
        values.append(contentsOf: window)
        endValues()
    }

    mutating func append(name: UnsafeRawBufferPointer) {
        names.append(contentsOf: name)
        endName()
    }

    mutating func append(name: String) {
        names.append(contentsOf: name.utf8)
        endName()
    }

    /// Adds a value to the feature that was named last. `endValues()` closes it.
    mutating func append(value: Double) { values.append(value) }

    private mutating func endName() { ends.append(Int32(truncatingIfNeeded: names.count)) }

    mutating func endValues() {
        if valueEnds.isEmpty {
            guard values.count != ends.count else { return }
            // The first feature that has another number of values: those before it had one each.
            valueEnds = (1..<Int32(ends.count)).map { $0 }
        }
        valueEnds.append(Int32(truncatingIfNeeded: values.count))
    }

    /// Makes room for `count` features of one value, whose names are about `nameBytes` long in all.
    mutating func reserve(_ count: Int, nameBytes: Int) {
        names.reserveCapacity(nameBytes)
        ends.reserveCapacity(count)
        values.reserveCapacity(count)
    }

    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index]) }

    /// Where the feature's values stand in `values`.
    func valueRange(_ index: Int) -> Range<Int> {
        valueEnds.isEmpty
            ? index..<(index + 1) : (index == 0 ? 0 : Int(valueEnds[index - 1]))..<Int(valueEnds[index])
    }

    public func name(_ index: Int) -> String { String(decoding: names[range(index)], as: UTF8.self) }

    /// The feature's value; of a window the newest one. NaN when it has none.
    public func value(_ index: Int) -> Double {
        let range = valueRange(index)
        return range.isEmpty ? .nan : values[range.upperBound - 1]
    }

    /// All values of the feature, oldest first.
    public func window(_ index: Int) -> ArraySlice<Double> { values[valueRange(index)] }

    /// The newest value under `name`, nil when the name is not there. Linear in the number of features.
    public subscript(name: String) -> Double? { position(name).map(value) }

    private func position(_ name: String) -> Int? {
        let wanted = name.utf8
        return (0..<count).first { index in
            let range = range(index)
            return range.count == wanted.count && names[range].elementsEqual(wanted)
        }
    }

    /// The newest value of each feature.
    public var dictionary: [String: Double] {
        var result: [String: Double] = [:]
        for index in 0..<count { result[name(index)] = value(index) }
        return result
    }

    /// A JSON object: numbers, or arrays where a feature has a window. What is not finite is null.
    public func json() -> [UInt8] {
        var writer = JSONWriter(capacity: 32 * count + 20 * values.count)
        writer.beginObject()
        for index in 0..<count {
            writer.name(name(index))
            let window = window(index)
            if window.count == 1, let value = window.first {
                writer.number(value)
                continue
            }
            writer.beginArray()
            for value in window { writer.number(value) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }
}

extension FeatureValues: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Double)...) {
        for (name, value) in elements { append(name, value) }
    }
}
