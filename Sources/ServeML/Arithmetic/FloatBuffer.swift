/// Floats at a fixed, cache-line aligned address, zero-filled.
///
/// `@unchecked Sendable`: weights are written only while they are built, before anyone else holds the buffer; scratch
/// buffers are held by one
/// prediction at a time (see `ScratchPool`).
final class FloatBuffer: @unchecked Sendable {
    let count: Int
    let base: UnsafeMutablePointer<Float>

    init(count: Int) {
        self.count = count
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 8) * 4, alignment: 64)
        base = raw.bindMemory(to: Float.self, capacity: max(count, 8))
        base.initialize(repeating: 0, count: max(count, 8))
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}
