import Foundation

/// XGBoost models as `save_model` writes them, in JSON or UBJSON, from 1.7 to 3.x.
enum XGBoostReader {
    private static let maximumTrees = 100_000
    /// What training left behind in each tree, more than half of the file.
    private static let statistics: Set<String> = ["base_weights", "loss_changes", "sum_hessian", "parents"]
    private static let maximumNodes = 8_000_000

    /// - Parameter keepsGeneralForm: whether rows may have missing values.
    static func read(_ bytes: [UInt8], keepsGeneralForm: Bool = true) throws(BundleError) -> TreeEnsemble {
        let root: JSONValue
        do {
            // UBJSON's first key has a length marker where JSON has a quote or a blank.
            if bytes.count > 1, bytes[0] == UInt8(ascii: "{"), "LliIU$#".utf8.contains(bytes[1]) {
                root = try UBJSONParser.parse(bytes)
            } else {
                root = try JSONParser.parse(bytes, allowingNonFinite: true, skippingArraysOf: statistics)
            }
        } catch {
            throw .malformedTrees(error.text)
        }
        guard let learner = root["learner"], learner.members != nil else { throw .malformedTrees("no learner") }
        guard let name = learner["objective"]?["name"]?.string else { throw .malformedTrees("no objective") }
        guard let objective = TreeObjective(name) else {
            throw .unsupportedTrees("objective \(BundleError.quoted(name))")
        }
        let parameters = learner["learner_model_param"] ?? .null
        let features = try integer(parameters, "num_feature", in: 1...BundleLimits.layerWidth)
        let classes = try integer(parameters, "num_class", in: 0...1024, absent: 0)
        let targets = try integer(parameters, "num_target", in: 1...1024, absent: 1)
        let outputs = max(1, classes, targets)
        if objective == .softmax || objective == .softprob, classes < 2 {
            throw .malformedTrees("\(name) with \(classes) classes")
        }
        let (booster, weights) = try booster(learner)
        let trees = try trees(booster, features: features, outputs: outputs)
        guard weights.isEmpty || weights.count == trees.count else {
            throw .malformedTrees("\(weights.count) weights for \(trees.count) trees")
        }
        return TreeEnsemble(
            objective: objective, features: features, baseMargins: try baseMargins(parameters, objective, outputs),
            trees: trees, weights: weights, keepsGeneralForm: keepsGeneralForm)
    }

    /// The `model` of the tree booster, and DART's weights.
    private static func booster(_ learner: JSONValue) throws(BundleError) -> (JSONValue, [Float]) {
        guard let booster = learner["gradient_booster"], let name = booster["name"]?.string else {
            throw .malformedTrees("no gradient_booster")
        }
        switch name {
        case "gbtree":
            guard let model = booster["model"] else { throw .malformedTrees("no model") }
            return (model, [])
        case "dart":
            guard let model = booster["gbtree"]?["model"], let weights = booster["weight_drop"]?.numbers,
                weights.allSatisfy(\.isFinite)
            else { throw .malformedTrees("a DART model without gbtree or weight_drop") }
            return (model, weights.map(Float.init))
        default: throw .unsupportedTrees("booster \(BundleError.quoted(name))")
        }
    }

    /// Parameters are strings in the file, whatever they are.
    private static func integer(
        _ object: JSONValue, _ name: String, in range: ClosedRange<Int>, absent: Int? = nil
    ) throws(BundleError) -> Int {
        if object[name] == nil, let absent { return absent }
        let value = object[name]?.string.flatMap { Int($0) } ?? object[name]?.integer(in: range)
        guard let value, range.contains(value) else { throw .malformedTrees("\(name) is not in \(range)") }
        return value
    }

    /// `"5E-1"`, `"[5E-1]"`, `"[1E-1,2E-1,7E-1]"`, or a number.
    private static func baseMargins(
        _ parameters: JSONValue, _ objective: TreeObjective, _ outputs: Int
    ) throws(BundleError) -> [Float] {
        var scores: [Double]
        switch parameters["base_score"] {
        case nil: scores = [0.5]
        case .number(let number): scores = [number]
        case .numbers(let numbers): scores = numbers
        case .string(let text):
            let bare = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text[...]
            scores = []
            for part in bare.split(separator: ",") {
                guard let value = Double(part.trimmingCharacters(in: .whitespaces)) else {
                    throw .malformedTrees("base_score \(BundleError.quoted(text)) is not a number")
                }
                scores.append(value)
            }
        default: throw .malformedTrees("base_score is not a number")
        }
        if scores.count == 1 { scores = Array(repeating: scores[0], count: outputs) }
        guard scores.count == outputs else {
            throw .malformedTrees("base_score has \(scores.count) values for \(outputs) outputs")
        }
        var margins: [Float] = []
        for score in scores {
            guard score.isFinite, let margin = objective.margin(score) else {
                throw .malformedTrees("base_score \(score) is out of range")
            }
            margins.append(Float(margin))
        }
        return margins
    }

    private static func trees(_ model: JSONValue, features: Int, outputs: Int) throws(BundleError) -> [Tree] {
        guard let list = model["trees"]?.elements, let groups = model["tree_info"]?.numbers else {
            throw .malformedTrees("no trees or no tree_info")
        }
        guard list.count <= maximumTrees else { throw .malformedTrees("more than \(maximumTrees) trees") }
        guard groups.count == list.count else { throw .malformedTrees("tree_info and trees differ in length") }
        var trees: [Tree] = []
        trees.reserveCapacity(list.count)
        var nodes = 0
        for (number, item) in list.enumerated() {
            guard let group = JSONValue.number(groups[number]).integer(in: 0...(outputs - 1)) else {
                throw .malformedTrees("tree \(number) belongs to no output")
            }
            let tree = try tree(item, number: number, group: group, features: features)
            nodes += tree.nodes.count
            guard nodes <= maximumNodes else { throw .malformedTrees("more than \(maximumNodes) nodes") }
            trees.append(tree)
        }
        return trees
    }

    private static func tree(_ item: JSONValue, number: Int, group: Int, features: Int) throws(BundleError) -> Tree {
        func wrong(_ what: String) -> BundleError { .malformedTrees("tree \(number): \(what)") }
        let leafSize = try integer(item["tree_param"] ?? .null, "size_leaf_vector", in: 0...1024, absent: 0)
        guard leafSize <= 1 else { throw .unsupportedTrees("trees with vector leaves (multi_output_tree)") }
        guard let left = item["left_children"]?.numbers, let right = item["right_children"]?.numbers,
            let features_ = item["split_indices"]?.numbers, let thresholds = item["split_conditions"]?.numbers,
            let defaults = flags(item["default_left"])
        else { throw wrong("an array is missing") }
        let count = left.count
        guard count > 0, right.count == count, features_.count == count, thresholds.count == count,
            defaults.count == count
        else { throw wrong("its arrays differ in length") }
        let types = item["split_type"]?.numbers ?? []
        guard types.isEmpty || types.count == count else { throw wrong("its arrays differ in length") }
        let categories = try categories(item, number: number)
        var nodes: [Tree.Node] = []
        nodes.reserveCapacity(count)
        for index in 0..<count {
            guard let leftChild = JSONValue.number(left[index]).integer(in: -1...(count - 1)),
                let rightChild = JSONValue.number(right[index]).integer(in: -1...(count - 1)),
                (leftChild < 0) == (rightChild < 0)
            else { throw wrong("node \(index) has children out of range") }
            var feature = 0
            if leftChild >= 0 {
                guard let value = JSONValue.number(features_[index]).integer(in: 0...(features - 1)) else {
                    throw wrong("node \(index) splits on a feature that the model does not have")
                }
                feature = value
            }
            let isCategorical = leftChild >= 0 && !types.isEmpty && types[index] == 1
            if isCategorical, categories[index] == nil { throw wrong("node \(index) has no categories") }
            nodes.append(
                Tree.Node(
                    left: Int32(leftChild), right: Int32(rightChild), feature: Int32(feature),
                    threshold: Float(thresholds[index]), defaultLeft: defaults[index],
                    categories: isCategorical ? categories[index] : nil))
        }
        return try Tree(nodes: nodes, group: group, number: number)
    }

    /// 0 and 1, or the words.
    private static func flags(_ value: JSONValue?) -> [Bool]? {
        if let numbers = value?.numbers { return numbers.map { $0 != 0 } }
        guard let elements = value?.elements else { return nil }
        let flags = elements.compactMap(\.bool)
        return flags.count == elements.count ? flags : nil
    }

    /// Node → the categories that go right.
    private static func categories(_ item: JSONValue, number: Int) throws(BundleError) -> [Int: [Int32]] {
        guard let nodes = item["categories_nodes"]?.numbers, !nodes.isEmpty else { return [:] }
        guard let all = item["categories"]?.numbers, let starts = item["categories_segments"]?.numbers,
            let sizes = item["categories_sizes"]?.numbers, starts.count == nodes.count, sizes.count == nodes.count
        else { throw .malformedTrees("tree \(number): its categories are incomplete") }
        var result: [Int: [Int32]] = [:]
        for index in nodes.indices {
            guard let node = JSONValue.number(nodes[index]).integer(in: 0...maximumNodes),
                let start = JSONValue.number(starts[index]).integer(in: 0...all.count),
                let size = JSONValue.number(sizes[index]).integer(in: 0...(all.count - start))
            else { throw .malformedTrees("tree \(number): its categories are out of range") }
            var values: [Int32] = []
            for value in all[start..<(start + size)] {
                guard let category = JSONValue.number(value).integer(in: 0...16_777_215) else {
                    throw .malformedTrees("tree \(number): \(value) is not a category")
                }
                values.append(Int32(category))
            }
            result[node] = values.sorted()
        }
        return result
    }
}
