import Crypto
import FoundationEssentials
import KubeModel
import SwiftASN1
import X509

extension CertificateAuthority {
    /// Signs a certificate for a server, with a new P-256 key.
    ///
    /// - Parameters:
    ///   - validity: from `now`; never beyond the authority's own.
    ///   - backdating: how far it is dated back, for clocks that are slow.
    /// - Throws: ``AdmissionError/Code/certificate`` without a key, without names, or for a name that cannot be in a certificate.
    package func issue(
        _ request: CertificateRequest,
        now: Timestamp,
        validity: Duration,
        backdating: Duration = .seconds(300)
    ) throws(AdmissionError) -> IssuedCertificate {
        guard let privateKey else {
            throw AdmissionError(.certificate, "cannot issue \(request.name): the authority's key is not here")
        }
        let names = try Self.names(request)
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        do {
            let authority = try certificate.extensions.subjectKeyIdentifier
            let certificate = try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(),
                publicKey: key.publicKey,
                notValidBefore: now.advanced(by: .zero - backdating).date,
                notValidAfter: min(now.advanced(by: validity), notAfter).date,
                issuer: certificate.subject,
                subject: try DistinguishedName {
                    CommonName(String((request.dnsNames.first ?? request.ipAddresses.first ?? request.name).prefix(64)))
                },
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([.serverAuth])
                    SubjectAlternativeNames(names)
                    SubjectKeyIdentifier(hash: key.publicKey)
                    AuthorityKeyIdentifier(keyIdentifier: authority?.keyIdentifier)
                },
                issuerPrivateKey: privateKey
            )
            return try IssuedCertificate(chain: [certificate], privateKey: key)
        } catch let error as AdmissionError {
            throw error
        } catch {
            throw AdmissionError(.certificate, "cannot issue \(request.name)", cause: error)
        }
    }

    private static func names(_ request: CertificateRequest) throws(AdmissionError) -> [GeneralName] {
        guard !request.dnsNames.isEmpty || !request.ipAddresses.isEmpty else {
            throw AdmissionError(.certificate, "cannot issue \(request.name): it has neither names nor addresses")
        }
        var names: [GeneralName] = []
        for name in request.dnsNames {
            let isName = name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "*"):
                    true
                default: false
                }
            }
            guard isName, !name.isEmpty, name.utf8.count <= 253 else {
                throw AdmissionError(.certificate, "cannot issue \(request.name): '\(name)' is no DNS name")
            }
            names.append(.dnsName(name))
        }
        for address in request.ipAddresses {
            guard let bytes = IPAddressBytes.of(address) else {
                throw AdmissionError(.certificate, "cannot issue \(request.name): '\(address)' is no IP address")
            }
            names.append(.ipAddress(ASN1OctetString(contentBytes: bytes[...])))
        }
        return names
    }
}
