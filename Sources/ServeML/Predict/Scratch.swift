import Synchronization

/// How much scratch a bundle's predictions need.
struct ScratchSize: Sendable {
    let features: Int
    let widest: Int
    let latents: Int
    let modalFeatures: Int
    let margins: Int

    init(features: Int, modalities: [Modality], margins: Int) {
        self.margins = margins
        self.features = features
        widest = modalities.reduce(8) { max($0, $1.autoencoder.scratchWidth) }
        latents = modalities.reduce(0) { $0 + $1.autoencoder.latents }
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
    let latents: UnsafeMutablePointer<Float>
    /// The fault model's outputs.
    let margins: UnsafeMutablePointer<Float>
    let active: UnsafeMutablePointer<Int32>
    /// The features as given, in the specification's order.
    let values: UnsafeMutablePointer<Double>
    /// Squared errors of all modalities, one after the other.
    let squaredErrors: UnsafeMutablePointer<Double>
    /// Which features the input had.
    let present: UnsafeMutablePointer<Bool>

    init(_ size: ScratchSize) {
        // Each part starts on a cache line.
        let width = (size.widest + 15) / 16 * 16
        floats = FloatBuffer(count: 3 * width + (size.latents + 15) / 16 * 16 + size.margins)
        input = floats.base
        front = input + width
        back = front + width
        latents = back + width
        margins = latents + (size.latents + 15) / 16 * 16
        active = .allocate(capacity: width)
        values = .allocate(capacity: size.features)
        values.initialize(repeating: 0, count: size.features)
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
