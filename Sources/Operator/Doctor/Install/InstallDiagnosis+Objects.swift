import Injection
import JSON
import KubeModel

extension InstallDiagnosis {
    /// So many objects are told of each kind; more of the same say no more.
    private static let most = 10

    /// Objects that need a person.
    var objects: [Doctor.Finding] {
        troubled("webservers", state.webServers) { webServer in
            Self.condition(webServer, "Stalled", is: "True").map { "is stalled: \($0)" }
                ?? Self.condition(webServer, "Ready", is: "False", reason: "NotReadable").map { "is not ready: \($0)" }
        }
            + troubled("meshes", state.meshes, Self.trouble(ofProgrammed:))
            + troubled("trafficroutes", state.routes, Self.trouble(ofProgrammed:))
    }

    private static func trouble(ofProgrammed object: JSONValue) -> String? {
        condition(object, "Accepted", is: "False").map { "is not accepted: \($0)" }
            ?? condition(object, "Programmed", is: "False", reason: "Rejected").map { "is refused by proxies: \($0)" }
            ?? condition(object, "SidecarsConnected", is: "False").map { "has sidecars that cannot connect: \($0)" }
    }

    private static func condition(
        _ object: JSONValue,
        _ type: String,
        is status: String,
        reason: String? = nil
    ) -> String? {
        let conditions = object[path: "status", "conditions"]?.arrayValue ?? []
        guard let condition = conditions.first(where: { $0["type"] == .string(type) }),
            condition["status"] == .string(status), reason == nil || condition["reason"] == reason.map({ .string($0) })
        else { return nil }
        return "\(condition["reason"]?.stringValue ?? ""): \(condition["message"]?.stringValue ?? "")"
    }

    private func troubled(
        _ plural: String,
        _ observed: Observed<[JSONValue]>,
        _ trouble: (JSONValue) -> String?
    ) -> [Doctor.Finding] {
        switch observed {
        case .absent: return []
        case .unreadable(let why): return [unseen(plural, why)]
        case .found(let objects):
            let singular = plural.hasSuffix("meshes") ? "mesh" : String(plural.dropLast())
            let findings = objects.compactMap { object in
                trouble(object).map { words in
                    let key = DynamicObject(object).key
                    let place = key.namespace.isEmpty ? "" : "-n \(key.namespace) "
                    return warning("\(singular) \(key)", words, "kubectl \(place)describe \(singular) \(key.name)")
                }
            }
            guard !findings.isEmpty else { return [ok(plural, "\(objects.count), none in need of a person")] }
            let more = findings.count - Self.most
            guard more > 0 else { return findings }
            return findings.prefix(Self.most)
                + [warning(plural, "\(more) more are in need of a person", "kubectl get \(plural) -A")]
        }
    }

    // MARK: - Sidecars

    /// Pods that should have a sidecar and have none.
    /// Namespaces that ask for sidecars and refuse them.
    var podSecurity: [Doctor.Finding] {
        // What cannot be looked at is told of the pods in them.
        (state.meshNamespaces.value ?? []).map(DynamicObject.init).sorted { $0.name < $1.name }.compactMap { object in
            guard let level = NamespaceMetadata(name: object.name, labels: object.labels).podSecurityLevel else {
                return nil
            }
            let label = NamespaceMetadata.podSecurityLabel
            return warning(
                "Pod Security in \(object.name)",
                "the level \(level) refuses every pod with a sidecar: its init container needs NET_ADMIN and NET_RAW",
                "kubectl label namespace \(object.name) --overwrite \(label)=privileged"
            )
        }
    }

    var sidecars: [Doctor.Finding] {
        switch state.meshPods {
        case .absent: return []
        case .unreadable(let why): return [unseen("sidecars", why)]
        case .found(let pods):
            let slipped = pods.filter(Self.lacksSidecar)
            guard !slipped.isEmpty else {
                return pods.isEmpty
                    ? [] : [ok("sidecars", "\(pods.count) pods of namespaces with injection have theirs")]
            }
            return Dictionary(grouping: slipped) { DynamicObject($0).namespace }.sorted { $0.key < $1.key }.map {
                namespace,
                pods in
                let names = pods.map { DynamicObject($0).name }.sorted()
                let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", ..." : "")
                return warning(
                    "sidecars in \(namespace)",
                    "\(names.count) \(names.count == 1 ? "pod has" : "pods have") none: \(shown)",
                    "restart them: kubectl -n \(namespace) rollout restart deployment"
                )
            }
        }
    }

    private static func lacksSidecar(_ pod: JSONValue) -> Bool {
        let off: Set = ["disabled", "false", "no"]
        let marks = ["labels", "annotations"].compactMap {
            pod[path: "metadata", $0, MetadataKey.injection]?.stringValue
        }
        guard !marks.contains(where: off.contains), pod[path: "spec", "hostNetwork"] != true,
            pod[path: "metadata", "deletionTimestamp"] == nil,
            !["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.stringValue)
        else { return false }
        let containers = ["containers", "initContainers"].flatMap { pod[path: "spec", $0]?.arrayValue ?? [] }
        return !containers.contains { $0["name"] == "kuma-sidecar" }
    }
}
