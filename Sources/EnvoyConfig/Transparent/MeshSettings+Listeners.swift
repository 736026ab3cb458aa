import EnvoyAPI

extension MeshSettings {
    /// The listeners that traffic is redirected to, and their clusters.
    ///
    /// Without passthrough, connections to addresses outside the mesh are accepted and closed at once. What comes in on a port that
    /// no Service offers reaches the application in any case.
    func transparentResources(ipv6: Bool) throws(EnvoyConfigError) -> [EncodedResource] {
        var result: [EncodedResource] = []
        for isIPv6 in ipv6 ? [false, true] : [false] {
            result += try TransparentListener(
                direction: .outbound,
                isIPv6: isIPv6,
                port: outboundPort,
                passesThrough: passthrough,
                origin: ResourceOrigin(kind: "Mesh", name: mesh)
            ).encoded()
            result += try TransparentListener(
                direction: .inbound,
                isIPv6: isIPv6,
                port: inboundPort,
                passesThrough: true,
                origin: nil
            ).encoded()
        }
        return result
    }
}
