/// A pod, reduced to what decides about readiness, traffic and identity, and small at rest: many pods share what they have in common.
///
/// A reference to immutable storage: copies cost nothing.
package struct Pod: Hashable, Sendable {
    package enum Phase: String, Hashable, Sendable {
        case pending = "Pending"
        case running = "Running"
        case succeeded = "Succeeded"
        case failed = "Failed"
        case unknown = "Unknown"
    }

    package enum PortProtocol: String, Hashable, Sendable {
        case tcp = "TCP"
        case udp = "UDP"
        case sctp = "SCTP"
    }

    /// A port that a container says it listens on.
    package struct Port: Hashable, Sendable {
        /// May be empty.
        package var name = ""
        package var number: UInt16 = 0
        package var portProtocol = PortProtocol.tcp
        /// The container that has it.
        package var container = ""

        package init() {}
    }

    /// How one container fares.
    package struct Container: Hashable, Sendable {
        package enum State: Hashable, Sendable {
            case running
            /// Such as `ImagePullBackOff` and what the kubelet says to it.
            case waiting(reason: String, message: String)
            case terminated(exitCode: Int32, reason: String, message: String)
        }

        package var name = ""
        package var isInit = false
        package var isReady = false
        package var restartCount: Int32 = 0
        package var state = State.waiting(reason: "", message: "")

        package init() {}
    }

    private let storage: Storage

    package var key: ObjectKey { storage.fields.key }
    package var name: String { storage.fields.key.name }
    package var namespace: String { storage.fields.key.namespace }
    package var uid: UID { storage.fields.uid }
    package var resourceVersion: ResourceVersion { storage.fields.resourceVersion }
    package var labels: FlatMap { storage.fields.labels }
    package var annotations: FlatMap { storage.fields.annotations }
    package var ownerReferences: [OwnerReference] { storage.fields.ownerReferences }
    /// Empty until there is one.
    package var podIP: String { storage.fields.podIP }
    package var phase: Phase { storage.fields.phase }
    /// Whether the pod's `Ready` condition holds.
    package var isReady: Bool { storage.fields.isReady }
    /// Set once deletion was asked for.
    package var deletionTimestamp: Timestamp? { storage.fields.deletionTimestamp }
    /// The ports of its containers, not those of its init containers.
    package var ports: [Port] { storage.fields.ports }
    /// Init containers first, each list in the pod's order. Empty until the kubelet has seen the pod.
    package var containers: [Container] { storage.fields.containers }
    /// The node that runs it; empty until one was chosen.
    package var nodeName: String { storage.fields.nodeName }
    /// Whether the kubelet put an end to it for want of resources (`status.reason` is `Evicted`).
    package var isEvicted: Bool { storage.fields.isEvicted }
    /// Why no node takes it; empty if one does.
    package var schedulingMessage: String { storage.fields.schedulingMessage }

    /// The owner that manages this pod, such as a ReplicaSet.
    package var controller: OwnerReference? { storage.fields.ownerReferences.first { $0.isController } }
    package var restartCount: Int { storage.fields.containers.reduce(0) { $0 + Int($1.restartCount) } }

    package static func == (left: Pod, right: Pod) -> Bool {
        left.storage === right.storage || left.storage.fields == right.storage.fields
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(storage.fields.key)
        hasher.combine(storage.fields.resourceVersion)
    }
}

extension Pod {
    /// What is known of a pod, while it is read.
    struct Fields: Hashable, Sendable {
        var key = ObjectKey(namespace: "", name: "")
        var uid = UID("")
        var resourceVersion = ResourceVersion(0)
        var labels = FlatMap.empty
        var annotations = FlatMap.empty
        var ownerReferences: [OwnerReference] = []
        var podIP = ""
        var deletionTimestamp: Timestamp?
        var ports: [Port] = []
        var containers: [Container] = []
        var schedulingMessage = ""
        var nodeName = ""
        var phase = Phase.unknown
        var isReady = false
        var isEvicted = false

        /// Lets go of everything that an earlier pod has as well.
        mutating func share(_ seen: inout RecentlySeen) {
            key.namespace = seen.share(key.namespace)
            labels = seen.share(labels: labels)
            annotations = seen.share(annotations: annotations)
            ownerReferences = seen.share(ownerReferences)
            ports = seen.share(ports)
            containers = seen.share(containers)
            schedulingMessage = seen.share(schedulingMessage)
            nodeName = seen.share(nodeName)
        }
    }

    final class Storage: Sendable {
        let fields: Fields

        init(_ fields: Fields) { self.fields = fields }
    }

    init(_ fields: Fields) { storage = Storage(fields) }
}
