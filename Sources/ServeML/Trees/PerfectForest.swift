/// Numerical trees of small depth, each filled up to the same depth and laid out level by level: the children of node i
/// are 2i+1 and 2i+2.
///
/// A step is then a comparison and an addition, without pointers to follow or branches to guess, so the processor walks
/// several trees at once. Rows
/// must be free of NaN: `TreeEnsemble` takes the general way for those that are not.
struct PerfectForest: Sendable {
    /// Beyond this depth filling up costs more memory than it saves time.
    static let maximumDepth = 8

    private let depth: Int
    private let count: Int
    /// Threshold and feature of each inner node, as float and as bits.
    private let nodes: FloatBuffer
    private let leaves: FloatBuffer
    private let groups: [Int32]

    var memoryBytes: Int { (nodes.count + leaves.count + groups.count) * 4 }

    /// Nil when a tree does not fit the form.
    init?(_ trees: [Tree]) {
        let depth = max(1, trees.map(\.depth).max() ?? 1)
        guard depth <= Self.maximumDepth, !trees.contains(where: \.isCategorical) else { return nil }
        let inner = 1 << depth - 1
        let outer = 1 << depth
        guard trees.count <= 8_000_000 / outer else { return nil }
        self.depth = depth
        count = trees.count
        nodes = FloatBuffer(count: trees.count * inner * 2)
        leaves = FloatBuffer(count: trees.count * outer)
        groups = trees.map { Int32($0.group) }
        for (number, tree) in trees.enumerated() {
            Self.fill(
                tree, node: 0, slot: 0, level: 0, depth, nodes.base + number * inner * 2, leaves.base + number * outer)
        }
    }

    private static func fill(
        _ tree: Tree, node: Int, slot: Int, level: Int, _ depth: Int, _ nodes: UnsafeMutablePointer<Float>,
        _ leaves: UnsafeMutablePointer<Float>
    ) {
        let source = tree.nodes[node]
        if level == depth {
            leaves[slot - (1 << depth - 1)] = source.threshold
            return
        }
        // A leaf above the last level stands below both branches of a split that means nothing.
        nodes[slot * 2] = source.isLeaf ? 0 : source.threshold
        nodes[slot * 2 + 1] = Float(bitPattern: source.isLeaf ? 0 : UInt32(source.feature))
        fill(
            tree, node: source.isLeaf ? node : Int(source.left), slot: 2 * slot + 1, level: level + 1, depth, nodes,
            leaves)
        fill(
            tree, node: source.isLeaf ? node : Int(source.right), slot: 2 * slot + 2, level: level + 1, depth, nodes,
            leaves)
    }

    /// Adds every tree's leaf to its group's margin, in the order of the trees, in single precision, as XGBoost does.
    func add(_ row: UnsafePointer<Float>, to margins: UnsafeMutablePointer<Float>, weights: [Float]) {
        let inner = 1 << depth - 1
        let outer = 1 << depth
        let treeBytes = inner &* 8
        var tree = UnsafeRawPointer(nodes.base)
        var leaf = UnsafePointer(leaves.base)
        groups.withUnsafeBufferPointer { groups in
            var number = 0
            // Four at a time: each step of one waits for the one before, so the others fill the gaps.
            while number + 4 <= count {
                var slots = (0, 0, 0, 0)
                for _ in 0..<depth {
                    slots.0 = Self.step(tree, slots.0, row)
                    slots.1 = Self.step(tree + treeBytes, slots.1, row)
                    slots.2 = Self.step(tree + 2 &* treeBytes, slots.2, row)
                    slots.3 = Self.step(tree + 3 &* treeBytes, slots.3, row)
                }
                let first = leaf[slots.0 &- inner]
                let second = leaf[outer &+ slots.1 &- inner]
                let third = leaf[2 &* outer &+ slots.2 &- inner]
                let fourth = leaf[3 &* outer &+ slots.3 &- inner]
                if weights.isEmpty {
                    margins[Int(groups[number])] += first
                    margins[Int(groups[number &+ 1])] += second
                    margins[Int(groups[number &+ 2])] += third
                    margins[Int(groups[number &+ 3])] += fourth
                } else {
                    margins[Int(groups[number])] += first * weights[number]
                    margins[Int(groups[number &+ 1])] += second * weights[number &+ 1]
                    margins[Int(groups[number &+ 2])] += third * weights[number &+ 2]
                    margins[Int(groups[number &+ 3])] += fourth * weights[number &+ 3]
                }
                number += 4
                tree += 4 &* treeBytes
                leaf += 4 &* outer
            }
            while number < count {
                var slot = 0
                for _ in 0..<depth { slot = Self.step(tree, slot, row) }
                let value = leaf[slot &- inner]
                margins[Int(groups[number])] += weights.isEmpty ? value : value * weights[number]
                number += 1
                tree += treeBytes
                leaf += outer
            }
        }
    }

    /// From a node to its child. Written so that it compiles to a comparison and additions: a branch would be wrong
    /// every other time.
    @inline(__always)
    private static func step(_ tree: UnsafeRawPointer, _ slot: Int, _ row: UnsafePointer<Float>) -> Int {
        let node = tree + slot &* 8
        let threshold = node.load(as: Float.self)
        let feature = node.load(fromByteOffset: 4, as: UInt32.self)
        let goesLeft = row[Int(feature)] < threshold
        return slot &* 2 &+ 2 &- Int(goesLeft ? 1 as UInt8 : 0)
    }
}
