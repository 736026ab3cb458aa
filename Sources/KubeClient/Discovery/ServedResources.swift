import KubeModel

/// What a server serves: a value, as of one moment.
package struct ServedResources: Hashable, Sendable {
    /// A group and version that could not be asked for, such as that of an aggregated API whose server is down.
    package struct Failure: Hashable, Sendable {
        package var groupVersion: GroupVersion
        package var message: String

        package init(groupVersion: GroupVersion, message: String) {
            self.groupVersion = groupVersion
            self.message = message
        }
    }

    /// The core group first, then the groups in the server's order; within each, its preferred version first.
    package let resources: [ServedResource]
    /// What is missing, or may be out of date.
    package let failures: [Failure]
    private let positions: [GroupVersionKind: Int]

    package init(_ resources: [ServedResource], failures: [Failure] = []) {
        self.resources = resources
        self.failures = failures
        positions = Dictionary(
            resources.enumerated().map { ($1.resource.groupVersionKind, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    package subscript(kind: GroupVersionKind) -> ServedResource? { positions[kind].map { resources[$0] } }

    package func contains(_ kind: GroupVersionKind) -> Bool { positions[kind] != nil }

    /// Where objects of this kind are found.
    package func resource(for kind: GroupVersionKind) -> APIResource? { self[kind]?.resource }

    /// What can be done to objects of this kind; empty if it is not served.
    package func verbs(of kind: GroupVersionKind) -> Set<String> { self[kind]?.verbs ?? [] }

    /// The kind in the first of these versions that is served.
    package func preferred(for kind: GroupKind, among versions: [String]) -> APIResource? {
        versions.lazy.compactMap {
            resource(for: GroupVersionKind(group: kind.group, version: $0, kind: kind.kind))
        }.first
    }

    /// The kind in the version that the server prefers.
    package func preferred(for kind: GroupKind) -> APIResource? {
        resources.first { $0.resource.groupKind == kind }?.resource
    }

    /// Whether anything of a group is served.
    package func contains(group: String) -> Bool { resources.contains { $0.resource.group == group } }

    /// What a person means by a word, as kubectl takes it: plural, singular, kind or short name in any case, optionally with the group
    /// (`deployments.apps`) or version and group (`deployments.v1.apps`). Where several match, the first group in the server's order wins.
    package func find(_ word: String) -> ServedResource? {
        let word = word.lowercased()
        if let found = named(word, in: resources) { return found }
        guard let dot = word.firstIndex(of: ".") else { return nil }
        let name = String(word[..<dot])
        let rest = String(word[word.index(after: dot)...])
        if let found = named(name, in: resources.filter { $0.resource.group == rest }) { return found }
        let versioned = resources.filter {
            let group = $0.resource.group
            return group.isEmpty ? $0.resource.version == rest : "\($0.resource.version).\(group)" == rest
        }
        return named(name, in: versioned)
    }

    private func named(_ name: String, in resources: [ServedResource]) -> ServedResource? {
        guard !name.isEmpty else { return nil }
        return resources.first {
            $0.resource.plural == name || $0.singular == name || $0.resource.kind.lowercased() == name
        } ?? resources.first { $0.shortNames.contains(name) }
    }
}
