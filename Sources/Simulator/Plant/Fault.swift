import Foundation

/// What can go wrong with a machine. Each changes what it changes in a real one.
enum Fault: String, CaseIterable, Sendable {
    /// A pit in the outer race: impacts at the ball-pass frequency that ring at the housing's resonance.
    /// Kurtosis, crest factor and the envelope's bands rise long before the RMS does.
    case bearing
    /// Shafts out of line: twice the shaft's frequency in vibration, sidebands and the second line harmonic in current.
    case misalignment
    /// A heavy spot on the rotor: once per revolution, in the RMS.
    case unbalance
    /// A worn belt: modulation at the belt's low frequency, sidebands close to the line frequency.
    case belt

    /// Reads `bearing,belt`; `all`; `none`.
    static func list(_ text: String) -> [Fault]? {
        switch text {
        case "none", "": return []
        case "all": return allCases
        default:
            var faults: [Fault] = []
            for name in text.split(separator: ",") {
                guard let fault = Fault(rawValue: String(name)) else { return nil }
                faults.append(fault)
            }
            return faults
        }
    }
}

/// A fault's life: healthy for `after`, growing for `growth`, bad for `hold`, then repaired and from the start again.
struct FaultPlan: Sendable {
    var fault: Fault
    /// Seconds.
    var after: Double
    var growth: Double
    var hold: Double

    /// 0 healthy … 1 bad, at so many seconds after the start. Damage feeds on itself, so it grows with the square.
    func severity(at time: Double) -> Double {
        let cycle = after + growth + hold
        let phase = cycle.isFinite && cycle > 0 ? time.truncatingRemainder(dividingBy: cycle) : time
        guard phase > after else { return 0 }
        guard growth > 0, phase < after + growth else { return 1 }
        let part = (phase - after) / growth
        return part * part
    }
}

/// A machine's condition at one moment.
struct Condition: Sendable {
    var fault: Fault?
    /// 0…1
    var severity: Double = 0

    static let healthy = Condition()

    /// Severity if it is this fault, else 0.
    func amount(_ fault: Fault) -> Double { self.fault == fault ? severity : 0 }
}
