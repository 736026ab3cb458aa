import JSON
import KubeModel

/// What of an applied object a server does not store because it is zero: empty texts, lists and maps, 0 and `false`.
///
/// Go leaves a zero field out when its type has no way to tell it from a missing one. Fields that have (pointers), and those that are always
/// written, are named here. Covers the kinds that this operator writes; source: their Go types.
enum ZeroValues {
    /// The object without them.
    static func dropped(from object: DynamicObject) -> DynamicObject {
        DynamicObject(dropped(object.value, [], isService: object.kind == "Service"))
    }

    private static func dropped(_ value: JSONValue, _ path: [String], isService: Bool) -> JSONValue {
        switch value {
        case .object(let members):
            // Values of maps are stored whatever they are.
            if isMap(path, isService: isService) { return value }
            var result: [String: JSONValue] = [:]
            for (key, member) in members {
                let place = path + [key]
                let rest = dropped(member, place, isService: isService)
                if !isLeftOut(rest, at: place, isService: isService) { result[key] = rest }
            }
            return .object(result)
        case .array(let elements):
            return .array(elements.map { dropped($0, path, isService: isService) })
        default:
            return value
        }
    }

    private static func isLeftOut(_ value: JSONValue, at path: [String], isService: Bool) -> Bool {
        guard let name = path.last else { return false }
        switch value {
        case .object(let members): return members.isEmpty && isMap(path, isService: isService)
        case .array(let elements): return elements.isEmpty && !writtenLists.contains(name)
        case .bool(let value): return !value && !optionalFlags.contains(name)
        case .int(let value): return value == 0 && !optionalNumbers.contains(name)
        case .string(let value): return value.isEmpty && !isWrittenText(name, path.dropLast())
        case .double, .null: return false
        }
    }

    private static func isMap(_ path: [String], isService: Bool) -> Bool {
        guard let name = path.last else { return false }
        return maps.contains(name) || isService && path == ["spec", "selector"]
    }

    private static func isWrittenText(_ name: String, _ parents: ArraySlice<String>) -> Bool {
        if let parent = parents.last, ["httpHeaders", "sysctls"].contains(parent) { return true }
        if ["key", "operator"].contains(name) { return parents.last != "tolerations" }
        return writtenTexts.contains(name) || name == "service" && parents.last == "grpc"
    }

    private static let maps: Set<String> = [
        "labels", "annotations", "nodeSelector", "matchLabels", "requests", "limits",
    ]
    private static let writtenLists: Set<String> = ["containers", "nodeSelectorTerms", "paths"]
    private static let optionalFlags: Set<String> = [
        "allowPrivilegeEscalation", "privileged", "readOnlyRootFilesystem", "runAsNonRoot", "optional", "controller",
        "blockOwnerDeletion",
    ]
    private static let optionalNumbers: Set<String> = [
        "replicas", "runAsUser", "runAsGroup", "fsGroup", "tolerationSeconds", "terminationGracePeriodSeconds", "mode",
        "defaultMode", "minAvailable", "maxUnavailable", "maxSurge", "minReplicas", "maxReplicas", "minDomains",
        "averageUtilization", "targetCPUUtilizationPercentage", "weight", "maxSkew", "port", "targetPort",
        "containerPort",
    ]
    private static let writtenTexts: Set<String> = [
        "topologyKey", "fieldPath", "resource", "localhostProfile", "procMount", "storageClassName", "ingressClassName",
        "fsGroupChangePolicy", "supplementalGroupsPolicy", "seLinuxChangePolicy", "nodeAffinityPolicy",
        "nodeTaintsPolicy",
    ]
}
