import KubeAdmission
import KubeModel
import Testing

/// A row per transition. Times are in days from the first one; authorities live 100 days and leaves 10.
@Suite struct CertificateRotationTests {
    private static let policy: RotationPolicy = {
        var policy = RotationPolicy()
        policy.authorityValidity = .seconds(100 * 86400)
        policy.leafValidity = .seconds(10 * 86400)
        policy.authorityRenewal = 0.8
        policy.leafRenewal = 0.6
        policy.propagation = .seconds(60)
        policy.retirementGrace = .seconds(86400)
        return policy
    }()

    private static let a = AuthorityID("a")
    private static let b = AuthorityID("b")

    private static func day(_ day: Double) -> Timestamp { Timestamp(secondsSinceEpoch: Int64(day * 86400)) }

    private static func authority(_ id: AuthorityID, from: Double = 0, until: Double? = nil) -> SecretView.Authority {
        SecretView.Authority(id: id, notBefore: day(from), notAfter: day(from + 100), trustedUntil: until.map(day))
    }

    private static func leaf(
        _ issuer: AuthorityID,
        from: Double,
        to: Double? = nil,
        isAsRequested: Bool = true
    ) -> SecretView.Leaf {
        SecretView.Leaf(
            id: AuthorityID("\(issuer)-\(from)"),
            issuer: issuer,
            notBefore: day(from),
            notAfter: day(to ?? from + 10),
            isAsRequested: isAsRequested
        )
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var now: Double
        var authorities: [SecretView.Authority] = []
        var signer: AuthorityID?
        var next: AuthorityID?
        var leaf: SecretView.Leaf?
        /// What was published at the step and at one before it, so many seconds earlier.
        var published: [Set<AuthorityID>]? = []
        var seenFor: Int64?
        var served: SecretView.Leaf?
        /// What is expected, without the time of the next look.
        var actions: [RotationAction]
    }

    private static let keepForLeaf = day(5 + 10 + 1)

    static let rows: [Row] = [
        Row(testDescription: "nothing is there", now: 0, actions: [.createAuthority(.signer), .issueLeaf("tls")]),
        Row(
            testDescription: "nothing is there, but something is published: it may be in use",
            now: 5,
            published: [[a]],
            actions: [.keepAuthority(a, until: keepForLeaf), .createAuthority(.signer), .issueLeaf("tls")]
        ),
        Row(
            testDescription: "the Secret was lost while we serve",
            now: 5,
            published: [[a]],
            served: leaf(a, from: 0),
            actions: [.keepAuthority(a, until: day(11)), .createAuthority(.signer), .issueLeaf("tls")]
        ),
        Row(
            testDescription: "the first bundle is published before anything is served",
            now: 0,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0),
            published: [[], []],
            actions: [.publish]
        ),
        Row(
            testDescription: "one of two bundles is not there yet",
            now: 0,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0),
            published: [[a], []],
            actions: [.publish]
        ),
        Row(
            testDescription: "the first bundle is published",
            now: 0,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0),
            published: [[a], [a]],
            actions: [.serve("tls", leaf(a, from: 0))]
        ),
        Row(
            testDescription: "nobody needs a bundle",
            now: 0,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0),
            published: [],
            actions: [.serve("tls", leaf(a, from: 0))]
        ),
        Row(
            testDescription: "bundles cannot be read: nothing is served that was not before",
            now: 0,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0),
            published: nil,
            actions: []
        ),
        Row(
            testDescription: "all is well",
            now: 5,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0),
            published: [[a]],
            served: leaf(a, from: 0),
            actions: []
        ),
        Row(
            testDescription: "somebody overwrote the bundle",
            now: 5,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0),
            published: [[b]],
            served: leaf(a, from: 0),
            actions: [.publish]
        ),
        Row(
            testDescription: "the leaf is due",
            now: 6,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0),
            published: [[a]],
            served: leaf(a, from: 0),
            actions: [.issueLeaf("tls")]
        ),
        Row(
            testDescription: "another replica renewed the leaf",
            now: 6,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 6),
            published: [[a]],
            served: leaf(a, from: 0),
            actions: [.serve("tls", leaf(a, from: 6))]
        ),
        Row(
            testDescription: "a renewed leaf of the same authority needs no look at bundles",
            now: 6,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 6),
            published: nil,
            served: leaf(a, from: 0),
            actions: [.serve("tls", leaf(a, from: 6))]
        ),
        Row(
            testDescription: "the names changed",
            now: 1,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0, isAsRequested: false),
            published: [[a]],
            served: leaf(a, from: 0, isAsRequested: false),
            actions: [.issueLeaf("tls")]
        ),
        Row(
            testDescription: "the leaf is missing or cannot be read",
            now: 1,
            authorities: [authority(a)],
            signer: a,
            leaf: nil,
            published: [[a]],
            // Without a leaf nobody depends on an authority whose key we have.
            actions: [.issueLeaf("tls")]
        ),
        Row(
            testDescription: "the leaf expired while everything was down",
            now: 20,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 0),
            published: [[a]],
            actions: [.issueLeaf("tls")]
        ),
        Row(
            testDescription: "everything expired while everything was down",
            now: 200,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 90),
            published: [[a]],
            actions: [.createAuthority(.signer), .issueLeaf("tls"), .dropAuthority(a)]
        ),
        Row(
            testDescription: "the authority is due: its successor is introduced",
            now: 80,
            authorities: [authority(a)],
            signer: a,
            leaf: leaf(a, from: 79),
            published: [[a]],
            served: leaf(a, from: 79),
            actions: [.createAuthority(.next)]
        ),
        Row(
            testDescription: "the successor is published first",
            now: 80,
            authorities: [authority(a), authority(b, from: 80)],
            signer: a,
            next: b,
            leaf: leaf(a, from: 79),
            published: [[a]],
            served: leaf(a, from: 79),
            actions: [.publish]
        ),
        Row(
            testDescription: "the successor was published a moment ago",
            now: 80,
            authorities: [authority(a), authority(b, from: 80)],
            signer: a,
            next: b,
            leaf: leaf(a, from: 79),
            published: [[a, b]],
            seenFor: 59,
            served: leaf(a, from: 79),
            actions: []
        ),
        Row(
            testDescription: "the successor has been published for long enough",
            now: 80,
            authorities: [authority(a), authority(b, from: 80)],
            signer: a,
            next: b,
            leaf: leaf(a, from: 79),
            published: [[a, b]],
            seenFor: 60,
            served: leaf(a, from: 79),
            actions: [.promoteNext(retiredUntil: day(91))]
        ),
        Row(
            testDescription: "a leaf that is due is still issued by the old authority while the new one is introduced",
            now: 85,
            authorities: [authority(a), authority(b, from: 80)],
            signer: a,
            next: b,
            leaf: leaf(a, from: 79),
            published: [[a]],
            served: leaf(a, from: 79),
            actions: [.issueLeaf("tls"), .publish]
        ),
        Row(
            testDescription: "the old authority expired before the new one could be published",
            now: 101,
            authorities: [authority(a), authority(b, from: 80)],
            signer: a,
            next: b,
            leaf: leaf(a, from: 95, to: 100),
            published: [[a]],
            actions: [.promoteNext(retiredUntil: day(112)), .publish]
        ),
        Row(
            testDescription: "an authority at its end gives nothing that would be longer",
            now: 97,
            authorities: [authority(a), authority(b, from: 80)],
            signer: a,
            next: b,
            leaf: leaf(a, from: 91, to: 100),
            published: [[a]],
            served: leaf(a, from: 91, to: 100),
            actions: [.publish]
        ),
        Row(
            testDescription: "the new authority issues when a leaf of the old one is due",
            now: 86,
            authorities: [authority(a, until: 91), authority(b, from: 80)],
            signer: b,
            leaf: leaf(a, from: 79),
            published: [[a, b]],
            served: leaf(a, from: 79),
            actions: [.issueLeaf("tls")]
        ),
        Row(
            testDescription: "a leaf of the new authority waits for the bundle",
            now: 86,
            authorities: [authority(a, until: 91), authority(b, from: 80)],
            signer: b,
            leaf: leaf(b, from: 86),
            published: [[a, b]],
            seenFor: 59,
            served: leaf(a, from: 79),
            actions: []
        ),
        Row(
            testDescription: "a leaf of the new authority is served",
            now: 86,
            authorities: [authority(a, until: 91), authority(b, from: 80)],
            signer: b,
            leaf: leaf(b, from: 86),
            published: [[a, b]],
            seenFor: 60,
            served: leaf(a, from: 79),
            actions: [.serve("tls", leaf(b, from: 86))]
        ),
        Row(
            testDescription: "the old authority is trusted until its time has come",
            now: 90.9,
            authorities: [authority(a, until: 91), authority(b, from: 80)],
            signer: b,
            leaf: leaf(b, from: 86),
            published: [[a, b]],
            served: leaf(b, from: 86),
            actions: []
        ),
        Row(
            testDescription: "the old authority is dropped",
            now: 91,
            authorities: [authority(a, until: 91), authority(b, from: 80)],
            signer: b,
            leaf: leaf(b, from: 86),
            published: [[a, b]],
            served: leaf(b, from: 86),
            actions: [.dropAuthority(a)]
        ),
        Row(
            testDescription: "the bundle without the old authority is published",
            now: 91,
            authorities: [authority(b, from: 80)],
            signer: b,
            leaf: leaf(b, from: 86),
            published: [[a, b]],
            served: leaf(b, from: 86),
            actions: [.publish]
        ),
        Row(
            testDescription: "an authority of which a leaf is shown is not dropped, whatever is noted",
            now: 92,
            authorities: [authority(a, until: 91), authority(b, from: 80)],
            signer: b,
            leaf: leaf(b, from: 90),
            published: [[a, b]],
            served: leaf(a, from: 84),
            actions: []
        ),
        Row(
            testDescription: "an unknown authority in the bundle stays for as long as a leaf could",
            now: 5,
            authorities: [authority(a), authority(b)],
            signer: a,
            leaf: leaf(a, from: 4),
            published: [[a, b]],
            served: leaf(a, from: 4),
            actions: [.keepAuthority(b, until: keepForLeaf)]
        ),
        Row(
            testDescription: "the signer's key was lost: a successor is introduced while its leaf lives",
            now: 5,
            authorities: [authority(a, until: 50)],
            signer: nil,
            leaf: leaf(a, from: 4),
            published: [[a]],
            served: leaf(a, from: 4),
            actions: [.createAuthority(.next)]
        ),
        Row(
            testDescription: "the signer's key was lost, and the leaf has expired",
            now: 20,
            authorities: [authority(a, until: 50)],
            signer: nil,
            leaf: leaf(a, from: 4),
            published: [[a]],
            actions: [.createAuthority(.signer), .issueLeaf("tls")]
        ),
        Row(
            testDescription: "without signer and leaf there is nothing to wait for",
            now: 20,
            authorities: [authority(a, until: 50), authority(b)],
            signer: nil,
            next: b,
            leaf: nil,
            published: [[a]],
            actions: [.promoteNext(retiredUntil: day(31)), .publish]
        ),
    ]

    @Test(arguments: rows) func `each state has its actions`(row: Row) {
        var rotation = CertificateRotation(policy: Self.policy, names: ["tls"])
        var view = SecretView()
        view.authorities = row.authorities
        view.signer = row.signer
        view.next = row.next
        view.leaves["tls"] = row.leaf
        if let served = row.served { rotation.didServe("tls", served) }
        let now = Self.day(row.now)
        if let seenFor = row.seenFor {
            _ = rotation.step(now: now.advanced(by: .seconds(-seenFor)), secret: view, published: row.published)
        }
        let isEmpty = row.authorities.isEmpty && row.leaf == nil
        let actions = rotation.step(now: now, secret: isEmpty ? nil : view, published: row.published)
        let others = actions.filter { if case .checkAgain = $0 { false } else { true } }
        #expect(others == row.actions)
        #expect(actions.count == others.count + 1)
    }

    @Test func `a Secret of somebody else is published and shown, and never changed`() {
        var rotation = CertificateRotation(policy: Self.policy, names: ["tls"], issues: false)
        var view = SecretView()
        let leaf = Self.leaf(Self.a, from: 0)
        view.authorities = [Self.authority(Self.a)]
        view.leaves["tls"] = leaf
        let first = rotation.step(now: Self.day(9), secret: view, published: [[]])
        #expect(first == [.publish, .checkAgain(at: Self.day(10))])
        let second = rotation.step(now: Self.day(9), secret: view, published: [[Self.a]])
        #expect(second.contains(.serve("tls", leaf)))
        let third = rotation.step(now: Self.day(11), secret: nil, published: [[]])
        #expect(third.filter(\.changesSecret) == [])
    }

    @Test func `the next look is when something is due`() {
        var rotation = CertificateRotation(policy: Self.policy, names: ["tls"])
        var view = SecretView()
        view.authorities = [Self.authority(Self.a), Self.authority(Self.b, from: 1)]
        view.signer = Self.a
        view.next = Self.b
        view.leaves["tls"] = Self.leaf(Self.a, from: 0)
        rotation.didServe("tls", Self.leaf(Self.a, from: 0))
        let now = Self.day(1)
        let published: [Set<AuthorityID>] = [[Self.a, Self.b]]
        let first = rotation.step(now: now, secret: view, published: published)
        #expect(first == [.checkAgain(at: now.advanced(by: .seconds(60)))])
        view.next = nil
        view.authorities[1].trustedUntil = Self.day(50)
        let second = rotation.step(now: Self.day(2), secret: view, published: published)
        #expect(second == [.checkAgain(at: Self.day(6))])
    }

    @Test func `a bundle that was gone for a moment begins anew to be trusted`() {
        var rotation = CertificateRotation(policy: Self.policy, names: ["tls"])
        var view = SecretView()
        view.authorities = [Self.authority(Self.a), Self.authority(Self.b, from: 80)]
        view.signer = Self.a
        view.next = Self.b
        view.leaves["tls"] = Self.leaf(Self.a, from: 79)
        rotation.didServe("tls", Self.leaf(Self.a, from: 79))
        let both: [Set<AuthorityID>] = [[Self.a, Self.b]]
        for (second, published) in [(0, both), (30, [[Self.a]]), (40, both), (70, both), (90, nil), (95, both)] {
            let now = Self.day(80).advanced(by: .seconds(second))
            let actions = rotation.step(now: now, secret: view, published: published)
            #expect(!actions.contains(.promoteNext(retiredUntil: now.advanced(by: .seconds(11 * 86400)))))
        }
        let now = Self.day(80).advanced(by: .seconds(155))
        let actions = rotation.step(now: now, secret: view, published: both)
        #expect(actions.contains { if case .promoteNext = $0 { true } else { false } })
    }
}
