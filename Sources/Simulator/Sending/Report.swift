import ArgumentParser
import MQTT

enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// How a run reports.
struct ReportOptions: ParsableArguments {
    @Flag(help: "No line each second; the final line is written all the same.")
    var quiet = false

    @Option(help: "text or json (one object a line).")
    var report = ReportFormat.text
}

/// Numbers of a run at one moment.
struct Progress: Sendable {
    var seconds = 0.0
    var sent = 0
    var acknowledged = 0
    var unacknowledged = 0
    var resent = 0
    var reconnects = 0
    var features = 0
    /// Seconds by which the sender lags behind its schedule, and seconds given up because it could not keep up.
    var behind = 0.0
    var slipped = 0.0

    init(_ publishers: [Publisher], seconds: Double) {
        self.seconds = seconds
        for publisher in publishers {
            let status = publisher.status
            sent += status.sent
            // What was sent again has been acknowledged again.
            acknowledged += status.acknowledged
            unacknowledged += status.unacknowledged
            resent += status.resent
            reconnects += status.reconnects
        }
        acknowledged = min(acknowledged, sent)
    }

    /// - Parameter rate: messages a second since the last line, or over the whole run for the final one.
    func line(_ format: ReportFormat, rate: Double, isFinal: Bool) -> String {
        switch format {
        case .text:
            let start = isFinal ? "done: " : ""
            return
                "\(start)\(Self.round(seconds, 1)) s  \(Int(rate.rounded())) messages/s  sent \(sent)  acknowledged \(acknowledged)"
                + "  unacknowledged \(unacknowledged)  features \(features)  behind \(Self.round(behind, 2)) s"
                + (slipped > 0 ? "  slipped \(Self.round(slipped, 1)) s" : "")
                + (reconnects > 0 ? "  reconnects \(reconnects)  resent \(resent)" : "")
        case .json:
            return
                "{\"final\":\(isFinal),\"seconds\":\(Self.round(seconds, 3)),\"rate\":\(Self.round(rate, 1)),\"sent\":\(sent)"
                + ",\"acknowledged\":\(acknowledged),\"unacknowledged\":\(unacknowledged),\"resent\":\(resent)"
                + ",\"reconnects\":\(reconnects),\"features\":\(features),\"behind\":\(Self.round(behind, 3))"
                + ",\"slipped\":\(Self.round(slipped, 3))}"
        }
    }

    private static func round(_ value: Double, _ decimals: Int) -> String {
        var text = JSONWriter(capacity: 16)
        text.number(value, decimals: decimals)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
