/// What injection reads of a namespace.
package struct NamespaceMetadata: Hashable, Sendable {
    package var name: String
    package var labels: [String: String]
    package var annotations: [String: String]
    /// Empty where nobody knows them.
    package var limits: NamespaceLimits

    package init(
        name: String,
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        limits: NamespaceLimits = NamespaceLimits()
    ) {
        self.name = name
        self.labels = labels
        self.annotations = annotations
        self.limits = limits
    }

    /// The label by which Pod Security refuses pods.
    package static let podSecurityLabel = "pod-security.kubernetes.io/enforce"

    /// The level of Pod Security that refuses every pod with an init container that sets traffic rules; `nil` when none does.
    package var podSecurityLevel: String? {
        labels[Self.podSecurityLabel].flatMap { ["baseline", "restricted"].contains($0) ? $0 : nil }
    }
}
