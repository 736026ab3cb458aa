import KubeModel
import NIOSSL

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
    /// For servers that speak no more than HTTP/1.1; others take ``IssuedCertificate/serverContext(protocols:)``.
    package let context: NIOSSLContext
}
