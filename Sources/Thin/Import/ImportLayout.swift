import Delimited

/// What each column of a file becomes.
struct ImportLayout {
    enum Role: Equatable {
        case time, equipment, sensor, value, quality
        /// A sensor of a wide file: its series.
        case series(Int)
        case ignored
    }

    struct Series: Equatable {
        var equipment: String
        var sensor: String
        var unit: String?
    }

    /// More would be a file that is no table.
    static let mostColumns = 10_000

    let names: [String]
    let roles: [Role]
    /// Of a wide file, in the order of the columns.
    let series: [Series]
    let time: Int
    let equipment: Int?
    let sensor: Int?
    let value: Int?
    let quality: Int?

    var isLong: Bool { value != nil }

    /// - Parameter names: of the header, or `1`, `2`, … where there is none.
    init(names given: [String], _ reading: ImportReading) throws(ImportError) {
        let names = given.map { $0.trimming() }
        guard names.count <= Self.mostColumns else {
            throw ImportError(description: "\(names.count) columns: is the delimiter right?")
        }
        var seen: Set<String> = []
        for name in names where !name.isEmpty {
            guard seen.insert(name).inserted else {
                throw ImportError(description: "two columns are called \"\(name)\": rename one")
            }
        }
        func index(_ option: String, _ name: String?) throws(ImportError) -> Int? {
            guard let name else { return nil }
            if let index = names.firstIndex(of: name) { return index }
            throw ImportError(
                description:
                    "\(option): there is no column \"\(name)\"; there are \(names.map { "\"\($0)\"" }.joined(separator: ", "))"
            )
        }
        let usual = names.firstIndex { ["time", "timestamp"].contains($0.lowercased()) }
        guard let time = try index("--time", reading.timeColumn) ?? usual else {
            throw ImportError(
                description: "no column is called time or timestamp: say --time; there are "
                    + names.map { "\"\($0)\"" }.joined(separator: ", ")
                    + (names.count == 1 ? " (is --delimiter right?)" : ""))
        }
        self.names = names
        self.time = time
        value = try index("--value-column", reading.valueColumn)
        equipment = try index("--equipment-column", reading.equipmentColumn)
        sensor = try index("--sensor-column", reading.sensorColumn)
        quality = try index("--quality-column", reading.qualityColumn)
        var roles = [Role](repeating: .ignored, count: names.count)
        let special: [(Int?, Role)] = [
            (time, .time), (value, .value), (equipment, .equipment), (sensor, .sensor), (quality, .quality),
        ]
        for (column, role) in special {
            guard let column else { continue }
            guard roles[column] == .ignored else {
                throw ImportError(
                    description: "column \"\(names[column])\" cannot be both \(roles[column]) and \(role)")
            }
            roles[column] = role
        }
        for name in reading.skipped { _ = try index("--skip", name) }
        for name in reading.columns.keys.sorted() { _ = try index("--column", name) }
        if value == nil {
            guard sensor == nil else { throw ImportError(description: "--sensor-column needs --value-column") }
            guard let machine = reading.equipment, equipment == nil else {
                throw ImportError(
                    description:
                        "a file with a column a sensor needs --equipment; one with a row a point needs --value-column")
            }
            var series: [Series] = []
            for (column, name) in names.enumerated()
            where roles[column] == .ignored && !name.isEmpty && !reading.skipped.contains(name) {
                let target = reading.columns[name] ?? .init(sensor: name)
                guard !series.contains(where: { $0.sensor == target.sensor }) else {
                    throw ImportError(description: "two columns become sensor \"\(target.sensor)\"")
                }
                roles[column] = .series(series.count)
                series.append(Series(equipment: machine, sensor: target.sensor, unit: target.unit))
            }
            guard !series.isEmpty else { throw ImportError(description: "no column is left that could be a sensor") }
            self.series = series
        } else {
            guard (equipment == nil) != (reading.equipment == nil) else {
                throw ImportError(description: "say either --equipment or --equipment-column")
            }
            guard sensor != nil || reading.columns[names[value!]] != nil else {
                throw ImportError(
                    description: "--value-column needs --sensor-column, or --column \(names[value!])=SENSOR")
            }
            series = []
        }
        self.roles = roles
    }
}

extension String {
    /// Without blanks at its ends.
    fileprivate func trimming() -> String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
