import JSON
import KubeModel
import X509

/// What is made of a Secret that somebody else fills: whether it can be shown, and whom clients trust while it changes.
///
/// A Secret holds one authority at a time. When its issuer is another all at once, clients are told to trust both until the certificate by
/// the former one has not been shown for ``overlap``.
struct GivenCertificates {
    static let overlap = Duration.seconds(3600)

    private struct Retained {
        var authority: CertificateAuthority
        var until: Timestamp
    }

    private var retained: [AuthorityID: Retained] = [:]
    /// Why certificates are not taken on, by their names.
    private(set) var problems: [String: String] = [:]

    /// - Parameters:
    ///   - state: what was read of the Secret. Certificates that cannot be shown are taken out of it, and authorities that are still needed
    ///     are put into it.
    ///   - shown: what is shown at present.
    mutating func examine(
        _ stored: StoredCertificates,
        _ state: inout CertificateState,
        for requests: [CertificateRequest],
        shown: [ServedCertificate],
        now: Timestamp
    ) {
        problems = [:]
        for request in requests {
            guard let problem = Self.problem(stored, state, request, now) else { continue }
            problems[request.name] = problem
            state.withdraw(request.name)
        }
        for served in shown {
            guard let authority = served.bundle.authorities.first(where: { $0.id == served.issuer }) else { continue }
            let until = min(now.advanced(by: Self.overlap), authority.notAfter)
            retained[authority.id] = Retained(authority: authority, until: until)
        }
        retained = retained.filter { $0.value.until > now }
        state.trust(retained.values.map(\.authority))
    }

    /// In plain words, and what would be right; `nil` when the certificate can be shown.
    private static func problem(
        _ stored: StoredCertificates,
        _ state: CertificateState,
        _ request: CertificateRequest,
        _ now: Timestamp
    ) -> String? {
        guard stored.object != nil else { return "it does not exist: create it, or have cert-manager make it" }
        let keys = ["\(request.name).crt", "\(request.name).key", "ca.crt"]
        let missing = keys.filter { stored.data?[$0]?.stringValue?.isEmpty != false }
        guard missing.isEmpty else {
            let what = missing.contains("ca.crt") ? "; ca.crt names those who are to be trusted" : ""
            return "it has no \(missing.joined(separator: ", "))\(what)"
        }
        guard state.faults.isEmpty else { return state.faults.joined(separator: "; ") }
        guard let leaf = state.leaves[request.name] else { return "its certificate cannot be read" }
        guard leaf.notAfter > now else { return "its certificate expired at \(leaf.notAfter)" }
        guard leaf.notBefore <= now else { return "its certificate is not valid before \(leaf.notBefore)" }
        guard let issuer = leaf.issuer(among: Array(state.authorities.values)),
            let authority = state.authorities[issuer]
        else { return "its certificate is not signed by any of ca.crt, so that nobody could verify it" }
        guard authority.notAfter > now else {
            return "the authority of its certificate expired at \(authority.notAfter)"
        }
        guard leaf.covers(request) else {
            let wanted = (request.dnsNames + request.ipAddresses).joined(separator: ", ")
            let names = leaf.names.isEmpty ? "no name" : leaf.names.joined(separator: ", ")
            return "its certificate is for \(names), and clients ask for \(wanted)"
        }
        return nil
    }
}
