import KubeModel

/// How maps and structures are merged and compared, at paths of member names with list elements left out.
///
/// Covers the kinds that this operator writes.
enum MapSemantics {
    /// Whether an apply replaces the map as a whole.
    static func isAtomic(_ path: [String], in groupKind: GroupKind, _ semantics: ApplySemantics) -> Bool {
        guard let last = path.last else { return false }
        if isLabelSelector(last, in: groupKind) { return true }
        if last == "nodeSelector" || path == ["spec", "selector"] { return semantics.mapsAreAtomic }
        return semantics.structuresAreAtomic
            && (keyReferences.contains(last) || path == ["metadata", "ownerReferences"])
    }

    /// Whether every member of the map has a part in what it means, so that one that somebody else added changes it: true of everything that
    /// selects, false of labels and annotations.
    static func isExact(_ path: [String]) -> Bool {
        guard let last = path.last else { return false }
        return selectors.contains(last) || keyReferences.contains(last)
    }

    /// A member of the object at a path that means something by being there, and which nobody but the applier may add.
    static func exclusiveMember(of path: [String], in groupKind: GroupKind) -> String? {
        ListSemantics.isPodSpec(path, in: groupKind) ? "nodeSelector" : nil
    }

    private static func isLabelSelector(_ member: String, in groupKind: GroupKind) -> Bool {
        switch member {
        case "labelSelector", "namespaceSelector": true
        case "selector": groupKind.kind != "Service"
        default: false
        }
    }

    private static let selectors: Set<String> = [
        "selector", "nodeSelector", "labelSelector", "namespaceSelector", "nodeSelectorTerms", "preference",
    ]

    private static let keyReferences: Set<String> = [
        "configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef",
    ]
}
