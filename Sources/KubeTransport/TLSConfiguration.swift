/// Who is trusted, and who we are. The default trusts the system's authorities and verifies certificate and name.
///
/// Versions below TLS 1.2 are never spoken.
package struct TLSConfiguration: Sendable, Hashable {
    /// The trusted authorities, PEM. They replace the system's; `nil` trusts the system's.
    package var certificateAuthorities: [UInt8]?
    /// Our certificate followed by its intermediates, PEM. Needs ``clientKey``.
    package var clientCertificate: [UInt8]?
    /// The key of ``clientCertificate``, PEM, without a passphrase.
    package var clientKey: [UInt8]?
    /// The name to ask for (SNI) and to find in the server's certificate, instead of the host of the URL.
    package var serverName: String?
    /// Accepts any certificate for any name. For tests and for those who ask for it in so many words.
    package var insecureSkipVerify: Bool

    package init(
        certificateAuthorities: [UInt8]? = nil,
        clientCertificate: [UInt8]? = nil,
        clientKey: [UInt8]? = nil,
        serverName: String? = nil,
        insecureSkipVerify: Bool = false
    ) {
        self.certificateAuthorities = certificateAuthorities
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.serverName = serverName
        self.insecureSkipVerify = insecureSkipVerify
    }
}
