/// Why a dataplane is not what somebody may have meant. Never stops the others.
package enum DataplaneProblem: Hashable, Sendable {
    /// No container of the pod declares the TCP port that a Service names: there is no inbound for that port of the Service.
    case unresolvedPort(service: String, port: UInt16, target: String)
    /// A protocol annotation with a value that means nothing: the port counts as tcp.
    case unknownProtocol(service: String, port: UInt16, value: String)
    /// A value of `kuma.io/gateway` that means nothing, or a gateway of a kind that is not supported: the pod counts as no gateway.
    case unknownGateway(value: String)
    /// A Service's port leads to a port of the sidecar itself: it makes no inbound.
    case sidecarPort(service: String, port: UInt16, target: UInt16)
    /// More inbounds, or tags of them, than a pod may have: those that come later, by name of the Service, are left out.
    case tooManyInbounds(service: String)
    /// A Service asks for endpoints near the caller: proxies send to all its endpoints alike.
    case unsupportedRouting(service: String, setting: String)
    /// The mesh that the pod says it is in is not there: the pod is no dataplane until it is.
    case missingMesh(name: String)
}

extension DataplaneProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unresolvedPort(let service, let port, let target):
            "Service \(service), port \(port): no container declares a TCP port named \"\(target)\"; the port is left out"
        case .unknownProtocol(let service, let port, let value):
            "Service \(service), annotation \(port)\(MeshMarks.protocolSuffix): \"\(value)\" is none of "
                + TrafficProtocol.allCases.map(\.rawValue).sorted().joined(separator: ", ") + "; the port counts as tcp"
        case .unknownGateway(let value):
            "annotation \(MeshMarks.gateway): \"\(value)\" is neither enabled nor provided; the pod counts as no gateway"
        case .sidecarPort(let service, let port, let target):
            "Service \(service), port \(port): port \(target) of the pod is its sidecar's own; the port is left out"
        case .tooManyInbounds(let service):
            "Service \(service): the pod has more than \(DataplaneLimits.inbounds) inbounds or \(DataplaneLimits.tags) tags of them; "
                + "from this Service on, ports are left out"
        case .unsupportedRouting(let service, let setting):
            "Service \(service), \(setting): not supported by the mesh; proxies send to all endpoints of the Service"
        case .missingMesh(let name):
            "Mesh \"\(name)\" does not exist; the pod is in no mesh until it does"
        }
    }
}
