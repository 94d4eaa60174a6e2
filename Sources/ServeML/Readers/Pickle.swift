/// The values that the pickle of a `state_dict` is made of. Nothing here can name code: a callable is one of three
/// known words.
indirect enum PickleValue {
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case tuple([PickleValue])
    case list([PickleValue])
    case dict([Member])
    case callable(Callable)
    case storage(StorageReference)
    case tensor(TensorReference)

    struct Member {
        var key: PickleValue
        var value: PickleValue
    }

    enum Callable: Equatable {
        case orderedDict
        case rebuildTensor
        case storageType(ElementType)
    }

    /// What a persistent id names: the archive's entry `data/<key>`, its element type and length.
    struct StorageReference {
        var type: ElementType
        var key: String
        var count: Int
    }

    /// A view into a storage, in elements.
    struct TensorReference {
        var storage: StorageReference
        var offset: Int
        var shape: [Int]
        var strides: [Int]
    }

    var int: Int? { if case .int(let value) = self { value } else { nil } }
    var string: String? { if case .string(let value) = self { value } else { nil } }

    var ints: [Int]? {
        guard case .tuple(let items) = self, items.count <= 8 else { return nil }
        var result: [Int] = []
        for item in items {
            guard let value = item.int else { return nil }
            result.append(value)
        }
        return result
    }
}

/// A pickle machine (protocols 2 to 5) that knows only what `torch.save` writes for a `state_dict`.
///
/// Every GLOBAL but the six below is refused by its name, every opcode but those used is refused by its number. So a
/// model file cannot run
/// anything, whatever it holds.
struct PickleMachine {
    private enum Item {
        case mark
        case value(PickleValue)
    }

    private static let globals: [String: PickleValue.Callable] = [
        "collections OrderedDict": .orderedDict,
        "torch._utils _rebuild_tensor_v2": .rebuildTensor,
        "torch DoubleStorage": .storageType(.float64),
        "torch FloatStorage": .storageType(.float32),
        "torch HalfStorage": .storageType(.float16),
        "torch BFloat16Storage": .storageType(.bfloat16),
    ]

    private let bytes: ArraySlice<UInt8>
    private let file: String
    private var position: Int
    private var stack: [Item] = []
    private var memo: [Int: PickleValue] = [:]

    /// Dictionary members in insertion order.
    static func load(_ bytes: ArraySlice<UInt8>, file: String) throws(BundleError) -> PickleValue {
        guard bytes.count <= BundleLimits.pickleBytes else {
            throw .tooLarge(file: file, bytes: bytes.count, limit: BundleLimits.pickleBytes)
        }
        var machine = PickleMachine(bytes: bytes, file: file, position: bytes.startIndex)
        return try machine.run()
    }

    private init(bytes: ArraySlice<UInt8>, file: String, position: Int) {
        self.bytes = bytes
        self.file = file
        self.position = position
    }

    private func malformed(_ detail: String) -> BundleError { .malformedPickle(file: file, detail: detail) }

    private mutating func run() throws(BundleError) -> PickleValue {
        while true {
            let opcode = try byte()
            switch opcode {
            case UInt8(ascii: "."):
                let result = try pop()
                guard stack.isEmpty else { throw malformed("values are left over") }
                return result
            case 0x80:
                let version = try byte()
                guard (2...5).contains(version) else { throw malformed("protocol \(version)") }
            case 0x95: _ = try unsigned(8)
            case UInt8(ascii: "("): stack.append(.mark)
            case UInt8(ascii: "}"): push(.dict([]))
            case UInt8(ascii: "]"): push(.list([]))
            case UInt8(ascii: ")"): push(.tuple([]))
            case UInt8(ascii: "N"): push(.none)
            case 0x88: push(.bool(true))
            case 0x89: push(.bool(false))
            case UInt8(ascii: "K"): push(.int(try unsigned(1)))
            case UInt8(ascii: "M"): push(.int(try unsigned(2)))
            case UInt8(ascii: "J"): push(.int(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
            case 0x8A: push(.int(try long(try unsigned(1))))
            case UInt8(ascii: "G"): push(.double(try double()))
            case 0x8C: push(.string(try text(try unsigned(1))))
            case UInt8(ascii: "X"): push(.string(try text(try unsigned(4))))
            case 0x8D: push(.string(try text(try unsigned(8))))
            case UInt8(ascii: "c"): push(try global(try line() + " " + line()))
            case 0x93: try stackGlobal()
            case 0x85: push(.tuple(try popMany(1)))
            case 0x86: push(.tuple(try popMany(2)))
            case 0x87: push(.tuple(try popMany(3)))
            case UInt8(ascii: "t"): push(.tuple(try popToMark()))
            case UInt8(ascii: "q"): try remember(try unsigned(1))
            case UInt8(ascii: "r"): try remember(try unsigned(4))
            case 0x94: try remember(memo.count)
            case UInt8(ascii: "h"): try recall(try unsigned(1))
            case UInt8(ascii: "j"): try recall(try unsigned(4))
            case UInt8(ascii: "s"):
                let pair = try popMany(2)
                try store(pair)
            case UInt8(ascii: "u"): try store(try popToMark())
            case UInt8(ascii: "a"): try extend(try popMany(1))
            case UInt8(ascii: "e"): try extend(try popToMark())
            case UInt8(ascii: "Q"): try persistentID()
            case UInt8(ascii: "R"): try reduce()
            case UInt8(ascii: "b"): try build()
            default: throw .forbiddenOpcode(file: file, opcode: opcode)
            }
        }
    }

    // MARK: Reading

    private mutating func byte() throws(BundleError) -> UInt8 {
        guard position < bytes.endIndex else { throw malformed("it ends early") }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func unsigned(_ count: Int) throws(BundleError) -> Int {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(try byte()) << UInt64(8 * index) }
        guard value <= UInt64(Int.max) else { throw malformed("a number is too large") }
        return Int(value)
    }

    private mutating func long(_ count: Int) throws(BundleError) -> Int {
        guard count <= 8 else { throw malformed("an integer of \(count) bytes") }
        guard count > 0 else { return 0 }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(try byte()) << UInt64(8 * index) }
        let unused = UInt64(64 - 8 * count)
        return Int(Int64(bitPattern: value << unused) >> Int64(unused))
    }

    private mutating func double() throws(BundleError) -> Double {
        var bits: UInt64 = 0
        for _ in 0..<8 { bits = bits << 8 | UInt64(try byte()) }
        return Double(bitPattern: bits)
    }

    private mutating func text(_ count: Int) throws(BundleError) -> String {
        guard count <= bytes.endIndex - position else { throw malformed("a string reaches past the end") }
        defer { position += count }
        guard let text = String(validating: bytes[position..<(position + count)], as: UTF8.self) else {
            throw malformed("a string is not UTF-8")
        }
        return text
    }

    private mutating func line() throws(BundleError) -> String {
        var end = position
        while end < bytes.endIndex, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        guard end < bytes.endIndex else { throw malformed("it ends early") }
        let line = try text(end - position)
        position += 1
        return line
    }

    // MARK: Stack and memo

    private mutating func push(_ value: PickleValue) { stack.append(.value(value)) }

    private mutating func pop() throws(BundleError) -> PickleValue {
        guard case .value(let value)? = stack.popLast() else { throw malformed("the stack is empty") }
        return value
    }

    private mutating func popMany(_ count: Int) throws(BundleError) -> [PickleValue] {
        var values: [PickleValue] = []
        for _ in 0..<count { values.append(try pop()) }
        return values.reversed()
    }

    private mutating func popToMark() throws(BundleError) -> [PickleValue] {
        var values: [PickleValue] = []
        while let item = stack.popLast() {
            guard case .value(let value) = item else { return values.reversed() }
            values.append(value)
        }
        throw malformed("a mark is missing")
    }

    private mutating func remember(_ key: Int) throws(BundleError) {
        guard case .value(let value)? = stack.last else { throw malformed("the stack is empty") }
        memo[key] = value
    }

    private mutating func recall(_ key: Int) throws(BundleError) {
        guard let value = memo[key] else { throw malformed("a memo entry is missing") }
        // Containers are values here: one that is filled after it was memoised would come back unfilled, so it is
        // refused.
        switch value {
        case .dict, .list, .tensor: throw malformed("a container is shared")
        case .tuple(let items) where items.contains(where: Self.isContainer): throw malformed("a container is shared")
        default: push(value)
        }
    }

    private static func isContainer(_ value: PickleValue) -> Bool {
        switch value {
        case .dict, .list, .tensor, .tuple: true
        default: false
        }
    }

    // MARK: Building

    private func global(_ name: String) throws(BundleError) -> PickleValue {
        guard let callable = Self.globals[name] else { throw .forbiddenGlobal(file: file, name: name) }
        return .callable(callable)
    }

    private mutating func stackGlobal() throws(BundleError) {
        let parts = try popMany(2)
        guard let module = parts[0].string, let name = parts[1].string else {
            throw malformed("a global without a name")
        }
        push(try global(module + " " + name))
    }

    private mutating func store(_ items: [PickleValue]) throws(BundleError) {
        guard items.count.isMultiple(of: 2), case .value(.dict(var members))? = stack.popLast() else {
            throw malformed("members outside a dictionary")
        }
        for index in stride(from: 0, to: items.count, by: 2) {
            members.append(.init(key: items[index], value: items[index + 1]))
        }
        push(.dict(members))
    }

    private mutating func extend(_ items: [PickleValue]) throws(BundleError) {
        guard case .value(.list(let list))? = stack.popLast() else { throw malformed("elements outside a list") }
        push(.list(list + items))
    }

    private mutating func persistentID() throws(BundleError) {
        guard case .tuple(let parts) = try pop(), parts.count == 5, parts[0].string == "storage",
            case .callable(.storageType(let type)) = parts[1], let key = parts[2].string, let count = parts[4].int,
            count >= 0
        else { throw malformed("a persistent id is not a storage") }
        push(.storage(.init(type: type, key: key, count: count)))
    }

    private mutating func reduce() throws(BundleError) {
        guard case .tuple(let arguments) = try pop(), case .callable(let callable) = try pop() else {
            throw malformed("a call without a callable")
        }
        switch callable {
        case .orderedDict:
            guard arguments.isEmpty else { throw malformed("OrderedDict with arguments") }
            push(.dict([]))
        case .rebuildTensor:
            // (storage, offset, size, stride, requires_grad, backward_hooks[, metadata])
            guard arguments.count >= 6, case .storage(let storage) = arguments[0], let offset = arguments[1].int,
                offset >= 0,
                let shape = arguments[2].ints, let strides = arguments[3].ints, shape.count == strides.count
            else { throw malformed("a tensor's description is not one") }
            push(.tensor(.init(storage: storage, offset: offset, shape: shape, strides: strides)))
        case .storageType: throw malformed("a storage type is called")
        }
    }

    /// `state_dict` carries its `_metadata` as an attribute; it says nothing that the tensors do not.
    private mutating func build() throws(BundleError) {
        _ = try pop()
        guard case .value(.dict)? = stack.last else { throw malformed("attributes outside a dictionary") }
    }
}
