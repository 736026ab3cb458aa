import NIOSSL

/// What the server shows its callers. A reference: another object is another certificate.
package final class ServerCertificate: Sendable {
    /// The server's own first.
    package let chain: [NIOSSLCertificate]
    package let key: NIOSSLPrivateKey

    package init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) {
        self.chain = chain
        self.key = key
    }

    /// - Throws: what NIOSSL says of PEM that it cannot read.
    package convenience init(chainPEM: [UInt8], keyPEM: [UInt8]) throws {
        self.init(
            chain: try NIOSSLCertificate.fromPEMBytes(chainPEM),
            key: try NIOSSLPrivateKey(bytes: keyPEM, format: .pem)
        )
    }
}
