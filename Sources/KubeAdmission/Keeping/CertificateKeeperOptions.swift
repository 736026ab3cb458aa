/// What a ``CertificateKeeper`` keeps.
package struct CertificateKeeperOptions: Sendable {
    /// The certificates, each by its own name.
    package var requests: [CertificateRequest]
    /// The beginning of the authorities' common names.
    package var authorityName: String
    package var policy = RotationPolicy()
    /// Whether we issue. If not, somebody else fills the Secret (`tls.crt`, `tls.key`, `ca.crt`), and its content is served and published.
    package var issues = true
    /// The longest between two looks, for what no watch tells.
    package var interval = Duration.seconds(60)

    package init(requests: [CertificateRequest], authorityName: String) {
        self.requests = requests
        self.authorityName = authorityName
    }
}
