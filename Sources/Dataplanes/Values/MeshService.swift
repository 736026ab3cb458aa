/// One port of a Service as a destination: where callers send to, and who answers.
///
/// There is one for every TCP port of a Service that some dataplane of the mesh has an inbound for, also while none is ready: calls then
/// fail in the mesh, and do not leave it. A Service that no dataplane stands behind is no destination: what applications send to it passes
/// through the proxy as it is.
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
