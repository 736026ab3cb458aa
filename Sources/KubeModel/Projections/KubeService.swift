/// A Service, reduced to where it can be reached and whom it selects.
///
/// Named so that it is not taken for the `Service` of swift-service-lifecycle. A reference to immutable storage: copies cost nothing.
package struct KubeService: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case clusterIP = "ClusterIP"
        case nodePort = "NodePort"
        case loadBalancer = "LoadBalancer"
        /// A name for something else; has neither address nor pods.
        case externalName = "ExternalName"
    }

    /// The port of the pods that a Service's port stands for.
    package enum TargetPort: Hashable, Sendable {
        case number(UInt16)
        /// Of a port that a container declares.
        case name(String)
    }

    package struct Port: Hashable, Sendable {
        /// May be empty if it is the only one.
        package var name = ""
        package var number: UInt16 = 0
        package var portProtocol = Pod.PortProtocol.tcp
        /// The Service's own port where the object does not say, as the API server defaults it.
        package var target = TargetPort.number(0)
        /// `nil` when the object does not say.
        package var appProtocol: String?

        package init() {}
    }

    private let storage: Storage

    package var key: ObjectKey { storage.fields.key }
    package var name: String { storage.fields.key.name }
    package var namespace: String { storage.fields.key.namespace }
    package var uid: UID { storage.fields.uid }
    package var resourceVersion: ResourceVersion { storage.fields.resourceVersion }
    /// All but ``FlatMap/lastApplied``.
    package var annotations: FlatMap { storage.fields.annotations }
    /// Empty if something else than labels decides who answers.
    package var selector: FlatMap { storage.fields.selector }
    package var kind: Kind { storage.fields.kind }
    /// One per IP family. Empty for a headless Service and before addresses are given out.
    package var clusterIPs: [String] { storage.fields.clusterIPs }
    /// Whether it was asked to have no address of its own (`clusterIP: None`): names resolve to the pods.
    package var isHeadless: Bool { storage.fields.isHeadless }
    package var ports: [Port] { storage.fields.ports }
    /// `internalTrafficPolicy`; empty when the object does not say.
    package var internalTrafficPolicy: String { storage.fields.internalTrafficPolicy }
    /// `trafficDistribution`; empty when the object does not say.
    package var trafficDistribution: String { storage.fields.trafficDistribution }

    package static func == (left: KubeService, right: KubeService) -> Bool {
        left.storage === right.storage || left.storage.fields == right.storage.fields
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(storage.fields.key)
        hasher.combine(storage.fields.resourceVersion)
    }
}

extension KubeService {
    /// What is known of a Service, while it is read.
    struct Fields: Hashable, Sendable {
        var key = ObjectKey(namespace: "", name: "")
        var uid = UID("")
        var resourceVersion = ResourceVersion(0)
        var annotations = FlatMap.empty
        var selector = FlatMap.empty
        var clusterIPs: [String] = []
        var ports: [Port] = []
        var kind = Kind.clusterIP
        var isHeadless = false
        var internalTrafficPolicy = ""
        var trafficDistribution = ""

        /// Takes the identity and the annotations.
        mutating func take(_ metadata: ObjectMeta) {
            key = metadata.key
            uid = metadata.uid
            resourceVersion = metadata.resourceVersion
            annotations = FlatMap(annotations: metadata.annotations)
        }

        /// Takes what `clusterIP` and `clusterIPs` say; objects written before dual stack have the former alone.
        mutating func take(clusterIP: String, clusterIPs: [String]) {
            let addresses = clusterIPs.isEmpty ? [clusterIP] : clusterIPs
            isHeadless = addresses.contains("None")
            self.clusterIPs = addresses.filter { $0 != "None" && !$0.isEmpty }
        }
    }

    final class Storage: Sendable {
        let fields: Fields

        init(_ fields: Fields) { self.fields = fields }
    }

    init(_ fields: Fields) { storage = Storage(fields) }
}
