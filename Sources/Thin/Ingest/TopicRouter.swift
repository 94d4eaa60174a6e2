/// Which messages `thin` must read itself because they need arithmetic; all others are decoded in SQL.
struct TopicRouter: Sendable {
    enum Destination: Sendable, Equatable {
        /// `ingest.accept` decodes it.
        case database
        /// A feature vector of this equipment (nil: the payload names it).
        case features(equipment: String?)
        /// A waveform of this equipment and modality.
        case waveform(equipment: String, modality: String)
    }

    struct Filter: Sendable, Equatable {
        enum Kind: Sendable, Equatable { case features, waveform }
        let kind: Kind
        let levels: [Substring]

        init(kind: Kind, filter: String) {
            self.kind = kind
            levels = filter.split(separator: "/", omittingEmptySubsequences: false)
        }

        func matches(_ topic: [Substring]) -> Bool {
            for (index, level) in levels.enumerated() {
                if level == "#" { return true }
                guard index < topic.count else { return false }
                if level != "+" && level != topic[index] { return false }
            }
            return levels.count == topic.count
        }

        /// The topic levels that single-level wildcards stand for.
        func wildcards(_ topic: [Substring]) -> [Substring] {
            zip(levels, topic).filter { $0.0 == "+" }.map(\.1)
        }
    }

    let filters: [Filter]
    /// Topics repeat: each is split once. Bounded in number and length, because topics are input from outside.
    private var known: [String: Destination] = [:]
    private static let knownLimit = 10_000
    private static let knownBytes = 256

    init(filters: [Filter]) {
        self.filters = filters
    }

    mutating func destination(of topic: String) -> Destination {
        if let known = known[topic] { return known }
        let destination = classify(topic)
        guard topic.utf8.count <= Self.knownBytes else { return destination }
        if known.count >= Self.knownLimit { known.removeAll(keepingCapacity: true) }
        known[topic] = destination
        return destination
    }

    private func classify(_ topic: String) -> Destination {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        guard let filter = filters.first(where: { $0.matches(levels) }) else { return .database }
        let wildcards = filter.wildcards(levels)
        switch filter.kind {
        case .features:
            // with several wildcards the last one names the equipment, as in plants/+/serve-ml/+/features
            return .features(equipment: wildcards.last.map(String.init))
        case .waveform:
            guard wildcards.count >= 2 else { return .database }
            return .waveform(
                equipment: String(wildcards[wildcards.count - 2]), modality: String(wildcards[wildcards.count - 1]))
        }
    }
}
