import Delimited

/// What a first reading of a whole file shows, before anything is stored.
struct Examination {
    struct Seen {
        var count = 0
        var least = Double.infinity
        var greatest = -Double.infinity
    }

    private static let microsecondsADay: Int64 = 86_400_000_000
    /// Beyond, the time column is none.
    private static let mostDays = 100_000

    let layout: ImportLayout
    let sha256: String
    let bytes: Int64
    let records: Int
    let series: [ImportLayout.Series]
    let qualities: [String]
    let hours: RepeatedHours
    private let tally: Tally
    /// Days since 1970 in order, and how many points the file has up to the end of each.
    private var days: [Int64] = []
    private var upTo: [Int] = []

    /// - Parameter report: told of the bytes read, now and then.
    init(path: String, _ reading: ImportReading, report: (Int64) -> Void) throws {
        let file = try ImportFile(path: path, reading, hours: nil)
        var block = ImportBlock()
        var tally = Tally()
        while try file.next(into: &block) {
            guard block.values.count >= 4096 || block.rejects.count >= 256 || block.records >= 65536 else { continue }
            tally.take(&block)
            report(file.position)
        }
        tally.take(&block)
        tally.perDay[tally.day, default: 0] += tally.inDay
        self.tally = tally
        layout = file.layout
        sha256 = file.sha256
        bytes = file.bytes
        records = file.record
        series = file.series
        qualities = file.qualities
        hours = file.repeatedHours
        var sum = 0
        for (key, count) in tally.perDay.sorted(by: { $0.key < $1.key }) where count > 0 {
            sum += count
            days.append(key)
            upTo.append(sum)
        }
    }

    var seen: [Seen] { tally.seen }
    var first: Int64 { tally.first }
    var last: Int64 { tally.last }
    /// Values that are numbers, whose times are times.
    var points: Int { tally.points }
    /// Refused, by reason, with the first line of each.
    var faults: [String: (count: Int, line: Int)] { tally.faults }

    private struct Tally {
        var seen: [Seen] = []
        var first: Int64 = .max
        var last: Int64 = .min
        var points = 0
        var faults: [String: (count: Int, line: Int)] = [:]
        /// Refused fields by column.
        var refused: [String: Int] = [:]
        var perDay: [Int64: Int] = [:]
        /// The day that is being counted.
        var day = Int64.min
        var inDay = 0

        mutating func take(_ block: inout ImportBlock) {
            for (index, value) in block.values.enumerated() {
                let number = Int(block.series[index])
                while seen.count <= number { seen.append(Seen()) }
                seen[number].count += 1
                seen[number].least = min(seen[number].least, value)
                seen[number].greatest = max(seen[number].greatest, value)
                let time = block.times[index]
                first = min(first, time)
                last = max(last, time)
                let today = Examination.day(time)
                if today != day {
                    if perDay.count < Examination.mostDays || perDay[day] != nil { perDay[day, default: 0] += inDay }
                    (day, inDay) = (today, 0)
                }
                inDay += 1
            }
            points += block.values.count
            for reject in block.rejects {
                let known = faults[reject.reason] ?? (0, reject.line)
                faults[reject.reason] = (known.count + 1, known.line)
                refused[reject.column, default: 0] += 1
            }
            block.removeAll()
        }
    }

    private static func day(_ time: Int64) -> Int64 {
        time >= 0 ? time / microsecondsADay : (time + 1) / microsecondsADay - 1
    }

    /// How many points the file has on the days that these moments span.
    func points(from first: Int64, to last: Int64) -> Int {
        let (begin, end) = (Self.day(first), Self.day(last))
        let before = days.partitioning { $0 >= begin }
        let after = days.partitioning { $0 > end }
        return (after > 0 ? upTo[after - 1] : 0) - (before > 0 ? upTo[before - 1] : 0)
    }

    /// A wide file's column of which nothing is a number is no sensor.
    func check() throws(ImportError) {
        guard !layout.isLong, points > 0 else { return }
        for (column, role) in layout.roles.enumerated() {
            guard case .series(let number) = role, tally.refused[layout.names[column]] != nil else { continue }
            if number >= seen.count || seen[number].count == 0 {
                throw ImportError(
                    description:
                        "column \"\(layout.names[column])\" holds no numbers: --skip it, or is --decimal right?")
            }
        }
    }
}

extension [Int64] {
    /// Of a sorted array: the first index whose element fulfils the condition, as all after it do.
    fileprivate func partitioning(_ condition: (Int64) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
