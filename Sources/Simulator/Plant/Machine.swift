import Foundation

/// A driven machine: an induction motor (four poles, 60 Hz, 380 V) with a load on a belt.
///
/// Everything here follows from its number alone, so that models trained on one run fit the next, whatever the seed.
struct Machine: Sendable {
    /// A slow quantity with a topic of its own.
    struct Sensor: Sendable {
        var name: String
        var unit: String
        /// Value without load, and what full load adds.
        var idle: Double
        var load: Double
        /// Standard deviation of a reading.
        var noise: Double
        /// What a fully grown fault adds, by fault.
        var fault: @Sendable (Fault) -> Double = { _ in 0 }
    }

    static let lineFrequency = 60.0
    private static let kinds = ["press", "pump", "conveyor", "fan", "compressor", "mixer"]
    /// Sizes of standard motors in kW.
    private static let powers = [2.2, 1.5, 0.75, 3.7, 5.5, 7.5, 11, 15]

    /// Counted from 0.
    let number: Int
    let kind: String
    /// `press-01`
    let name: String
    /// kW
    let power: Double
    /// Phase current at full load, A.
    let ratedCurrent: Double
    /// Sizes of the healthy machine's vibration in mm/s (peak): once and twice per revolution, driven end, noise (RMS).
    let unbalance: Double
    let twice: Double
    let gear: Double
    let noise: Double
    /// Teeth or blades: the driven end's frequency is this many times the shaft's.
    let blades: Double
    /// Current of each phase relative to their mean.
    let imbalance: [Double]
    let sensors: [Sensor]

    init(number: Int) {
        self.number = number
        kind = Self.kinds[number % Self.kinds.count]
        let counted = String(number + 1)
        name = "\(kind)-\(counted.count < 2 ? "0" + counted : counted)"
        power = Self.powers[number % Self.powers.count]
        let (voltage, powerFactor, efficiency) = (380.0, 0.82, 0.86)
        ratedCurrent = power * 1000 / (3.0.squareRoot() * voltage * powerFactor * efficiency)
        var random = SplitMix(0x6d61_6368_696e_6500, UInt64(number))
        // Larger machines shake more: ISO 20816-1 allows them more, too.
        let size = 0.5 + 0.12 * power.squareRoot()
        unbalance = size * random.uniform(0.8, 1.2)
        twice = size * random.uniform(0.15, 0.3)
        gear = size * random.uniform(0.1, 0.2)
        noise = size * random.uniform(0.15, 0.25)
        blades = Double(5 + Int(random.uniform(0, 5)))
        imbalance = (0..<3).map { _ in 1 + random.uniform(-0.015, 0.015) }
        sensors = Self.sensors(kind)
    }

    /// `2.2kW`, as folders of bundles are named.
    var powerName: String {
        power == power.rounded() ? "\(Int(power))kW" : "\(power)kW"
    }

    private static func sensors(_ kind: String) -> [Sensor] {
        let heat: @Sendable (Fault) -> Double = { fault in
            switch fault {
            case .bearing: 25
            case .misalignment: 12
            case .unbalance: 4
            case .belt: 8
            }
        }
        let temperature = Sensor(name: "temperature", unit: "°C", idle: 32, load: 26, noise: 0.15, fault: heat)
        let slipping: @Sendable (Fault) -> Double = { $0 == .belt ? -0.12 : 0 }
        let second =
            switch kind {
            case "press", "compressor":
                Sensor(name: "pressure", unit: "bar", idle: 5.8, load: 1.6, noise: 0.03)
            case "pump": Sensor(name: "flow", unit: "l/min", idle: 60, load: 90, noise: 0.8)
            case "conveyor":
                Sensor(name: "speed", unit: "m/s", idle: 0.82, load: -0.04, noise: 0.004, fault: slipping)
            case "fan": Sensor(name: "airflow", unit: "m3/h", idle: 900, load: 700, noise: 9)
            default: Sensor(name: "torque", unit: "Nm", idle: 8, load: 22, noise: 0.3)
            }
        return [temperature, second]
    }

    // MARK: Behaviour

    /// Share of full load, about 0.5…0.9: a slow swing of some minutes with a faster one on it.
    func load(at time: Double) -> Double {
        let phase = Double(number) * 2.4
        let slow = sin(2 * .pi * time / (540 + 37 * Double(number % 7)) + phase)
        let fast = sin(2 * .pi * time / (47 + 3 * Double(number % 5)) + 2 * phase)
        return 0.7 + 0.14 * slow + 0.05 * fast
    }

    /// Shaft frequency in Hz: two pole pairs, slip of up to 3 %.
    func shaftFrequency(load: Double) -> Double { Self.lineFrequency / 2 * (1 - 0.03 * load) }

    /// RMS of the mean phase current in A. A motor without load still magnetises.
    func current(load: Double, _ condition: Condition) -> Double {
        let friction = 0.06 * condition.amount(.misalignment) + 0.05 * condition.amount(.bearing)
        return ratedCurrent * (0.4 * 0.4 + pow(load + friction, 2) * 0.84).squareRoot()
    }
}
