import X509

/// The authorities that clients are to trust.
package struct CertificateBundle: Sendable, Hashable {
    /// Without their keys, the oldest first.
    package let authorities: [CertificateAuthority]

    package init(_ authorities: some Sequence<CertificateAuthority>) {
        var seen: Set<AuthorityID> = []
        self.authorities = authorities.map(\.trusted).filter { seen.insert($0.id).inserted }
            .sorted { ($0.notBefore, $0.id) < ($1.notBefore, $1.id) }
    }

    /// Reads foreign PEM.
    ///
    /// - Parameter field: where the text is from, for errors.
    package init(pem: String, field: String) throws(AdmissionError) {
        var authorities: [CertificateAuthority] = []
        for certificate in try PEMText.certificates(pem, field: field) {
            authorities.append(try CertificateAuthority(certificate))
        }
        self.init(authorities)
    }

    /// Equal bundles have equal texts.
    package var pem: String { authorities.map(\.pem).joined() }

    package var ids: Set<AuthorityID> { Set(authorities.map(\.id)) }
}
