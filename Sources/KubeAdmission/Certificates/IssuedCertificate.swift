import FoundationEssentials
import KubeModel
import NIOSSL
import SwiftASN1
import X509

/// A server's certificate with its key.
package struct IssuedCertificate: Sendable, Hashable {
    /// The server's own certificate, then those between it and its authority.
    package let chain: [Certificate]
    package let chainPEM: String
    package let keyPEM: String
    /// Tells certificates apart: the SHA-256 of the server's own.
    package let id: AuthorityID

    /// - Throws: ``AdmissionError/Code/certificate`` for an empty chain, and a key of another certificate.
    package init(chain: [Certificate], privateKey: Certificate.PrivateKey) throws(AdmissionError) {
        guard let leaf = chain.first else { throw AdmissionError(.certificate, "there is no certificate") }
        guard leaf.publicKey == privateKey.publicKey else {
            throw AdmissionError(.certificate, "the key is not that of the certificate \(leaf.subject)")
        }
        id = try CertificateAuthority(leaf).id
        var text = ""
        for certificate in chain { text += try PEMText.text(of: certificate) }
        self.chain = chain
        chainPEM = text
        do {
            keyPEM = try privateKey.serializeAsPEM().pemString + "\n"
        } catch {
            throw AdmissionError(.certificate, "the key of \(leaf.subject) cannot be written", cause: error)
        }
    }

    /// Reads foreign PEM.
    ///
    /// - Parameter name: the fields are called `name.crt` and `name.key` in errors.
    package init(chainPEM: String, keyPEM: String, name: String) throws(AdmissionError) {
        try self.init(
            chain: try PEMText.certificates(chainPEM, field: "\(name).crt"),
            privateKey: try PEMText.privateKey(keyPEM, field: "\(name).key")
        )
    }

    package var leaf: Certificate { chain[0] }
    package var notBefore: Timestamp { Timestamp(leaf.notValidBefore) }
    package var notAfter: Timestamp { Timestamp(leaf.notValidAfter) }

    /// Which of the authorities it leads to, by checked signatures.
    package func issuer(among authorities: [CertificateAuthority]) -> AuthorityID? {
        for (index, certificate) in chain.enumerated() {
            if let authority = authorities.first(where: { $0.signed(certificate) }) { return authority.id }
            guard index + 1 < chain.count,
                chain[index + 1].publicKey.isValidSignature(certificate.signature, for: certificate)
            else { return nil }
        }
        return nil
    }

    /// Whether it is for all the names that are asked for. A wildcard stands for one first part.
    package func covers(_ request: CertificateRequest) -> Bool {
        let (dnsNames, addresses) = alternativeNames
        return request.dnsNames.allSatisfy { name in
            let parent = name.drop { $0 != "." }
            return dnsNames.contains(name) || (!parent.isEmpty && dnsNames.contains("*\(parent)"))
        } && request.ipAddresses.allSatisfy { IPAddressBytes.of($0).map(addresses.contains) ?? false }
    }

    /// The DNS names and addresses that it is for, for people.
    package var names: [String] {
        let (dnsNames, addresses) = alternativeNames
        return dnsNames.sorted() + addresses.map(IPAddressBytes.text).sorted()
    }

    /// Empty for what cannot be read.
    private var alternativeNames: (dnsNames: Set<String>, addresses: Set<[UInt8]>) {
        var dnsNames: Set<String> = []
        var addresses: Set<[UInt8]> = []
        do {
            for name in try leaf.extensions.subjectAlternativeNames ?? SubjectAlternativeNames([]) {
                switch name {
                case .dnsName(let name): dnsNames.insert(name)
                case .ipAddress(let bytes): addresses.insert(Array(bytes.bytes))
                default: break
                }
            }
        } catch {
            return ([], [])
        }
        return (dnsNames, addresses)
    }

    /// The chain for a `TLSConfiguration`.
    package func certificateSources() throws(AdmissionError) -> [NIOSSLCertificateSource] {
        do {
            return try NIOSSLCertificate.fromPEMBytes(Array(chainPEM.utf8)).map { .certificate($0) }
        } catch {
            throw AdmissionError(.certificate, "BoringSSL does not take the certificate \(leaf.subject)", cause: error)
        }
    }

    /// The key for a `TLSConfiguration`.
    package func privateKeySource() throws(AdmissionError) -> NIOSSLPrivateKeySource {
        do {
            return .privateKey(try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem))
        } catch {
            throw AdmissionError(.certificate, "BoringSSL does not take the key of \(leaf.subject)", cause: error)
        }
    }

    /// TLS 1.2 and later, without client certificates.
    ///
    /// - Parameter protocols: for ALPN, such as `h2`; empty for none.
    package func serverContext(protocols: [String] = []) throws(AdmissionError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try certificateSources(),
            privateKey: try privateKeySource()
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw AdmissionError(.certificate, "BoringSSL does not take the certificate \(leaf.subject)", cause: error)
        }
    }
}
