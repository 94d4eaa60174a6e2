import Foundation
import Logging
import MQTT
import TestSupport

/// A publisher to a broker.
struct PublisherOnly: Sendable {
    let publisher: Publisher

    init(broker: TestBroker) throws {
        publisher = Publisher(
            configuration: MQTTConfiguration(url: broker.url, clientID: "it-\(UUID().uuidString)"),
            logger: Logger(label: "it") { _ in SwiftLogNoOpLogHandler() }, publishTimeout: .seconds(60))
        try publisher.connect()
    }
}
