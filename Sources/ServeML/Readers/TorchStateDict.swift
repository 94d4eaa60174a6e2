/// A PyTorch `state_dict` as `torch.save` writes it since 1.6: a stored zip of `data.pkl` and one raw little-endian
/// blob per storage.
enum TorchStateDict {
    /// Tensors by parameter name.
    static func read(_ bytes: [UInt8], file: String) throws(BundleError) -> [String: Tensor] {
        let archive = try ZipArchive(bytes, file: file)
        guard let pickleName = archive.names.first(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }) else {
            throw .malformedArchive(file: file, detail: "no data.pkl")
        }
        let prefix = String(pickleName.dropLast("data.pkl".count))
        if let order = archive[prefix + "byteorder"], !order.elementsEqual("little".utf8) {
            throw .malformedArchive(file: file, detail: "the byte order is not little-endian")
        }
        guard case .dict(let members) = try PickleMachine.load(archive[pickleName] ?? [], file: file) else {
            throw .malformedPickle(file: file, detail: "the top is not a state_dict")
        }
        guard members.count <= BundleLimits.tensors else {
            throw .malformedPickle(file: file, detail: "more than \(BundleLimits.tensors) tensors")
        }
        var tensors: [String: Tensor] = [:]
        // Tensors may share one storage, so the sum is bounded too: a small file must not become a large table.
        var total = 0
        for member in members {
            guard let name = member.key.string, case .tensor(let reference) = member.value else {
                throw .malformedPickle(file: file, detail: "the state_dict holds something other than named tensors")
            }
            total += elementCount(reference.shape) ?? 0
            guard total <= BundleLimits.weightBytes / 4 else {
                throw .tooLarge(file: file, bytes: total * 4, limit: BundleLimits.weightBytes)
            }
            guard tensors.updateValue(try tensor(reference, name, archive, prefix), forKey: name) == nil else {
                throw .malformedPickle(file: file, detail: "tensor \(BundleError.quoted(name)) occurs twice")
            }
        }
        return tensors
    }

    private static func tensor(
        _ reference: PickleValue.TensorReference, _ name: String, _ archive: ZipArchive, _ prefix: String
    ) throws(BundleError) -> Tensor {
        let file = archive.file
        func wrong(_ detail: String) -> BundleError {
            .shapeMismatch(file: file, detail: "tensor \(BundleError.quoted(name)): \(detail)")
        }
        guard let count = elementCount(reference.shape) else { throw wrong("an impossible shape") }
        var stride = 1
        for (extent, actual) in zip(reference.shape, reference.strides).reversed() {
            // The stride along an extent of one is never used, and PyTorch leaves anything there.
            if extent > 1, actual != stride { throw .nonContiguous(file: file, tensor: name) }
            stride *= max(1, extent)
        }
        let storage = reference.storage
        guard let blob = archive[prefix + "data/" + storage.key] else { throw .missingTensor(file: file, tensor: name) }
        let size = storage.type.size
        guard storage.count <= blob.count / size else { throw wrong("its storage is shorter than it says") }
        guard reference.offset <= storage.count, count <= storage.count - reference.offset else {
            throw wrong("it reaches past its storage")
        }
        let start = blob.startIndex + reference.offset * size
        return Tensor(
            shape: reference.shape, values: storage.type.decode(blob[start..<(start + count * size)], count: count))
    }
}
