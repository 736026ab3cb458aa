import KubeModel

/// How server-side apply merges one list.
package enum ListSemantics: Hashable, Sendable {
    /// Replaced whole.
    case atomic
    /// Unordered values.
    case set
    /// Elements with identity: these members together tell which element is meant.
    case map(keys: [String])
}

extension ListSemantics {
    /// The semantics of the list at a path of member names, list elements left out: `["spec", "ports"]`.
    ///
    /// Covers the kinds that this operator writes; any other list counts as atomic. Source: `x-kubernetes-list-type` and
    /// `x-kubernetes-list-map-keys` in the API server's OpenAPI.
    package static func of(_ path: [String], in groupKind: GroupKind) -> ListSemantics {
        switch path.first {
        case "metadata":
            return metadata[path.dropFirst().joined(separator: ".")] ?? .atomic
        case "status" where path == ["status", "conditions"]:
            return .map(keys: ["type"])
        case "spec" where groupKind.kind == "Service":
            return path == ["spec", "ports"] ? .map(keys: ["port", "protocol"]) : .atomic
        case "spec":
            guard let podPath = podSpecPath[groupKind.kind], path.starts(with: podPath) else { return .atomic }
            let rest = path.dropFirst(podPath.count)
            if let first = rest.first, containerLists.contains(first), rest.count > 1 {
                return container[rest.dropFirst().joined(separator: ".")] ?? .atomic
            }
            return podSpec[rest.joined(separator: ".")] ?? .atomic
        default:
            return .atomic
        }
    }

    /// Whether the order of a list with keys means something: variables may refer to earlier ones, containers start one after the other.
    static func isOrdered(_ path: [String]) -> Bool {
        guard let last = path.last else { return false }
        return ["env", "containers", "initContainers"].contains(last)
    }

    /// Whether this is the path of the pod spec in objects of the kind.
    static func isPodSpec(_ path: [String], in groupKind: GroupKind) -> Bool { podSpecPath[groupKind.kind] == path }

    private static let metadata: [String: ListSemantics] = [
        "ownerReferences": .map(keys: ["uid"]), "finalizers": .set,
    ]

    private static let podSpecPath: [String: [String]] = [
        "Pod": ["spec"], "Deployment": ["spec", "template", "spec"], "ReplicaSet": ["spec", "template", "spec"],
        "StatefulSet": ["spec", "template", "spec"], "DaemonSet": ["spec", "template", "spec"],
        "Job": ["spec", "template", "spec"],
        "CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
    ]

    private static let containerLists: Set<String> = ["containers", "initContainers", "ephemeralContainers"]

    private static let podSpec: [String: ListSemantics] = [
        "containers": .map(keys: ["name"]), "initContainers": .map(keys: ["name"]),
        "ephemeralContainers": .map(keys: ["name"]),
        "volumes": .map(keys: ["name"]), "imagePullSecrets": .map(keys: ["name"]), "hostAliases": .map(keys: ["ip"]),
        "topologySpreadConstraints": .map(keys: ["topologyKey", "whenUnsatisfiable"]),
    ]

    private static let container: [String: ListSemantics] = [
        "ports": .map(keys: ["containerPort", "protocol"]), "env": .map(keys: ["name"]),
        "volumeMounts": .map(keys: ["mountPath"]),
        "volumeDevices": .map(keys: ["devicePath"]),
    ]
}
