import Foundation
import TestSupport
import Testing

@testable import ServeML

@Suite("XGBoost models predict what xgboost predicts")
struct TreeTests {
    /// The committed models, and those of a wider run where MILLWRIGHT_TREE_FIXTURES names its folder.
    private static let models = Fixture.files("trees", wider: "MILLWRIGHT_TREE_FIXTURES") {
        !$0.hasSuffix(".expected.json")
    }

    @Test(arguments: models)
    func outputsEqualXGBoost(_ model: URL) throws {
        let ensemble = try XGBoostReader.read(Array(try Data(contentsOf: model)))
        let expectedFile = model.deletingPathExtension().appendingPathExtension("expected.json")
        let expected = try JSONParser.parse(Array(try Data(contentsOf: expectedFile)))
        let rows = try #require(expected["rows"]?.elements)
        let outputs = try #require(expected["outputs"]?.elements)
        #expect(rows.count == outputs.count && rows.count >= 20)
        for (row, output) in zip(rows, outputs) {
            let values = try #require(row.elements).map { Float($0.number ?? .nan) }
            let truth = try #require(output.numbers)
            let actual = ensemble.predict(values)
            #expect(actual.count == truth.count)
            for (a, b) in zip(actual, truth) { #expect(abs(a - b) <= 1e-6 * max(1, abs(b)), "\(a) and \(b)") }
        }
    }

    @Test func theFastFormEqualsTheGeneralOne() throws {
        var generator = SplitMix(seed: 3)
        for depth in 1...8 {
            let trees = try (0..<40).map { try Self.randomTree(depth: depth, group: $0 % 3, &generator) }
            let weights: [Float] = depth % 2 == 0 ? [] : (0..<40).map { _ in generator.float() }
            let ensemble = TreeEnsemble(
                objective: .identity, features: 5, baseMargins: [0.5, -1, 2], trees: trees, weights: weights,
                keepsGeneralForm: true)
            #expect(PerfectForest(trees) != nil)
            for _ in 0..<100 {
                let row = (0..<5).map { _ in generator.float() }
                var general: [Float] = [0.5, -1, 2]
                for (number, tree) in trees.enumerated() {
                    let value = row.withUnsafeBufferPointer { tree.value($0.baseAddress!) }
                    general[number % 3] += weights.isEmpty ? value : value * weights[number]
                }
                #expect(ensemble.predict(row) == general.map(Double.init))
            }
        }
    }

    /// A tree in which any node above the last level may be a leaf.
    static func randomTree(depth: Int, group: Int, _ generator: inout SplitMix) throws -> Tree {
        var nodes: [Tree.Node] = []
        func grow(_ level: Int) -> Int32 {
            let index = nodes.count
            nodes.append(.init(left: -1, right: -1, feature: 0, threshold: generator.float(), defaultLeft: false))
            guard level < depth, level == 0 || Int.random(in: 0..<5, using: &generator) > 0 else { return Int32(index) }
            nodes[index].feature = Int32.random(in: 0..<5, using: &generator)
            nodes[index].defaultLeft = Bool.random(using: &generator)
            nodes[index].left = grow(level + 1)
            nodes[index].right = grow(level + 1)
            return Int32(index)
        }
        _ = grow(0)
        return try Tree(nodes: nodes, group: group, number: 0)
    }

    @Test(arguments: ["5E-1", "[5E-1]", " [ 5E-1 ] ", "0.5", "0.50"])
    func baseScoreInEachSpelling(_ spelling: String) throws {
        let text = String(decoding: try Fixture.bytes("trees/1.7.6-binary.json"), as: UTF8.self)
        #expect(text.contains("\"base_score\":\"5E-1\""))
        let trimmed = spelling.trimmingCharacters(in: .whitespaces)
        let changed = text.replacingOccurrences(of: "\"base_score\":\"5E-1\"", with: "\"base_score\":\"\(trimmed)\"")
        #expect(try XGBoostReader.read(Array(changed.utf8)).baseMargins == [0])
    }

    @Test(arguments: [
        ("\"num_feature\":\"6\"", "\"num_feature\":\"2\"", "malformed_trees"),
        ("\"num_feature\":\"6\"", "\"num_feature\":\"-1\"", "malformed_trees"),
        ("\"binary:logistic\"", "\"binary:unheard_of\"", "unsupported_trees"),
        ("\"name\":\"gbtree\"", "\"name\":\"gblinear\"", "unsupported_trees"),
        ("\"base_score\":\"5E-1\"", "\"base_score\":\"2\"", "malformed_trees"),
        ("\"base_score\":\"5E-1\"", "\"base_score\":\"x\"", "malformed_trees"),
        ("\"base_score\":\"5E-1\"", "\"base_score\":\"[0.1,0.2]\"", "malformed_trees"),
        ("\"tree_info\":[0", "\"tree_info\":[7", "malformed_trees"),
        ("\"left_children\":[1", "\"left_children\":[0", "malformed_trees"),
        ("\"left_children\":[1", "\"left_children\":[999999", "malformed_trees"),
        ("\"size_leaf_vector\":\"0\"", "\"size_leaf_vector\":\"3\"", "unsupported_trees"),
        ("{\"learner\"", "{\"other\"", "malformed_trees"),
    ])
    func refusesByName(_ from: String, _ to: String, _ code: String) throws {
        let text = String(decoding: try Fixture.bytes("trees/1.7.6-binary.json"), as: UTF8.self)
        #expect(text.contains(from), "\(from)")
        let changed = text.replacingOccurrences(of: from, with: to)
        #expect(refusal { _ = try XGBoostReader.read(Array(changed.utf8)) } == code)
    }
}
