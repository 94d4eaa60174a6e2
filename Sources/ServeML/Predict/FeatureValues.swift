/// Named numbers of one input, kept as bytes and doubles: a dictionary of strings would cost more than the arithmetic.
///
/// Units and scale are those of the bundle's specification. A value that is NaN stands for `null`.
public struct FeatureValues: Sendable {
    /// UTF-8 of all names, one after the other.
    var names: [UInt8] = []
    /// `ends[i]` is where name i ends in `names`.
    var ends: [Int32] = []
    private(set) var values: [Double] = []

    public init() {}

    /// The dictionary's entries in the order of their names.
    public init(_ features: [String: Double]) {
        for (name, value) in features.sorted(by: { $0.key < $1.key }) { append(name, value) }
    }

    public var count: Int { values.count }

    /// Adds a name that is not there yet.
    public mutating func append(_ name: String, _ value: Double) {
        names.append(contentsOf: name.utf8)
        ends.append(Int32(names.count))
        values.append(value)
    }

    mutating func append(name: UnsafeRawBufferPointer, _ value: Double) {
        names.append(contentsOf: name)
        ends.append(Int32(names.count))
        values.append(value)
    }

    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index]) }

    public func name(_ index: Int) -> String { String(decoding: names[range(index)], as: UTF8.self) }
    public func value(_ index: Int) -> Double { values[index] }

    /// The value under `name`, nil when it is not there. Linear in the number of features.
    public subscript(name: String) -> Double? {
        let wanted = name.utf8
        for index in 0..<count {
            let range = range(index)
            if range.count == wanted.count, names[range].elementsEqual(wanted) { return values[index] }
        }
        return nil
    }

    public var dictionary: [String: Double] {
        var result: [String: Double] = [:]
        for index in 0..<count { result[name(index)] = value(index) }
        return result
    }
}

extension FeatureValues: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Double)...) {
        for (name, value) in elements { append(name, value) }
    }
}
