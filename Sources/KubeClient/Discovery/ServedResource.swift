import KubeModel

/// One kind that a server serves, with what can be done to it.
package struct ServedResource: Hashable, Sendable {
    package var resource: APIResource
    /// Lower case; empty if the server does not tell.
    package var singular: String
    package var shortNames: [String]
    /// Such as `all`.
    package var categories: [String]
    /// Such as `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`.
    package var verbs: Set<String>
    /// Such as `status` and `scale`, with their verbs.
    package var subresources: [String: Set<String>]

    package init(
        _ resource: APIResource,
        singular: String = "",
        shortNames: [String] = [],
        categories: [String] = [],
        verbs: Set<String> = [],
        subresources: [String: Set<String>] = [:]
    ) {
        self.resource = resource
        self.singular = singular
        self.shortNames = shortNames
        self.categories = categories
        self.verbs = verbs
        self.subresources = subresources
    }

    /// Whether it can be kept in a cache.
    package var isWatchable: Bool { verbs.isSuperset(of: ["list", "watch"]) }
}
