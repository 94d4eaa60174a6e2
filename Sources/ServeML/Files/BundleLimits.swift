/// Upper bounds on what a bundle may hold. The largest real one has under 10 MB; everything here is far above and far
/// below harm.
enum BundleLimits {
    static let files = 256
    static let metadataBytes = 1 << 20
    static let specBytes = 256 << 10
    static let scalerBytes = 1 << 20
    static let goldenBytes = 16 << 20
    static let weightBytes = 64 << 20
    static let treeBytes = 256 << 20
    /// Files that are hashed only, such as scikit-learn's pickles.
    static let otherBytes = 256 << 20
    static let features = 4096
    static let modalities = 8
    /// Time steps of one window.
    static let steps = 4096
    /// Features times steps: one input of a sequence bundle.
    static let windowValues = 1 << 18
    /// Multiplications of one prediction, about a tenth of a second: a small file can ask for many steps.
    static let multiplications = 1 << 28
    static let layers = 64
    static let layerWidth = 16_384
    static let tensors = 256
    static let zipEntries = 1024
    static let pickleBytes = 1 << 20
    static let goldenVectors = 10_000
    static let nameBytes = 128
}
