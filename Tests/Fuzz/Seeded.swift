/// Repeatable randomness: the input number `index` of a face is made from (seed, face, index) alone.
struct Seeded: RandomNumberGenerator {
    private var generator: SplitMix

    init(seed: UInt64, face: String, index: UInt64) {
        var hash = seed &* 0x9E37_79B9_7F4A_7C15
        for byte in face.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        generator = SplitMix(seed: hash ^ (index &* 0xD1B5_4A32_D192_ED03))
    }

    mutating func next() -> UInt64 { generator.next() }

    mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
