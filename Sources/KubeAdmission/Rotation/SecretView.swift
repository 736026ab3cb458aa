import KubeModel

/// What a Secret of certificates holds, as far as ``CertificateRotation`` decides by it.
package struct SecretView: Hashable, Sendable {
    /// One authority of the bundle.
    package struct Authority: Hashable, Sendable {
        package var id: AuthorityID
        package var notBefore: Timestamp
        package var notAfter: Timestamp
        /// Until when it is trusted although it signs nothing any more; `nil` when that is not known.
        package var trustedUntil: Timestamp?

        package init(id: AuthorityID, notBefore: Timestamp, notAfter: Timestamp, trustedUntil: Timestamp? = nil) {
            self.id = id
            self.notBefore = notBefore
            self.notAfter = notAfter
            self.trustedUntil = trustedUntil
        }
    }

    /// A server's certificate that can be read, has its key and leads to an authority of the bundle.
    package struct Leaf: Hashable, Sendable {
        package var id: AuthorityID
        package var issuer: AuthorityID
        package var notBefore: Timestamp
        /// Its own end, or its authority's when that is sooner.
        package var notAfter: Timestamp
        /// Whether it is for the names that are asked for now.
        package var isAsRequested: Bool

        package init(
            id: AuthorityID,
            issuer: AuthorityID,
            notBefore: Timestamp,
            notAfter: Timestamp,
            isAsRequested: Bool = true
        ) {
            self.id = id
            self.issuer = issuer
            self.notBefore = notBefore
            self.notAfter = notAfter
            self.isAsRequested = isAsRequested
        }
    }

    package var authorities: [Authority] = []
    /// The authority that certificates are issued by, if its key is there.
    package var signer: AuthorityID?
    /// The one that is being introduced, if its key is there.
    package var next: AuthorityID?
    package var leaves: [String: Leaf] = [:]

    package init() {}

    func authority(_ id: AuthorityID?) -> Authority? { authorities.first { $0.id == id } }
}
