import Dataplanes
import Injection
import JSON
import KubeModel
import WebServers

/// What the workloads of manifests would run, taken as running, so that what is in a repository can be looked at before anything exists:
/// their pods, ready and with assumed addresses, with a sidecar where one is asked for; and addresses of Services that have none yet.
///
/// A workload whose pods are among the objects, and one that another workload makes, stands for no further pods.
struct AssumedWorkloads: Sendable {
    /// Pods and Services, to be taken as present before those of the same name.
    private(set) var objects: [DynamicObject] = []
    /// What is assumed, for people.
    private(set) var notes: [String] = []

    /// More pods of one workload, and of all, make no difference to anybody who reads the outcome.
    static let mostOfOne = 1000
    static let most = 10_000

    /// Namespaces whose pods never get a sidecar, as the webhooks are set up by default.
    private static let excludedNamespaces: Set<String> = [
        "kube-system", "kube-public", "kube-node-lease", "swiftlet-system",
    ]

    /// - Parameters:
    ///   - workloads: of any kinds; others are passed over.
    ///   - pods: those that are there.
    ///   - services: those that are to get addresses if they have none.
    ///   - namespaces: those that are known, by name.
    ///   - nodes: how many nodes are known.
    init(
        workloads: [DynamicObject],
        pods: [DynamicObject],
        services: [DynamicObject],
        namespaces: [String: Namespace],
        nodes: Int
    ) {
        var addresses = AssumedAddresses(second: 18)
        var assumed: [String] = []
        var unknownNamespaces: Set<String> = []
        func add(_ pod: DynamicObject) {
            objects.append(Self.running(pod, at: addresses.next(), in: namespaces, &unknownNamespaces))
        }
        // A dump of a cluster has statuses; what somebody wrote has none.
        for pod in pods where pod.value["status"]?.objectValue?.isEmpty != false {
            add(pod)
            assumed.append("Pod \(pod.key)")
        }
        let manifests = workloads.compactMap(WorkloadManifest.init).sorted { $0.title < $1.title }
        let identities = Set(manifests.map(\.object.identity))
        for workload in manifests where !workload.isOwned(byOneOf: identities) && !Self.hasPods(workload, among: pods) {
            let asked = workload.replicas(nodes: nodes)
            let count = max(0, min(asked, Self.mostOfOne, Self.most - objects.count))
            for index in 0..<count { add(workload.pod(index)) }
            assumed.append("\(workload.title) (\(count)\(count < asked ? " of \(asked)" : ""))")
        }
        note(assumed, unknownNamespaces)
        addServices(services)
    }

    private mutating func note(_ assumed: [String], _ unknownNamespaces: Set<String>) {
        if !assumed.isEmpty {
            let shown = assumed.prefix(8).joined(separator: ", ") + (assumed.count > 8 ? ", ..." : "")
            let subject = objects.count == 1 ? "1 pod is" : "\(objects.count) pods are"
            notes.append("\(subject) assumed to run, with assumed addresses: \(shown)")
        }
        for namespace in unknownNamespaces.sorted() {
            notes.append(
                "namespace \(namespace) is not among the files: assumed to have the label \(MetadataKey.injection)=enabled"
            )
        }
    }

    /// Whether pods that the workload would make are there already.
    private static func hasPods(_ workload: WorkloadManifest, among pods: [DynamicObject]) -> Bool {
        let labels = (workload.template[path: "metadata", "labels"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
        guard !labels.isEmpty else { return false }
        return pods.contains { pod in
            pod.namespace == workload.object.namespace && labels.allSatisfy { pod.labels[$0.key] == $0.value }
        }
    }

    /// The pod as the kubelet would report it once all is well.
    private static func running(
        _ pod: DynamicObject,
        at address: String,
        in namespaces: [String: Namespace],
        _ unknownNamespaces: inout Set<String>
    ) -> DynamicObject {
        var pod = pod
        let isOfNode = pod.value[path: "spec", "hostNetwork"] == true
        if !isOfNode, asksForSidecar(pod, namespaces, &unknownNamespaces) {
            pod.value[path: "metadata", "annotations", MeshMarks.injected] = "true"
        }
        let names = (pod.value[path: "spec", "containers"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        pod.value["status"] = [
            "phase": "Running", "podIP": .string(address), "podIPs": [["ip": .string(address)]],
            "conditions": [["type": "Ready", "status": "True"]],
            "containerStatuses": .array(
                names.map { ["name": .string($0), "ready": true, "state": ["running": [:]], "restartCount": 0] }
            ),
        ]
        return pod
    }

    private static func asksForSidecar(
        _ pod: DynamicObject,
        _ namespaces: [String: Namespace],
        _ unknownNamespaces: inout Set<String>
    ) -> Bool {
        for marks in [pod.labels, pod.annotations] {
            if let isOn = MeshMarks.isOn(marks[MetadataKey.injection]) { return isOn }
        }
        if MeshMarks.isOn(pod.annotations[MeshMarks.injected]) == true { return true }
        guard !excludedNamespaces.contains(pod.namespace) else { return false }
        guard let namespace = namespaces[pod.namespace] else {
            unknownNamespaces.insert(pod.namespace)
            return true
        }
        for marks in [namespace.labels, namespace.annotations] {
            if let isOn = MeshMarks.isOn(marks[MetadataKey.injection]) { return isOn }
        }
        return false
    }

    private mutating func addServices(_ services: [DynamicObject]) {
        var addresses = AssumedAddresses(second: 19)
        for service in services.sorted(by: { $0.key < $1.key }) {
            guard service.value[path: "spec", "clusterIP"]?.stringValue ?? "" == "",
                service.value[path: "spec", "clusterIPs"]?.arrayValue?.isEmpty != false,
                service.value[path: "spec", "type"] != "ExternalName"
            else { continue }
            let address = JSONValue.string(addresses.next())
            var service = service
            service.value[path: "spec", "clusterIP"] = address
            service.value[path: "spec", "clusterIPs"] = [address]
            objects.append(service)
        }
    }
}

/// Addresses of a network that is meant for trials and is in no cluster: 198.18.0.0/15 (RFC 2544).
private struct AssumedAddresses {
    let second: Int
    private var count = 0

    init(second: Int) { self.second = second }

    mutating func next() -> String {
        count += 1
        return "198.\(second).\(count >> 8 & 255).\(count & 255)"
    }
}

extension AssumedWorkloads {
    /// Those of a state that is made of files.
    static func inFiles(_ state: any ClusterState) async throws -> AssumedWorkloads {
        var workloads: [DynamicObject] = []
        for kind in WorkloadManifest.Kind.allCases { workloads += try await all(kind.resource, in: state) }
        return AssumedWorkloads(
            workloads: workloads,
            pods: try await all(.pods, in: state),
            services: try await all(.services, in: state),
            namespaces: try await namespaces(in: state),
            nodes: try await all(.nodes, in: state).count
        )
    }

    /// Those of manifests that a cluster does not have yet.
    static func missing(_ manifests: [DynamicObject], in cluster: any ClusterState) async throws -> AssumedWorkloads {
        var new: [DynamicObject] = []
        for object in manifests {
            let groupKind = object.groupVersionKind.groupKind
            let kinds = WorkloadManifest.Kind.allCases.map(\.resource) + [.pods, .services]
            guard let resource = kinds.first(where: { $0.groupKind == groupKind }),
                try await cluster.object(resource, object.key) == nil
            else { continue }
            new.append(object)
        }
        guard !new.isEmpty else {
            return AssumedWorkloads(workloads: [], pods: [], services: [], namespaces: [:], nodes: 0)
        }
        let layered = LayeredState(ManifestState(manifests), over: cluster)
        func those(_ resource: APIResource) -> [DynamicObject] {
            new.filter { $0.groupVersionKind.groupKind == resource.groupKind }
        }
        return AssumedWorkloads(
            workloads: new,
            pods: those(.pods),
            services: those(.services),
            namespaces: try await namespaces(in: layered),
            nodes: try await all(.nodes, in: layered).count
        )
    }

    private static func all(_ resource: APIResource, in state: any ClusterState) async throws -> [DynamicObject] {
        try await state.objects(resource, namespace: nil, matching: LabelSelector()) ?? []
    }

    private static func namespaces(in state: any ClusterState) async throws -> [String: Namespace] {
        var result: [String: Namespace] = [:]
        for object in try await all(.namespaces, in: state) {
            var reader = JSONReader(object.value.encoded())
            result[object.name] = try Namespace(json: &reader)
        }
        return result
    }
}
