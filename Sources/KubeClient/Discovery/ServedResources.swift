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

    /// The kind in the version that the server prefers.
    package func preferred(for kind: GroupKind) -> APIResource? {
        all.first { $0.resource.groupKind == kind }?.resource
    }

    /// The kind that a person means by a name, as kubectl reads it: plural, singular, kind or short name in any case, optionally with the
    /// group (`deployments.apps`) or with version and group (`deployments.v1.apps`).
    ///
    /// Short names come last, so that none hides a kind; where several kinds match, the first in the server's order wins.
    package func named(_ name: String) -> ServedResource? {
        let name = name.lowercased()
        if let found = Self.named(name, in: all) { return found }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        let plain = String(name[..<dot])
        let rest = name[name.index(after: dot)...]
        return Self.named(plain, in: all.filter { $0.resource.group == rest })
            ?? Self.named(plain, in: all.filter { Self.versionAndGroup($0.resource) == rest })
    }

    private static func named(_ name: String, in resources: [ServedResource]) -> ServedResource? {
        resources.first { $0.isNamed(name) } ?? resources.first { $0.shortNames.contains(name) }
    }

    private static func versionAndGroup(_ resource: APIResource) -> String {
        resource.group.isEmpty ? resource.version : "\(resource.version).\(resource.group)"
    }
}
