import KubeModel

/// One port of a Service as a destination: where callers send to, and who answers.
package struct MeshService: Hashable, Sendable {
    /// `kuma.io/service`, such as `web_shop_svc_80`.
    package var name: String
    package var mesh: String
    /// What all its endpoints speak.
    package var trafficProtocol: TrafficProtocol
    /// Where applications send to: the Service's cluster IPs, or each pod of a headless Service.
    package var addresses: [ServiceAddress]
    /// Inbounds that may take traffic, ordered by address and port, so that equal sets are equal.
    package var endpoints: [Endpoint]

    package init(
        name: String,
        mesh: String,
        trafficProtocol: TrafficProtocol,
        addresses: [ServiceAddress],
        endpoints: [Endpoint]
    ) {
        self.name = name
        self.mesh = mesh
        self.trafficProtocol = trafficProtocol
        self.addresses = addresses
        self.endpoints = endpoints
    }
}

/// An address that applications send to.
package struct ServiceAddress: Hashable, Sendable {
    package var address: String
    package var port: UInt16
    /// For one pod of a headless Service: its `kuma.io/instance`. Traffic then goes to this pod alone.
    package var instance: String?

    package init(address: String, port: UInt16, instance: String? = nil) {
        self.address = address
        self.port = port
        self.instance = instance
    }
}

/// A ready inbound of some pod.
package struct Endpoint: Hashable, Sendable {
    package var address: String
    package var port: UInt16
    package var tags: Tags

    package init(address: String, port: UInt16, tags: Tags) {
        self.address = address
        self.port = port
        self.tags = tags
    }
}
