import EnvoyAPI

/// What one proxy is to have that it did not have before, and the other way round.
package struct SnapshotDifference: Sendable {
    package struct Change: Sendable {
        package var id: ResourceID
        /// `nil` if it is added.
        package var before: EncodedResource?
        /// `nil` if it is removed.
        package var after: EncodedResource?
    }

    /// In order of their types and names.
    package var changes: [Change]

    package var added: [EncodedResource] { changes.filter { $0.before == nil }.compactMap(\.after) }
    package var removed: [EncodedResource] { changes.filter { $0.after == nil }.compactMap(\.before) }
    package var changed: [Change] { changes.filter { $0.before != nil && $0.after != nil } }

    /// Compares contents; whose fault a resource would be does not count. `nil` is a proxy that has nothing.
    package init(from before: ProxySnapshot?, to after: ProxySnapshot?) {
        changes = ResourceType.allCases.flatMap { Self.changes(of: $0, from: before, to: after) }.sorted {
            $0.id < $1.id
        }
    }

    /// Layers that both have in the same places cannot differ, unless another layer shadows them: only names in the others are looked at.
    private static func changes(of type: ResourceType, from before: ProxySnapshot?, to after: ProxySnapshot?)
        -> [Change]
    {
        let (old, new) = (before?.layers ?? [], after?.layers ?? [])
        var names: Set<String> = []
        for index in 0..<max(old.count, new.count) {
            let pair = [old, new].map { index < $0.count ? $0[index] : nil }
            if pair[0] === pair[1] { continue }
            for layer in pair { names.formUnion(layer?.entries(of: type).keys.map { $0 } ?? []) }
        }
        return names.compactMap { name in
            let (was, becomes) = (before?.resource(type, name), after?.resource(type, name))
            if was === becomes { return nil }
            if let was, let becomes, was.hasSameContent(as: becomes) { return nil }
            return Change(id: ResourceID(type: type, name: name), before: was, after: becomes)
        }
    }
}
