import KubeModel

/// One kind as a server serves it.
package struct ServedResource: Hashable, Sendable {
    package var resource: APIResource
    /// What `kubectl get` takes besides the plural.
    package var singular: String
    package var shortNames: [String]
    package var categories: [String]
    package var verbs: Set<String>
    /// Such as `status` and `scale`.
    package var subresources: Set<String>

    package init(
        resource: APIResource,
        singular: String = "",
        shortNames: [String] = [],
        categories: [String] = [],
        verbs: Set<String> = [],
        subresources: Set<String> = []
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

    /// Whether this is its plural, singular or kind, in lower case.
    func isNamed(_ name: String) -> Bool {
        !name.isEmpty && (resource.plural == name || singular == name || resource.kind.lowercased() == name)
    }
}
