/// Who a server certificate is for.
package struct CertificateRequest: Hashable, Sendable {
    /// The certificate's name among those of one Secret: `tls` is stored as `tls.crt` and `tls.key`.
    package var name: String
    /// Such as `swiftlet.swiftlet-system.svc`.
    package var dnsNames: [String]
    /// IPv4 and IPv6.
    package var ipAddresses: [String]

    package init(name: String = "tls", dnsNames: [String], ipAddresses: [String] = []) {
        self.name = name
        self.dnsNames = dnsNames
        self.ipAddresses = ipAddresses
    }

    /// The names under which clusters reach a Service, with what API servers and pods use first.
    package static func service(_ service: String, namespace: String, name: String = "tls") -> CertificateRequest {
        let host = "\(service).\(namespace)"
        return CertificateRequest(name: name, dnsNames: ["\(host).svc", "\(host).svc.cluster.local", host, service])
    }

    /// Adds a name or an address under which the server is reached.
    package mutating func add(host: String) {
        if IPAddressBytes.of(host) != nil { ipAddresses.append(host) } else { dnsNames.append(host) }
    }
}
