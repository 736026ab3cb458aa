import KubeModel

/// The ports of a pod that are its sidecar's own: a Service on one of them would lead to Envoy's admin interface or around in a circle.
///
/// Said by the annotations that injection writes; a pod without them has the defaults of injection.
struct SidecarPorts {
    private let ports: Set<UInt16>

    /// Where the kubelet asks for readiness: the same in every pod.
    private static let readiness: UInt16 = 9902

    /// - Parameter isGateway: a gateway's inbound traffic is not redirected, and its probes are not answered by the sidecar.
    init(of pod: Pod, isGateway: Bool) {
        func port(_ annotation: String, otherwise standard: UInt16) -> UInt16 {
            pod.annotations[annotation].flatMap { UInt16($0) } ?? standard
        }
        var ports: Set<UInt16> = [
            Self.readiness, port(MeshMarks.adminPort, otherwise: 9901), port(MeshMarks.outboundPort, otherwise: 15001),
        ]
        if !isGateway {
            ports.insert(port(MeshMarks.inboundPort, otherwise: 15006))
            ports.insert(port(MeshMarks.probePort, otherwise: 9001))
        }
        self.ports = ports
    }

    func contains(_ port: UInt16) -> Bool { port > 0 && ports.contains(port) }
}
