import Foundation
import Logging
import MQTT
import TestSupport

/// A connected publisher to a broker: how every test of this target publishes.
struct PublisherOnly: Sendable {
    let publisher: Publisher

    /// - Parameter resendWindow: longer than the broker's autosave interval where the broker is killed.
    init(url: String, resendWindow: Duration = .zero, timeout: Duration = .seconds(60)) throws {
        publisher = Publisher(
            configuration: MQTTConfiguration(url: url, clientID: "it-\(UUID().uuidString)"),
            logger: Logger(label: "it") { _ in SwiftLogNoOpLogHandler() }, resendWindow: resendWindow,
            publishTimeout: timeout)
        try publisher.connect()
    }
}
