import KubeModel

/// Which objects to list, and as of when.
package struct ListOptions: Hashable, Sendable {
    /// How ``ListOptions/resourceVersion`` is meant.
    package enum ResourceVersionMatch: String, Hashable, Sendable {
        case exact = "Exact"
        case notOlderThan = "NotOlderThan"
    }

    /// `nil` for all namespaces.
    package var namespace: String?
    package var labelSelector: LabelSelector?
    /// Such as `metadata.name=web`.
    package var fieldSelector: String?
    /// The most items of one page; `nil` for all. Answers from the server's cache may have more.
    package var limit: Int?
    /// From the page before.
    package var continueToken: String?
    /// `nil` for the newest state, by a quorum; "0" for any that the server has at hand.
    package var resourceVersion: String?
    package var resourceVersionMatch: ResourceVersionMatch?

    package init(
        namespace: String? = nil,
        labelSelector: LabelSelector? = nil,
        fieldSelector: String? = nil,
        limit: Int? = nil,
        continueToken: String? = nil,
        resourceVersion: String? = nil,
        resourceVersionMatch: ResourceVersionMatch? = nil
    ) {
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.limit = limit
        self.continueToken = continueToken
        self.resourceVersion = resourceVersion
        self.resourceVersionMatch = resourceVersionMatch
    }

    var query: Query {
        var query = Query()
        query.add("labelSelector", labelSelector?.queryText)
        query.add("fieldSelector", fieldSelector)
        query.add("limit", limit.map(String.init))
        query.add("continue", continueToken)
        query.add("resourceVersion", resourceVersion)
        query.add("resourceVersionMatch", resourceVersionMatch?.rawValue)
        return query
    }
}

/// What a list says about itself once it is complete.
package struct ListEnd: Hashable, Sendable {
    /// The state that was listed, for a watch to begin at. The same on every page.
    package var resourceVersion: String
    /// Where the next page begins; `nil` on the last one.
    package var continueToken: String?
    /// How many items the following pages have, if the server tells.
    package var remainingItemCount: Int64?

    package init(resourceVersion: String, continueToken: String? = nil, remainingItemCount: Int64? = nil) {
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
        self.remainingItemCount = remainingItemCount
    }
}
