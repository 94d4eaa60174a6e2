import Foundation

/// What a run consists of.
struct PlantSettings: Sendable {
    var machines = 8
    /// Messages a second in all.
    var rate = 200.0
    var seed: UInt64 = 1
    var streams: Set<Stream> = Set(Stream.allCases)
    /// The n-th is given to the n-th machine; machines beyond stay healthy.
    var faults: [Fault] = []
    /// Seconds.
    var faultAfter = 120.0
    var faultGrowth = 600.0
    var faultHold = 600.0

    enum Stream: String, CaseIterable, Sendable {
        /// `unity/sensors/{equipment}/data`
        case current
        /// `unity/sensors/{equipment}/vibration`
        case vibration
        /// `factory/{equipment}/{sensor}`
        case sensors
    }
}

/// The plant as a function: message number → topic and payload. Every value follows from the seed and the number alone,
/// so a run can be repeated, divided among connections, and compared with what was stored.
struct Plant: Sendable {
    /// One stop on a machine's round.
    private enum Stop: Sendable {
        case current, vibration
        case sensor(Int)
    }

    let settings: PlantSettings
    let machines: [Machine]
    private let plans: [FaultPlan?]
    private let stops: [Stop]
    private let currentTopics: [String]
    private let vibrationTopics: [String]
    private let sensorTopics: [[String]]
    private let prefixes: [[UInt8]]

    /// Sensors a machine has.
    private static let sensorCount = 2

    init(_ settings: PlantSettings) {
        self.settings = settings
        machines = (0..<settings.machines).map(Machine.init)
        plans = machines.indices.map { index in
            guard index < settings.faults.count else { return nil }
            return FaultPlan(
                fault: settings.faults[index], after: settings.faultAfter, growth: settings.faultGrowth,
                hold: settings.faultHold)
        }
        // Current is read four times as often as the slow sensors, vibration twice.
        var stops: [Stop] = []
        for sensor in 0..<Self.sensorCount {
            if settings.streams.contains(.current) { stops.append(.current) }
            if settings.streams.contains(.vibration) { stops.append(.vibration) }
            if settings.streams.contains(.current) { stops.append(.current) }
            if settings.streams.contains(.sensors) { stops.append(.sensor(sensor)) }
        }
        self.stops = stops
        currentTopics = machines.map { "unity/sensors/\($0.name)/data" }
        vibrationTopics = machines.map { "unity/sensors/\($0.name)/vibration" }
        sensorTopics = machines.map { machine in machine.sensors.map { "factory/\(machine.name)/\($0.name)" } }
        prefixes = machines.map { Array("{\"device\":\"\($0.name)\",\"timestamp\":".utf8) }
    }

    /// Seconds from the start of the run to a message.
    func time(ofMessage number: Int) -> Double { Double(number) / settings.rate }

    func condition(ofMachine index: Int, at time: Double) -> Condition {
        guard let plan = plans[index] else { return .healthy }
        return Condition(fault: plan.fault, severity: plan.severity(at: time))
    }

    /// - Parameters:
    ///   - number: counted from 0; its machine is `number % machines`.
    ///   - microseconds: time stamp since the Unix epoch.
    func message(
        _ number: Int, at microseconds: Int64, _ timeWriter: inout TimeWriter
    ) -> (topic: String, payload: [UInt8]) {
        let index = number % machines.count
        let machine = machines[index]
        let time = time(ofMessage: number)
        let condition = condition(ofMachine: index, at: time)
        let load = machine.load(at: time)
        var random = SplitMix(seed: settings.seed &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(number) &* 0xd134_2543_de82_ef95)
        var json = JSONWriter(capacity: 112)
        switch stops[number / machines.count % stops.count] {
        case .current:
            json.raw(prefixes[index])
            timeWriter.append(microseconds, to: &json)
            let mean = machine.current(load: load, condition) * (1 + 0.006 * random.normal())
            let wobble = 0.08 * condition.amount(.belt) * random.normal()
            json.raw(",\"x\":")
            json.number(mean * (machine.imbalance[0] + wobble + 0.002 * random.normal()))
            json.raw(",\"y\":")
            json.number(mean * (machine.imbalance[1] + wobble + 0.002 * random.normal()))
            json.raw(",\"z\":")
            json.number(mean * (machine.imbalance[2] + wobble + 0.002 * random.normal()))
            json.raw("}")
            return (currentTopics[index], json.bytes)
        case .vibration:
            json.raw(prefixes[index])
            timeWriter.append(microseconds, to: &json)
            let rms = Vibration(machine, load: load, condition).rms(shaft: machine.shaftFrequency(load: load))
            json.raw(",\"vibe\":")
            json.number(rms * (1 + 0.03 * random.normal()))
            json.raw("}")
            return (vibrationTopics[index], json.bytes)
        case .sensor(let which):
            let sensor = machine.sensors[which]
            var value = sensor.idle + sensor.load * load + sensor.noise * random.normal()
            if let fault = condition.fault { value += sensor.fault(fault) * condition.severity }
            json.raw("{\"time\":")
            timeWriter.append(microseconds, to: &json)
            json.raw(",\"value\":")
            json.number(value)
            json.raw(",\"unit\":")
            json.string(sensor.unit)
            json.raw("}")
            return (sensorTopics[index][which], json.bytes)
        }
    }
}
