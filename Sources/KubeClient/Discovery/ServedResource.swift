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

    /// Whether a person means this kind: by plural, singular, short name or kind, in any case, with or without `.group`.
    func isMeant(by name: String) -> Bool {
        let name = name.lowercased()
        let names = [resource.plural, singular, resource.kind.lowercased()] + shortNames
        return names.contains { !$0.isEmpty && (name == $0 || name == "\($0).\(resource.group)") }
    }
}
