import Synchronization

/// How much scratch a bundle's predictions need.
struct ScratchSize: Sendable {
    let features: Int
    /// Values of all features: features times steps.
    let values: Int
    let inputs: Int
    let widest: Int
    let recurrent: Int
    let latents: Int
    let modalFeatures: Int
    let margins: Int

    init(features: Int, steps: Int, modalities: [Modality], margins: Int) {
        self.margins = margins
        self.features = features
        values = features * steps
        inputs = modalities.reduce(8) { max($0, $1.inputs) }
        widest = modalities.reduce(8) { max($0, $1.scratchWidth) }
        recurrent = modalities.reduce(0) { max($0, $1.recurrentFloats) }
        latents = modalities.reduce(0) { $0 + $1.latents }
        modalFeatures = modalities.reduce(0) { $0 + $1.positions.count }
    }
}

/// Working memory of one prediction. Held by one thread at a time.
///
/// `@unchecked Sendable`: it passes between threads only through `ScratchPool`, whose lock orders the accesses.
final class Scratch: @unchecked Sendable {
    let floats: FloatBuffer
    let input: UnsafeMutablePointer<Float>
    let front: UnsafeMutablePointer<Float>
    let back: UnsafeMutablePointer<Float>
    /// States of an LSTM.
    let recurrent: UnsafeMutablePointer<Float>
    let latents: UnsafeMutablePointer<Float>
    /// The fault model's outputs.
    let margins: UnsafeMutablePointer<Float>
    let active: UnsafeMutablePointer<Int32>
    /// The features as given, in the specification's order; the values of a window lie together.
    let values: UnsafeMutablePointer<Double>
    /// Squared errors of all modalities, one after the other.
    let squaredErrors: UnsafeMutablePointer<Double>
    /// Which features the input had.
    let present: UnsafeMutablePointer<Bool>

    init(_ size: ScratchSize) {
        // Each part starts on a cache line.
        func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
        let width = rounded(size.widest)
        floats = FloatBuffer(
            count: rounded(size.inputs) + 2 * width + rounded(size.recurrent) + rounded(size.latents) + size.margins)
        input = floats.base
        front = input + rounded(size.inputs)
        back = front + width
        recurrent = back + width
        latents = recurrent + rounded(size.recurrent)
        margins = latents + rounded(size.latents)
        active = .allocate(capacity: width)
        values = .allocate(capacity: size.values)
        values.initialize(repeating: 0, count: size.values)
        squaredErrors = .allocate(capacity: size.modalFeatures)
        squaredErrors.initialize(repeating: 0, count: size.modalFeatures)
        present = .allocate(capacity: size.features)
        present.initialize(repeating: false, count: size.features)
    }

    deinit {
        active.deallocate()
        values.deallocate()
        squaredErrors.deallocate()
        present.deallocate()
    }
}

/// Scratch for as many predictions as run at once; after warm-up nothing is allocated.
final class ScratchPool: Sendable {
    private let size: ScratchSize
    private let free = Mutex<[Scratch]>([])

    init(_ size: ScratchSize) { self.size = size }

    func take() -> Scratch { free.withLock { $0.popLast() } ?? Scratch(size) }

    func give(_ scratch: Scratch) { free.withLock { $0.append(scratch) } }
}
