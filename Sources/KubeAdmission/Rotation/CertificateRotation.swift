import KubeModel

/// Decides how the certificates of servers and their authority are renewed, without a moment at which a certificate is shown that
/// clients do not trust.
///
/// Every replica runs one over the same Secret: whoever writes first wins, and the others act on what was written. The order of a change
/// of authority:
///
/// 1. The new authority is put into the bundle, and the bundle is published.
/// 2. Once the new one was seen in every published bundle for ``RotationPolicy/propagation``, it issues; the old one retires.
/// 3. Certificates by the old authority are renewed in their turn, now by the new one.
/// 4. The old authority leaves the bundle when the last certificate that it may have issued has expired, and a grace time after. So also a
///    replica that was cut off and shows an old certificate is trusted.
///
/// # Assumptions
/// Bundles were read before the Secret was, and what is published is refused when a bundle changed since it was read.
package struct CertificateRotation: Sendable {
    private let policy: RotationPolicy
    /// The names of the certificates that are wanted.
    private let names: [String]
    private let issues: Bool
    /// Since when an authority has been seen in every published bundle.
    private var publishedSince: [AuthorityID: Timestamp] = [:]
    /// What this replica shows.
    package private(set) var served: [String: SecretView.Leaf] = [:]

    /// - Parameter issues: whether the Secret is ours to change. If not, its content is published and shown as it is.
    package init(policy: RotationPolicy, names: [String], issues: Bool = true) {
        self.policy = policy
        self.names = names
        self.issues = issues
    }

    /// Notes that a certificate is shown.
    package mutating func didServe(_ name: String, _ leaf: SecretView.Leaf) { served[name] = leaf }

    /// - Parameters:
    ///   - secret: what the Secret holds; `nil` when there is none.
    ///   - published: the authorities of each published bundle; empty when nobody needs one; `nil` when they could not be read.
    /// - Returns: first the changes of the Secret, which are to be written at once; then what follows from the Secret as it is.
    package mutating func step(
        now: Timestamp,
        secret: SecretView?,
        published: [Set<AuthorityID>]?
    ) -> [RotationAction] {
        let view = secret ?? SecretView()
        observe(now, view, published)
        let changes = issues ? changes(now, view, published) : []
        var actions = changes
        let bundle = Set(view.authorities.map(\.id))
        // A bundle that lacks what is in use is not published; it is made whole first.
        let keepsMore = changes.contains {
            if case .keepAuthority(let id, _) = $0 { !bundle.contains(id) } else { false }
        }
        if let published, !bundle.isEmpty, !keepsMore, published.contains(where: { $0 != bundle }) {
            actions.append(.publish)
        }
        for name in names {
            if let leaf = view.leaves[name], shouldServe(name, leaf, now) { actions.append(.serve(name, leaf)) }
        }
        actions.append(.checkAgain(at: nextCheck(now, view)))
        return actions
    }

    // MARK: - The Secret

    private func changes(
        _ now: Timestamp,
        _ view: SecretView,
        _ published: [Set<AuthorityID>]?
    ) -> [RotationAction] {
        var changes: [RotationAction] = []
        let known = Set(view.authorities.map(\.id))
        for leaf in served.values.sorted(by: { $0.id < $1.id })
        where leaf.notAfter > now && !known.contains(leaf.issuer) {
            changes.append(.keepAuthority(leaf.issuer, until: leaf.notAfter.advanced(by: policy.retirementGrace)))
        }
        let signer = usable(view.signer, view, now)
        let next = usable(view.next, view, now)
        let isServable = names.contains { view.leaves[$0].map { $0.notAfter > now } ?? false }
        if let next, isSettled(next.id, now) || (signer == nil && !isServable) {
            return changes + [.promoteNext(retiredUntil: retirement(view, now))]
        }
        if signer == nil, next == nil, !isServable {
            return changes + bootstrap(now, known, published) + retirements(view, now, signer, next)
        }
        if next == nil, signer.map({ now >= renewal($0) }) ?? true { changes.append(.createAuthority(.next)) }
        if let signer {
            for name in names where needsIssue(view.leaves[name], by: signer, now) { changes.append(.issueLeaf(name)) }
        }
        return changes + retirements(view, now, signer, next)
    }

    /// Begins anew. What is published was trusted until now, maybe for a replica that still shows a certificate by it.
    private func bootstrap(
        _ now: Timestamp,
        _ known: Set<AuthorityID>,
        _ published: [Set<AuthorityID>]?
    ) -> [RotationAction] {
        let trusted = (published ?? []).reduce(into: Set<AuthorityID>()) { $0.formUnion($1) }.subtracting(known)
        let shown = Set(served.values.map(\.issuer))
        let until = now.advanced(by: policy.leafValidity + policy.retirementGrace)
        return trusted.subtracting(shown).sorted().prefix(Self.mostKept).map { .keepAuthority($0, until: until) }
            + [.createAuthority(.signer)] + names.map { .issueLeaf($0) }
    }

    private static let mostKept = 4

    private func needsIssue(_ leaf: SecretView.Leaf?, by signer: SecretView.Authority, _ now: Timestamp) -> Bool {
        guard let leaf, leaf.notAfter > now, leaf.isAsRequested else { return true }
        // An authority near its end cannot give more than it has.
        let gain = min(now.advanced(by: policy.leafValidity), signer.notAfter)
        return now >= renewal(leaf) && gain > leaf.notAfter
    }

    /// What becomes of authorities that issue nothing.
    private func retirements(
        _ view: SecretView,
        _ now: Timestamp,
        _ signer: SecretView.Authority?,
        _ next: SecretView.Authority?
    ) -> [RotationAction] {
        let leaves = view.leaves.values.filter { $0.notAfter > now } + served.values.filter { $0.notAfter > now }
        let needed = Set(leaves.map(\.issuer))
        return view.authorities.compactMap { authority in
            guard authority.id != signer?.id, authority.id != next?.id else { return nil }
            if authority.notAfter <= now { return .dropAuthority(authority.id) }
            guard let until = authority.trustedUntil else {
                let until = now.advanced(by: policy.leafValidity + policy.retirementGrace)
                return .keepAuthority(authority.id, until: min(until, authority.notAfter))
            }
            return now >= until && !needed.contains(authority.id) ? .dropAuthority(authority.id) : nil
        }
    }

    /// When the last certificate that the present signer may have issued has expired.
    private func retirement(_ view: SecretView, _ now: Timestamp) -> Timestamp {
        let leaves = view.leaves.values.map(\.notAfter) + [now.advanced(by: policy.leafValidity)]
        return (leaves.max() ?? now).advanced(by: policy.retirementGrace)
    }

    private func usable(_ id: AuthorityID?, _ view: SecretView, _ now: Timestamp) -> SecretView.Authority? {
        view.authority(id).flatMap { $0.notAfter > now ? $0 : nil }
    }

    // MARK: - What is published and shown

    private mutating func observe(_ now: Timestamp, _ view: SecretView, _ published: [Set<AuthorityID>]?) {
        guard let published else {
            publishedSince = [:]
            return
        }
        let trusted = view.authorities.map(\.id).filter { id in published.allSatisfy { $0.contains(id) } }
        // A clock that was set back must not make us wait for what lies in the future.
        publishedSince = Dictionary(
            trusted.map { ($0, min(publishedSince[$0] ?? now, now)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Whether an authority is in every published bundle, as this replica saw.
    package func isPublished(_ id: AuthorityID) -> Bool { publishedSince[id] != nil }

    private func isSettled(_ id: AuthorityID, _ now: Timestamp) -> Bool {
        publishedSince[id].map { $0.duration(to: now) >= policy.propagation } ?? false
    }

    private func shouldServe(_ name: String, _ leaf: SecretView.Leaf, _ now: Timestamp) -> Bool {
        guard leaf.notAfter > now, leaf != served[name] else { return false }
        guard let shown = served[name], shown.notAfter > now else { return isPublished(leaf.issuer) }
        return shown.issuer == leaf.issuer || isSettled(leaf.issuer, now)
    }

    // MARK: - Times

    private func renewal(_ leaf: SecretView.Leaf) -> Timestamp {
        Self.moment(policy.leafRenewal, from: leaf.notBefore, to: leaf.notAfter)
    }

    private func renewal(_ authority: SecretView.Authority) -> Timestamp {
        Self.moment(policy.authorityRenewal, from: authority.notBefore, to: authority.notAfter)
    }

    private static func moment(_ share: Double, from start: Timestamp, to end: Timestamp) -> Timestamp {
        start.advanced(by: start.duration(to: end) * share)
    }

    private func nextCheck(_ now: Timestamp, _ view: SecretView) -> Timestamp {
        var moments = publishedSince.values.map { $0.advanced(by: policy.propagation) }
        for leaf in view.leaves.values { moments += [renewal(leaf), leaf.notAfter] }
        for authority in view.authorities {
            moments += [renewal(authority), authority.notAfter]
            if let until = authority.trustedUntil { moments.append(until) }
        }
        return moments.filter { $0 > now }.min() ?? now.advanced(by: .seconds(86400))
    }
}
