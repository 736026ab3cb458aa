/// How a server merges an apply into an object, as far as versions differ.
///
/// Source: `x-kubernetes-map-type` in the API servers' OpenAPI, and the release notes of 1.20 (label selectors), 1.21 (other selectors), 1.22
/// (structures) and 1.24 (order of lists).
package struct ApplySemantics: Hashable, Sendable {
    /// Whether maps that select (`nodeSelector`, `spec.selector` of a Service) are replaced as a whole: since 1.21. Label selectors are since 1.20.
    package var mapsAreAtomic: Bool
    /// Whether references to keys and fields are replaced as a whole: since 1.22.
    package var structuresAreAtomic: Bool
    /// Whether lists with keys take the order of the apply: since 1.24. Earlier servers leave elements where they are and append new ones.
    package var takesAppliedOrder: Bool

    /// Of a current Kubernetes.
    package static let current = ApplySemantics(major: 1, minor: 36)
    /// Of the oldest supported one.
    package static let oldest = ApplySemantics(major: 1, minor: 20)

    package init(major: Int, minor: Int) {
        let version = (major, minor)
        mapsAreAtomic = version >= (1, 21)
        structuresAreAtomic = version >= (1, 22)
        takesAppliedOrder = version >= (1, 24)
    }
}
