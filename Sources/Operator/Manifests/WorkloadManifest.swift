import JSON
import KubeModel

/// A workload of a manifest: what pods it would run.
struct WorkloadManifest {
    enum Kind: String, CaseIterable {
        case deployment = "Deployment"
        case replicaSet = "ReplicaSet"
        case replicationController = "ReplicationController"
        case statefulSet = "StatefulSet"
        case daemonSet = "DaemonSet"
        case job = "Job"
        case cronJob = "CronJob"

        var groupKind: GroupKind {
            switch self {
            case .deployment, .replicaSet, .statefulSet, .daemonSet: GroupKind(group: "apps", kind: rawValue)
            case .replicationController: GroupKind(group: "", kind: rawValue)
            case .job, .cronJob: GroupKind(group: "batch", kind: rawValue)
            }
        }

        /// Enough for looking objects up by their kind.
        var resource: APIResource {
            APIResource(
                group: groupKind.group,
                version: "v1",
                kind: rawValue,
                plural: "\(rawValue.lowercased())s"
            )
        }
    }

    let object: DynamicObject
    let kind: Kind
    /// Of its pods: `metadata` and `spec`.
    let template: JSONValue

    /// `nil` for what is no workload, or has no template.
    init?(_ object: DynamicObject) {
        let groupKind = object.groupVersionKind.groupKind
        guard let kind = Kind.allCases.first(where: { $0.groupKind == groupKind }) else { return nil }
        let path = kind == .cronJob ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"]
        guard let template = object.value[path: path], case .object = template else { return nil }
        self.object = object
        self.kind = kind
        self.template = template
    }

    /// `Deployment shop/web`.
    var title: String { "\(kind.rawValue) \(object.key)" }

    /// How many pods it asks for.
    ///
    /// - Parameter nodes: how many nodes are known; a DaemonSet runs on one where none is.
    func replicas(nodes: Int) -> Int {
        let spec = object.value["spec"]
        let asked: JSONValue?
        switch kind {
        case .daemonSet: return max(nodes, 1)
        case .cronJob:
            if spec?["suspend"] == true { return 0 }
            asked = spec?[path: "jobTemplate", "spec", "parallelism"]
        case .job:
            if spec?["suspend"] == true { return 0 }
            asked = spec?["parallelism"]
        case .deployment, .replicaSet, .replicationController, .statefulSet: asked = spec?["replicas"]
        }
        return max(0, Int(clamping: asked?.intValue ?? 1))
    }

    /// Whether another of these workloads makes this one.
    func isOwned(byOneOf others: Set<ObjectIdentity>) -> Bool {
        (object.value[path: "metadata", "ownerReferences"]?.arrayValue ?? []).contains { owner in
            let groupVersionKind = GroupVersionKind(
                apiVersion: owner["apiVersion"]?.stringValue ?? "",
                kind: owner["kind"]?.stringValue ?? ""
            )
            let key = ObjectKey(namespace: object.namespace, name: owner["name"]?.stringValue ?? "")
            return others.contains(ObjectIdentity(groupKind: groupVersionKind.groupKind, key: key))
        }
    }

    /// A pod as its controller would make it, without a status.
    func pod(_ index: Int) -> DynamicObject {
        var pod = template
        pod["apiVersion"] = "v1"
        pod["kind"] = "Pod"
        let hash = "assumed"
        var owner = (kind: kind.rawValue, apiVersion: object.apiVersion, name: object.name)
        var name = "\(object.name)-\(hash)-\(index)"
        switch kind {
        case .deployment:
            owner = ("ReplicaSet", "apps/v1", "\(object.name)-\(hash)")
            pod[path: "metadata", "labels", "pod-template-hash"] = .string(hash)
        case .statefulSet: name = "\(object.name)-\(index)"
        // As many digits as the time has that CronJobs name their Jobs by.
        case .cronJob: owner = ("Job", "batch/v1", "\(object.name)-00000000")
        case .replicaSet, .replicationController, .daemonSet, .job: break
        }
        pod[path: "metadata", "name"] = .string(name)
        pod[path: "metadata", "namespace"] = .string(object.namespace)
        pod[path: "metadata", "ownerReferences"] = [
            [
                "apiVersion": .string(owner.apiVersion), "kind": .string(owner.kind), "name": .string(owner.name),
                "uid": .string("assumed-\(owner.name)"), "controller": true,
            ]
        ]
        return DynamicObject(pod)
    }
}
