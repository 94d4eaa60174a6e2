import ArgumentParser

/// A length of time on the command line: `30`, `30s`, `500ms`, `5m`, `1h`.
struct Seconds: ExpressibleByArgument, Sendable {
    var value: Double

    init(_ value: Double) { self.value = value }

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
        let unit = units.first { argument.hasSuffix($0.0) }
        let number = unit.map { String(argument.dropLast($0.0.count)) } ?? argument
        guard let value = Double(number), value.isFinite, value >= 0 else { return nil }
        self.value = value * (unit?.1 ?? 1)
    }

    var defaultValueDescription: String { value.isFinite ? "\(Int(value))s" : "∞" }
}

/// Faults on the command line: `bearing,belt`, `all`, `none`.
struct FaultList: ExpressibleByArgument, Sendable {
    var faults: [Fault]

    init(_ faults: [Fault]) { self.faults = faults }

    init?(argument: String) {
        guard let faults = Fault.list(argument) else { return nil }
        self.faults = faults
    }

    var defaultValueDescription: String {
        faults.isEmpty ? "none" : faults.map(\.rawValue).joined(separator: ",")
    }
}

/// Streams on the command line: `current,vibration,sensors`.
struct StreamList: ExpressibleByArgument, Sendable {
    var streams: Set<PlantSettings.Stream>

    init(_ streams: Set<PlantSettings.Stream>) { self.streams = streams }

    init?(argument: String) {
        streams = []
        for name in argument.split(separator: ",") {
            guard let stream = PlantSettings.Stream(rawValue: String(name)) else { return nil }
            streams.insert(stream)
        }
        guard !streams.isEmpty else { return nil }
    }

    var defaultValueDescription: String {
        PlantSettings.Stream.allCases.filter(streams.contains).map(\.rawValue).joined(separator: ",")
    }
}
