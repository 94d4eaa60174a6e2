import Synchronization

/// The process's numbers, in Prometheus's text format. Updating one is an atomic addition or a short lock; nothing
/// allocates after the first use of a set of labels.
final class MetricsRegistry: Sendable {
    /// More label sets than this in one family are a mistake (an id as a label): the rest is counted under `other`.
    static let maximumChildren = 2048

    private struct Family {
        let help: String
        let kind: Kind
        var children: [Labels: Child] = [:]
    }

    enum Kind: String {
        case counter, gauge, histogram
    }

    private enum Child {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
        case function(@Sendable () -> Double)
    }

    /// Pairs in the order in which they are written.
    struct Labels: Hashable, Sendable, ExpressibleByDictionaryLiteral {
        let pairs: [Pair]

        struct Pair: Hashable, Sendable {
            let name: String
            let value: String
        }

        init(dictionaryLiteral elements: (String, String)...) {
            pairs = elements.map { Pair(name: $0.0, value: $0.1) }
        }

        init(_ pairs: [Pair]) {
            self.pairs = pairs
        }

        var overflow: Labels { Labels(pairs.map { Pair(name: $0.name, value: "other") }) }

        func text(adding extra: Pair? = nil) -> String {
            let all = extra.map { pairs + [$0] } ?? pairs
            guard !all.isEmpty else { return "" }
            return "{" + all.map { "\($0.name)=\"\(PrometheusText.escapeLabel($0.value))\"" }.joined(separator: ",")
                + "}"
        }
    }

    private let families = Mutex<[String: Family]>([:])

    func counter(_ name: String, _ help: String, labels: Labels = [:]) -> Counter {
        child(name, help, .counter, labels) {
            .counter(Counter())
        } read: {
            if case .counter(let counter) = $0 { counter } else { nil }
        }
    }

    func gauge(_ name: String, _ help: String, labels: Labels = [:]) -> Gauge {
        child(name, help, .gauge, labels) {
            .gauge(Gauge())
        } read: {
            if case .gauge(let gauge) = $0 { gauge } else { nil }
        }
    }

    /// - Parameter buckets: upper bounds in rising order, in the unit of the name (seconds unless it says otherwise).
    func histogram(_ name: String, _ help: String, labels: Labels = [:], buckets: [Double] = Histogram.seconds)
        -> Histogram
    {
        child(name, help, .histogram, labels) {
            .histogram(Histogram(buckets: buckets))
        } read: {
            if case .histogram(let histogram) = $0 { histogram } else { nil }
        }
    }

    /// A value that is asked for when it is scraped. A later registration of the same name and labels replaces the
    /// earlier one.
    func function(
        _ name: String, _ help: String, kind: Kind = .gauge, labels: Labels = [:],
        _ value: @escaping @Sendable () -> Double
    ) {
        families.withLock { families in
            families[name, default: Family(help: help, kind: kind)].children[labels] = .function(value)
        }
    }

    private func child<Value>(
        _ name: String, _ help: String, _ kind: Kind, _ labels: Labels, make: () -> Child, read: (Child) -> Value?
    ) -> Value {
        families.withLock { families in
            var family = families[name] ?? Family(help: help, kind: kind)
            precondition(family.kind == kind, "metric \(name) is registered as another kind")
            var labels = labels
            if family.children[labels] == nil, family.children.count >= Self.maximumChildren {
                labels = labels.overflow
            }
            let child = family.children[labels] ?? make()
            family.children[labels] = child
            families[name] = family
            guard let value = read(child) else { preconditionFailure("metric \(name) is registered as a function") }
            return value
        }
    }

    /// All families in the text exposition format 0.0.4.
    func render(into text: inout String) {
        let snapshot = families.withLock { $0 }
        for (name, family) in snapshot.sorted(by: { $0.key < $1.key }) {
            PrometheusText.appendHeader(name: name, help: family.help, type: family.kind.rawValue, to: &text)
            for (labels, child) in family.children.sorted(by: { $0.key.text() < $1.key.text() }) {
                switch child {
                case .counter(let counter): text += "\(name)\(labels.text()) \(counter.value)\n"
                case .gauge(let gauge): text += "\(name)\(labels.text()) \(PrometheusText.number(gauge.value))\n"
                case .function(let value): text += "\(name)\(labels.text()) \(PrometheusText.number(value()))\n"
                case .histogram(let histogram): histogram.render(name: name, labels: labels, into: &text)
                }
            }
        }
    }
}

/// Only goes up.
final class Counter: Sendable {
    private let storage = Atomic<Int>(0)

    var value: Int { storage.load(ordering: .relaxed) }

    func increment(by amount: Int = 1) {
        storage.wrappingAdd(amount, ordering: .relaxed)
    }
}

/// Goes up and down.
final class Gauge: Sendable {
    private let storage = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: storage.load(ordering: .relaxed)) }

    func set(_ value: Double) {
        storage.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var old = storage.load(ordering: .relaxed)
        while true {
            let result = storage.compareExchange(
                expected: old, desired: (Double(bitPattern: old) + amount).bitPattern, ordering: .relaxed)
            if result.exchanged { return }
            old = result.original
        }
    }
}

/// Counts of observations at or below each bound.
final class Histogram: Sendable {
    /// 0.25 ms to 10 s.
    static let seconds = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// 1 to 65 536, for sizes of batches.
    static let powersOfFour = [1.0, 4, 16, 64, 256, 1024, 4096, 16384, 65536]

    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(buckets: [Double]) {
        bounds = buckets
        state = Mutex(State(counts: Array(repeating: 0, count: buckets.count + 1)))
    }

    func observe(_ value: Double) {
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        state.withLock {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    func render(name: String, labels: MetricsRegistry.Labels, into text: inout String) {
        let state = state.withLock { $0 }
        var cumulative = 0
        for (index, count) in state.counts.enumerated() {
            cumulative += count
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            text += "\(name)_bucket\(labels.text(adding: .init(name: "le", value: bound))) \(cumulative)\n"
        }
        text += "\(name)_sum\(labels.text()) \(PrometheusText.number(state.sum))\n"
        text += "\(name)_count\(labels.text()) \(cumulative)\n"
    }
}

/// The text exposition format's small rules.
enum PrometheusText {
    static func appendHeader(name: String, help: String, type: String, to text: inout String) {
        let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    static func escapeLabel(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5c || $0 == 0x22 || $0 == 0x0a }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    /// A name that Prometheus accepts: letters, digits, `_` and `:`, not beginning with a digit.
    static func isValidName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x3a: true
            default: false
            }
        }
    }
}
