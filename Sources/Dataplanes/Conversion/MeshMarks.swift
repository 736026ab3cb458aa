import KubeModel

/// The labels and annotations by which objects say what they are to the mesh (Kuma 2.14).
package enum MeshMarks {
    /// On a pod: it has a sidecar. Set by the injector, never by hand.
    package static let injected = "kuma.io/sidecar-injected"
    /// On a pod or a Namespace, as label or annotation: the mesh.
    package static let mesh = "kuma.io/mesh"
    /// On a pod: a delegated gateway.
    package static let gateway = "kuma.io/gateway"
    /// On a pod: a proxy between zones, which is no dataplane.
    package static let ingress = "kuma.io/ingress"
    /// On a pod: a proxy out of the zone, which is no dataplane.
    package static let egress = "kuma.io/egress"
    /// On a pod, written by injection: ports of the sidecar.
    static let adminPort = "kuma.io/envoy-admin-port"
    static let inboundPort = "kuma.io/transparent-proxying-inbound-port"
    static let outboundPort = "kuma.io/transparent-proxying-outbound-port"
    static let probePort = "kuma.io/application-probe-proxy-port"
    /// On a Service: it makes no inbounds.
    package static let ignore = "kuma.io/ignore"
    /// After the number of a port: an annotation of a Service that tells what is spoken on it.
    package static let protocolSuffix = ".service.kuma.io/protocol"
    /// What labels of the mesh's own have in their names; they do not become tags.
    package static let domain = "kuma.io/"
    /// The container that the injector adds.
    package static let sidecar = "kuma-sidecar"

    /// What a switch says: `nil` for neither on nor off.
    package static func isOn(_ value: String?) -> Bool? {
        switch value {
        case "enabled", "true", "yes": true
        case "disabled", "false", "no": false
        default: nil
        }
    }

    /// The mesh of a pod, whether or not it has a sidecar. A label goes before an annotation, the pod before its Namespace.
    package static func mesh(of pod: Pod, in namespace: Namespace?, otherwise defaultMesh: String) -> String {
        let said = [pod.labels[mesh], pod.annotations[mesh], namespace?.labels[mesh], namespace?.annotations[mesh]]
        return said.lazy.compactMap { $0 }.first { !$0.isEmpty } ?? defaultMesh
    }
}

extension Pod {
    /// Whether this pod has a sidecar that the mesh knows how to drive.
    package var hasSidecar: Bool {
        MeshMarks.isOn(annotations[MeshMarks.injected]) == true
            && MeshMarks.isOn(annotations[MeshMarks.ingress]) != true
            && MeshMarks.isOn(annotations[MeshMarks.egress]) != true
    }

    /// Whether this pod has an address that is its own. One that has ended keeps telling its last address, which another may have by now.
    package var hasAddress: Bool { !podIP.isEmpty && phase != .succeeded && phase != .failed && !isEvicted }
}

extension KubeService {
    /// Whether this Service makes inbounds of the pods it selects.
    package var makesInbounds: Bool {
        kind != .externalName && MeshMarks.isOn(annotations[MeshMarks.ignore]) != true
    }

    /// What the Service says of sending to endpoints near the caller, which proxies do not heed; `nil` when it says nothing of the kind.
    ///
    /// Hints of EndpointSlices come from these settings.
    package var unsupportedRouting: String? {
        if internalTrafficPolicy == "Local" { return "internalTrafficPolicy: Local" }
        if !trafficDistribution.isEmpty { return "trafficDistribution: \(trafficDistribution)" }
        for key in ["service.kubernetes.io/topology-mode", "service.kubernetes.io/topology-aware-hints"] {
            if let value = annotations[key], !value.isEmpty, value.lowercased() != "disabled" {
                return "annotation \(key): \(value)"
            }
        }
        return nil
    }

    /// The `kuma.io/service` of one of its ports: `<service>_<namespace>_svc_<port>`.
    package func serviceTag(of port: Port) -> String { "\(name)_\(namespace)_svc_\(port.number)" }
}
