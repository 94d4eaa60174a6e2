/// The safetensors container: eight bytes of header length, a JSON header, then the raw tensors.
enum SafeTensors {
    /// Tensors by name. Refuses overlaps, gaps and shapes that disagree with the bytes, as the format demands.
    static func read(_ bytes: [UInt8], file: String) throws(BundleError) -> [String: Tensor] {
        func malformed(_ detail: String) -> BundleError { .malformedSafetensors(file: file, detail: detail) }
        guard bytes.count >= 8 else { throw malformed("shorter than its header") }
        var length: UInt64 = 0
        for index in 0..<8 { length |= UInt64(bytes[index]) << UInt64(8 * index) }
        guard length <= 1 << 20, 8 + Int(length) <= bytes.count else {
            throw malformed("the header's length is out of range")
        }
        let dataStart = 8 + Int(length)
        let header: JSONValue
        do { header = try JSONParser.parse(Array(bytes[8..<dataStart])) } catch {
            throw malformed("header: \(error.text)")
        }
        guard let members = header.members else { throw malformed("the header is not an object") }
        guard members.count <= BundleLimits.tensors + 1 else {
            throw malformed("more than \(BundleLimits.tensors) tensors")
        }

        var tensors: [String: Tensor] = [:]
        var ranges: [Range<Int>] = []
        for member in members where member.name != "__metadata__" {
            guard let name = member.value["dtype"]?.string else {
                throw malformed("\(BundleError.quoted(member.name)) has no dtype")
            }
            guard let type = ElementType(rawValue: name) else {
                throw .unsupportedType(file: file, tensor: member.name, type: name)
            }
            guard let extents = member.value["shape"]?.numbers, extents.count <= 8,
                let offsets = member.value["data_offsets"]?.numbers, offsets.count == 2
            else { throw malformed("\(BundleError.quoted(member.name)) has no shape or no data_offsets") }
            var shape: [Int] = []
            for extent in extents {
                guard let value = JSONValue.number(extent).integer(in: 0...BundleLimits.weightBytes) else {
                    throw malformed("\(BundleError.quoted(member.name)) has an impossible shape")
                }
                shape.append(value)
            }
            guard let count = elementCount(shape) else {
                throw malformed("\(BundleError.quoted(member.name)) has an impossible shape")
            }
            let space = 0...(bytes.count - dataStart)
            guard let start = JSONValue.number(offsets[0]).integer(in: space),
                let end = JSONValue.number(offsets[1]).integer(in: space),
                end >= start, end - start == count * type.size
            else { throw malformed("\(BundleError.quoted(member.name)): offsets and shape disagree") }
            ranges.append(start..<end)
            tensors[member.name] = Tensor(
                shape: shape, values: type.decode(bytes[(dataStart + start)..<(dataStart + end)], count: count))
        }
        var expected = 0
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            guard range.lowerBound == expected else { throw malformed("tensors overlap or leave a gap") }
            expected = range.upperBound
        }
        guard expected == bytes.count - dataStart else { throw malformed("bytes after the last tensor") }
        return tensors
    }
}
