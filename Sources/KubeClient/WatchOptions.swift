import KubeModel

/// Which changes to watch, and from when.
package struct WatchOptions: Hashable, Sendable {
    /// `nil` for all namespaces.
    package var namespace: String?
    package var labelSelector: LabelSelector?
    /// Such as `metadata.name=web`.
    package var fieldSelector: String?
    /// The state after which changes are told, from a list or an event. `nil` begins with the present objects as added ones.
    package var resourceVersion: String?
    /// After how long the server ends the watch in good order.
    package var timeoutSeconds: Int?
    /// Whether the server may tell about progress without changes, about once a minute.
    package var allowBookmarks: Bool
    /// Begins with the present objects and a bookmark that ends them (1.27 and later; older servers refuse or take no notice).
    package var sendInitialEvents: Bool

    package init(
        namespace: String? = nil,
        labelSelector: LabelSelector? = nil,
        fieldSelector: String? = nil,
        resourceVersion: String? = nil,
        timeoutSeconds: Int? = nil,
        allowBookmarks: Bool = true,
        sendInitialEvents: Bool = false
    ) {
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.timeoutSeconds = timeoutSeconds
        self.allowBookmarks = allowBookmarks
        self.sendInitialEvents = sendInitialEvents
    }

    var query: Query {
        var query = Query()
        query.add("watch", true)
        query.add("labelSelector", labelSelector?.queryText)
        query.add("fieldSelector", fieldSelector)
        query.add("resourceVersion", resourceVersion)
        query.add("timeoutSeconds", timeoutSeconds.map(String.init))
        query.add("allowWatchBookmarks", allowBookmarks)
        if sendInitialEvents {
            query.add("sendInitialEvents", true)
            query.add("resourceVersionMatch", "NotOlderThan")
        }
        return query
    }
}
