import KubeModel
import NIOSSL
import X509

/// A certificate as a server shows it.
package struct ServedCertificate: Sendable {
    package let certificate: IssuedCertificate
    /// What clients of the server are to trust. It changes without the certificate: before another authority issues, and after.
    package var bundle: CertificateBundle
    /// The end of the certificate, or of its authority when that is sooner.
    package let notAfter: Timestamp
    /// The certificate's authority.
    package let issuer: AuthorityID
    /// Whether the authority was in every published bundle when that was last looked at.
    package var isPublished: Bool
    /// The bundles that clients are told to trust, as they were last read; that of the Secret where nobody is told.
    package var published: [String]
    /// For servers that speak no more than HTTP/1.1; others take ``IssuedCertificate/serverContext(protocols:)``.
    package let context: NIOSSLContext

    /// - Throws: ``AdmissionError/Code/certificate`` when it leads to no authority of the bundle, or BoringSSL does not take it.
    package init(
        _ certificate: IssuedCertificate,
        bundle: CertificateBundle,
        isPublished: Bool,
        published: [String]? = nil
    ) throws(AdmissionError) {
        let issuer = certificate.issuer(among: bundle.authorities)
        guard let authority = bundle.authorities.first(where: { $0.id == issuer }) else {
            let subject = "\(certificate.leaf.subject)"
            throw AdmissionError(.certificate, "the certificate \(subject) is by no authority of its bundle")
        }
        self.certificate = certificate
        self.bundle = bundle
        self.issuer = authority.id
        self.isPublished = isPublished
        self.published = published ?? [bundle.pem]
        notAfter = min(certificate.notAfter, authority.notAfter)
        context = try certificate.serverContext()
    }
}
