/// One decision tree as a file gives it, checked: indices in range, every node reached once, finite leaves.
struct Tree: Sendable {
    /// A leaf has no children. Children are indices into `nodes`; the root is node 0.
    struct Node: Sendable {
        var left: Int32
        var right: Int32
        var feature: Int32
        /// Below goes left. For a leaf: its value.
        var threshold: Float
        var defaultLeft: Bool
        /// Categories that go right, sorted; nil for a numerical split.
        var categories: [Int32]?

        var isLeaf: Bool { left < 0 }
    }

    var nodes: [Node]
    /// The output (class) to which it adds.
    var group: Int
    /// Steps from the root to the deepest leaf.
    let depth: Int
    let isCategorical: Bool

    static let maximumDepth = 512

    init(nodes: [Node], group: Int, number: Int) throws(BundleError) {
        self.nodes = nodes
        self.group = group
        isCategorical = nodes.contains { $0.categories != nil }
        // Without recursion, and each node at most once: a cycle or a shared subtree would otherwise never end.
        var seen = [Bool](repeating: false, count: nodes.count)
        var stack: [(node: Int, depth: Int)] = [(0, 0)]
        var deepest = 0
        while let (index, depth) = stack.popLast() {
            guard nodes.indices.contains(index), !seen[index] else {
                throw .malformedTrees("tree \(number): its nodes do not form a tree")
            }
            guard depth <= Self.maximumDepth else {
                throw .malformedTrees("tree \(number) is deeper than \(Self.maximumDepth)")
            }
            seen[index] = true
            deepest = max(deepest, depth)
            let node = nodes[index]
            guard node.isLeaf ? node.threshold.isFinite : !node.threshold.isNaN || node.categories != nil else {
                throw .malformedTrees("tree \(number): node \(index) has no usable value")
            }
            if !node.isLeaf {
                stack.append((Int(node.right), depth + 1))
                stack.append((Int(node.left), depth + 1))
            }
        }
        depth = deepest
    }

    /// The leaf's value for one row; NaN means missing.
    func value(_ row: UnsafePointer<Float>) -> Float {
        var index = 0
        while true {
            let node = nodes[index]
            if node.isLeaf { return node.threshold }
            let x = row[Int(node.feature)]
            let goesLeft: Bool
            if x.isNaN {
                goesLeft = node.defaultLeft
            } else if let categories = node.categories {
                goesLeft = !Self.contains(categories, x)
            } else {
                goesLeft = x < node.threshold
            }
            index = Int(goesLeft ? node.left : node.right)
        }
    }

    /// XGBoost sends a value that cannot be a category to the left.
    private static func contains(_ categories: [Int32], _ x: Float) -> Bool {
        guard x >= 0, x < 16_777_216 else { return false }
        let category = Int32(x)
        var low = 0
        var high = categories.count
        while low < high {
            let middle = (low + high) / 2
            if categories[middle] < category { low = middle + 1 } else { high = middle }
        }
        return low < categories.count && categories[low] == category
    }
}
