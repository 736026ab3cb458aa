import KubeModel

/// What ``CertificateRotation`` wants done.
package enum RotationAction: Hashable, Sendable {
    package enum Role: Hashable, Sendable {
        /// Issues certificates from now on.
        case signer
        /// Is put into the bundle first, and issues once it is trusted everywhere.
        case next
    }

    // Changes of the Secret. Those of one step are written together.

    /// Make an authority and add it to the bundle.
    case createAuthority(Role)
    /// Trust the authority until then, whether the Secret has it or we know it from elsewhere.
    case keepAuthority(AuthorityID, until: Timestamp)
    /// Let the next authority issue, and trust the one that did until then.
    case promoteNext(retiredUntil: Timestamp)
    case dropAuthority(AuthorityID)
    /// Issue the certificate of this name.
    case issueLeaf(String)

    // What each replica does by what it read.

    /// Publish the bundle of the Secret as it was read.
    case publish
    /// Show the Secret's certificate of this name from now on.
    case serve(String, SecretView.Leaf)
    /// Look again then, if nothing changes before.
    case checkAgain(at: Timestamp)

    package var changesSecret: Bool {
        switch self {
        case .createAuthority, .keepAuthority, .promoteNext, .dropAuthority, .issueLeaf: true
        case .publish, .serve, .checkAgain: false
        }
    }
}

extension RotationAction: CustomStringConvertible {
    /// For logs.
    package var description: String {
        switch self {
        case .createAuthority(.signer): "create an authority"
        case .createAuthority(.next): "create the next authority"
        case .keepAuthority(let id, let end): "trust authority \(id) until \(end)"
        case .promoteNext(let end): "issue by the next authority, and trust the last until \(end)"
        case .dropAuthority(let id): "drop authority \(id)"
        case .issueLeaf(let name): "issue \(name)"
        case .publish: "publish the bundle"
        case .serve(let name, _): "serve \(name)"
        case .checkAgain(let moment): "look again at \(moment)"
        }
    }
}
