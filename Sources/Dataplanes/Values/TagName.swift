/// The tags that have a meaning of their own (Kuma 2.14).
package enum TagName {
    package static let service = "kuma.io/service"
    package static let zone = "kuma.io/zone"
    package static let protocolName = "kuma.io/protocol"
    package static let instance = "kuma.io/instance"
    package static let namespace = "k8s.kuma.io/namespace"
    package static let serviceName = "k8s.kuma.io/service-name"
    package static let servicePort = "k8s.kuma.io/service-port"
    /// Instead of `kuma.io/service` on a gateway that stands for its Deployment.
    package static let gatewayName = "kuma.io/service-name"
}
