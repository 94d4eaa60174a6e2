import CMosquitto

/// Checks of topic filters and names after MQTT's rules.
enum TopicFilter {
    /// Filters as they are subscribed; see ``subscription(_:group:)``.
    static func subscriptions(_ filters: [String], group: String?) throws(MQTTError) -> [String] {
        var subscriptions: [String] = []
        for filter in filters { subscriptions.append(try subscription(filter, group: group)) }
        return subscriptions
    }

    /// The filter as it is subscribed: within the group when there is one.
    /// - Throws: ``MQTTError/invalidConfiguration(_:)`` naming the filter.
    static func subscription(_ filter: String, group: String?) throws(MQTTError) -> String {
        guard !filter.utf8.contains(0), !filter.isEmpty, mosquitto_sub_topic_check(filter) == MOSQ_ERR_SUCCESS.code
        else { throw .invalidConfiguration("filters: \"\(filter)\" is not a topic filter") }
        guard let group, !filter.hasPrefix("$share/") else { return filter }
        guard !group.isEmpty, !group.contains(where: { "/+#\0".contains($0) }) else {
            throw .invalidConfiguration("sharedGroup: must be one level without / + #")
        }
        return "$share/\(group)/\(filter)"
    }
}
