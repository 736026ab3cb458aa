import Crypto
import FoundationEssentials
import KubeModel
import SwiftASN1
import X509

/// A certificate that others are signed with, and its key where we have it.
package struct CertificateAuthority: Sendable, Hashable {
    package let certificate: Certificate
    package let id: AuthorityID
    /// `nil` for one that is trusted only.
    package private(set) var privateKey: Certificate.PrivateKey?
    /// The certificate as PEM, with a line break at its end.
    package let pem: String

    /// Its subject, such as `CN=swiftlet@1790000000`.
    package var name: String { "\(certificate.subject)" }
    package var notBefore: Timestamp { Timestamp(certificate.notValidBefore) }
    package var notAfter: Timestamp { Timestamp(certificate.notValidAfter) }

    package init(_ certificate: Certificate, privateKey: Certificate.PrivateKey? = nil) throws(AdmissionError) {
        if let privateKey, privateKey.publicKey != certificate.publicKey {
            throw AdmissionError(.certificate, "the key is not that of the certificate \(certificate.subject)")
        }
        self.certificate = certificate
        self.privateKey = privateKey
        pem = try PEMText.text(of: certificate)
        do {
            var serializer = DER.Serializer()
            try serializer.serialize(certificate)
            id = AuthorityID(der: serializer.serializedBytes)
        } catch {
            throw AdmissionError(.certificate, "the certificate \(certificate.subject) cannot be encoded", cause: error)
        }
    }

    /// Makes a P-256 authority.
    ///
    /// - Parameters:
    ///   - name: its common name, with the time after it so that no two are called the same.
    ///   - validity: from `now`.
    ///   - backdating: how far it is dated back, for clocks that are slow.
    package init(
        named name: String,
        now: Timestamp,
        validity: Duration,
        backdating: Duration = .seconds(300)
    ) throws(AdmissionError) {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let certificate: Certificate
        do {
            let subject = try DistinguishedName {
                CommonName("\(name.prefix(40))@\(now.secondsSinceEpoch)")
            }
            let identifier = SubjectKeyIdentifier(hash: key.publicKey)
            certificate = try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(),
                publicKey: key.publicKey,
                notValidBefore: now.advanced(by: .zero - backdating).date,
                notValidAfter: now.advanced(by: validity).date,
                issuer: subject,
                subject: subject,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    identifier
                },
                issuerPrivateKey: key
            )
        } catch {
            throw AdmissionError(.certificate, "cannot make the authority \(name)", cause: error)
        }
        try self.init(certificate, privateKey: key)
    }

    /// The authority without its key.
    package var trusted: CertificateAuthority {
        var copy = self
        copy.privateKey = nil
        return copy
    }

    /// The key as PEM.
    func keyPEM() throws(AdmissionError) -> String {
        guard let privateKey else { throw AdmissionError(.certificate, "there is no key of \(certificate.subject)") }
        do {
            return try privateKey.serializeAsPEM().pemString + "\n"
        } catch {
            throw AdmissionError(.certificate, "the key of \(certificate.subject) cannot be written", cause: error)
        }
    }

    /// Whether it signed the certificate.
    func signed(_ other: Certificate) -> Bool {
        other.issuer == certificate.subject && certificate.publicKey.isValidSignature(other.signature, for: other)
    }
}
