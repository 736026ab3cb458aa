import KubeModel

/// All kinds that a server serves, at one moment.
package struct ServedResources: Sendable {
    /// In the server's order: core first, then by group; within a group the preferred version first.
    package let all: [ServedResource]
    /// Group versions that the server knows but could not describe (an aggregated API server that is down), with its words.
    package let failures: [GroupVersion: String]

    private let byKind: [GroupVersionKind: Int]

    package init(_ all: [ServedResource], failures: [GroupVersion: String] = [:]) {
        self.all = all
        self.failures = failures
        byKind = Dictionary(
            all.enumerated().map { ($1.resource.groupVersionKind, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    package func contains(_ kind: GroupVersionKind) -> Bool { byKind[kind] != nil }

    /// The kind as it is served; `nil` when this version of it is not.
    package subscript(kind: GroupVersionKind) -> ServedResource? { byKind[kind].map { all[$0] } }

    package func resource(for kind: GroupVersionKind) -> APIResource? { self[kind]?.resource }

    /// The kind in the first of some versions that is served.
    package func preferred(for kind: GroupKind, among versions: [String]) -> APIResource? {
        versions.lazy
            .compactMap { resource(for: GroupVersionKind(group: kind.group, version: $0, kind: kind.kind)) }
            .first
    }

    /// The kind that a person means by a name such as `deploy`, `deployments.apps` or `WebServer`, as kubectl reads it.
    package func named(_ name: String) -> ServedResource? { all.first { $0.isMeant(by: name) } }
}
