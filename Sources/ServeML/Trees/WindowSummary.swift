/// What trees get of a window: some numbers of each feature, feature after feature; or all values, step after step.
struct WindowSummary: Sendable, Equatable {
    enum Statistic: String, Sendable, CaseIterable {
        case mean, last, first, min, max
        /// Standard deviation of all values (n).
        case std
        /// Of the least-squares line, a step; 0 with one step.
        case slope
        /// Mean with weights 1, 2, 3 …: the newest counts most.
        case weighted
    }

    /// Empty: all values.
    let statistics: [Statistic]

    func count(features: Int, steps: Int) -> Int { features * (statistics.isEmpty ? steps : statistics.count) }

    /// - Parameters:
    ///   - window: [steps, features] row-major.
    ///   - target: receives `count` floats.
    func write(
        _ window: UnsafePointer<Float>, features: Int, steps: Int, into target: UnsafeMutablePointer<Float>
    ) {
        guard !statistics.isEmpty else {
            target.update(from: window, count: features * steps)
            return
        }
        let count = Double(steps)
        for feature in 0..<features {
            var (sum, squares, weighted, least, greatest) = (0.0, 0.0, 0.0, Float.infinity, -Float.infinity)
            for step in 0..<steps {
                let value = window[step &* features &+ feature]
                sum += Double(value)
                weighted += Double(value) * Double(step + 1)
                least = Swift.min(least, value)
                greatest = Swift.max(greatest, value)
            }
            let mean = sum / count
            for step in 0..<steps {
                let difference = Double(window[step &* features &+ feature]) - mean
                squares += difference * difference
            }
            for (place, statistic) in statistics.enumerated() {
                let number: Double =
                    switch statistic {
                    case .mean: mean
                    case .last: Double(window[(steps - 1) &* features &+ feature])
                    case .first: Double(window[feature])
                    case .min: Double(least)
                    case .max: Double(greatest)
                    case .std: (squares / count).squareRoot()
                    // Σ(t - t̄)(x - x̄) / Σ(t - t̄)², t = 1…n
                    case .slope:
                        steps == 1
                            ? 0 : (weighted - (count + 1) / 2 * sum) / (count * (count * count - 1) / 12)
                    case .weighted: weighted / (count * (count + 1) / 2)
                    }
                target[feature &* statistics.count &+ place] = Float(number)
            }
        }
    }
}
