import KubeAdmission
import KubeModel
import TestSupport

/// A Secret, published bundles and replicas that come and go, over years.
struct RotationWorld {
    struct Replica {
        var rotation: CertificateRotation
        var isUp = true
        var wakes: Timestamp
        var upSince: Timestamp
    }

    /// What the checks found wrong.
    struct Violation: Error, CustomStringConvertible {
        var description: String
    }

    let policy: RotationPolicy
    var random: SeededGenerator
    var now = Timestamp(secondsSinceEpoch: 1_800_000_000)
    var secret: SecretView?
    var secretVersion = 0
    /// The bundles and their versions, and what they were before.
    var published: [Set<AuthorityID>]
    var publishedVersion: [Int]
    var history: [(at: Timestamp, bundles: [Set<AuthorityID>])] = []
    var replicas: [Replica] = []
    var authorities = 0
    var leaves = 0
    var serves = 0
    var promotions = 0
    var recoveries = 0
    /// Since somebody overwrote a bundle and until it is mended, what is shown is not trusted, and that is not our fault.
    var isVandalized = false

    init(seed: UInt64, replicas count: Int, places: Int, policy: RotationPolicy) {
        self.policy = policy
        random = SeededGenerator(seed: seed)
        published = Array(repeating: [], count: places)
        publishedVersion = Array(repeating: 0, count: places)
        for _ in 0..<count { replicas.append(fresh()) }
    }

    private func fresh() -> Replica {
        Replica(rotation: CertificateRotation(policy: policy, names: ["tls", "xds"]), wakes: now, upSince: now)
    }

    /// Moves on to the replica that wakes next, and has it do a round or fail.
    mutating func advance() throws {
        guard let index = replicas.indices.min(by: { replicas[$0].wakes < replicas[$1].wakes }) else { return }
        now = max(now, replicas[index].wakes)
        try check("before a round")
        if !replicas[index].isUp {
            // It comes back without a memory.
            replicas[index] = fresh()
        } else if Int.random(in: 0..<200, using: &random) == 0 {
            replicas[index].isUp = false
            // Mostly a restart, sometimes a long holiday.
            let longest = [60, 3600, 86400, 90 * 86400, 400 * 86400].randomElement(using: &random) ?? 60
            replicas[index].wakes = now.advanced(by: .seconds(Int.random(in: 1...longest, using: &random)))
            return
        }
        if Int.random(in: 0..<300, using: &random) == 0 {
            // It is cut off from the API server, which goes on calling it.
            let seconds = Int.random(in: 1...(60 * 86400), using: &random)
            replicas[index].wakes = now.advanced(by: .seconds(seconds))
            replicas[index].upSince = replicas[index].wakes
            return
        }
        try round(index, mayNest: true)
        try check("after a round")
    }

    private mutating func round(_ index: Int, mayNest: Bool) throws {
        let isReadable = Int.random(in: 0..<20, using: &random) > 0
        let (readBundles, readVersions) = (published, publishedVersion)
        let (read, readVersion) = (secret, secretVersion)
        let actions = replicas[index].rotation.step(now: now, secret: read, published: isReadable ? readBundles : nil)
        var isAgain = false
        var next = now.advanced(by: .seconds(86400))
        let changes = actions.filter(\.changesSecret)
        for action in actions {
            switch action {
            case .serve(let name, let leaf): try serve(index, name, leaf)
            case .publish:
                if mayNest, replicas.count > 1, Bool.random(using: &random) { try disturb(index) }
                for place in published.indices
                where readBundles[place] != Set((read ?? SecretView()).authorities.map(\.id)) {
                    isAgain = true
                    guard readVersions[place] == publishedVersion[place], Int.random(in: 0..<10, using: &random) > 0
                    else { continue }
                    publish(Set((read ?? SecretView()).authorities.map(\.id)), in: place)
                }
            case .checkAgain(let moment): next = moment
            default: break
            }
        }
        if !changes.isEmpty {
            if mayNest, replicas.count > 1, Bool.random(using: &random) { try disturb(index) }
            isAgain = true
            if readVersion == secretVersion, Int.random(in: 0..<10, using: &random) > 0 { write(changes) }
        }
        let interval = Duration.seconds(Int.random(in: 1...(12 * 3600), using: &random))
        // What failed is tried again soon.
        let isSoon = isAgain || !isReadable
        replicas[index].wakes = now.advanced(by: isSoon ? .seconds(1) : min(now.duration(to: next), interval))
    }

    /// Another replica does a whole round between our reading and our writing.
    private mutating func disturb(_ index: Int) throws {
        let others = replicas.indices.filter { $0 != index && replicas[$0].isUp && replicas[$0].upSince <= now }
        if let other = others.randomElement(using: &random) { try round(other, mayNest: false) }
    }

    private mutating func serve(_ index: Int, _ name: String, _ leaf: SecretView.Leaf) throws {
        let shown = replicas[index].rotation.served[name]
        if let shown, shown.notAfter > now, shown.issuer != leaf.issuer, !isVandalized {
            // API servers that are so far behind must know the new authority too.
            let behind = now.advanced(by: .zero - policy.propagation + .seconds(1))
            let old = history.last { $0.at <= behind }?.bundles ?? []
            guard old.allSatisfy({ $0.contains(leaf.issuer) }), old.count == published.count else {
                throw Violation(description: "\(leaf.issuer) is served before all API servers trust it, at \(now)")
            }
        } else if shown.map({ $0.notAfter <= now }) ?? false {
            recoveries += 1
        }
        replicas[index].rotation.didServe(name, leaf)
        serves += 1
    }

    private mutating func publish(_ bundle: Set<AuthorityID>, in place: Int) {
        published[place] = bundle
        publishedVersion[place] += 1
        history.append((now, published))
        if history.count > 1000 { history.removeFirst(500) }
        let shown = replicas.flatMap { $0.rotation.served.values }.filter { $0.notAfter > now }.map(\.issuer)
        if isVandalized, published.allSatisfy({ $0.isSuperset(of: shown) }) { isVandalized = false }
    }

    private mutating func write(_ changes: [RotationAction]) {
        var view = secret ?? SecretView()
        for change in changes {
            switch change {
            case .createAuthority(let role):
                authorities += 1
                let id = AuthorityID("authority-\(authorities)")
                view.authorities.append(
                    SecretView.Authority(id: id, notBefore: now, notAfter: now.advanced(by: policy.authorityValidity))
                )
                switch role {
                case .signer: view.signer = id
                case .next: view.next = id
                }
            case .keepAuthority(let id, let until):
                if let index = view.authorities.firstIndex(where: { $0.id == id }) {
                    view.authorities[index].trustedUntil = until
                } else {
                    view.authorities.append(
                        SecretView.Authority(id: id, notBefore: now, notAfter: until, trustedUntil: until)
                    )
                }
            case .promoteNext(let until):
                if let index = view.authorities.firstIndex(where: { $0.id == view.signer }) {
                    view.authorities[index].trustedUntil = until
                }
                view.signer = view.next
                view.next = nil
                promotions += 1
            case .dropAuthority(let id):
                view.authorities.removeAll { $0.id == id }
                view.leaves = view.leaves.filter { $0.value.issuer != id }
                if view.signer == id { view.signer = nil }
                if view.next == id { view.next = nil }
            case .issueLeaf(let name):
                guard let signer = view.authorities.first(where: { $0.id == view.signer }) else { continue }
                leaves += 1
                view.leaves[name] = SecretView.Leaf(
                    id: AuthorityID("leaf-\(leaves)"),
                    issuer: signer.id,
                    notBefore: now,
                    notAfter: min(now.advanced(by: policy.leafValidity), signer.notAfter)
                )
            case .publish, .serve, .checkAgain: break
            }
        }
        secret = view
        secretVersion += 1
    }

    // MARK: - What others do

    mutating func loseSecret() {
        secret = nil
        secretVersion += 1
        wakeAll()
    }

    mutating func loseKey() {
        secret?.signer = nil
        secretVersion += 1
        wakeAll()
    }

    mutating func vandalize() {
        guard let place = published.indices.randomElement(using: &random) else { return }
        isVandalized = true
        publish([], in: place)
        isVandalized = true
        wakeAll()
    }

    /// Watches tell of changes.
    private mutating func wakeAll() {
        for index in replicas.indices where replicas[index].isUp && replicas[index].upSince <= now {
            replicas[index].wakes = now
        }
    }

    // MARK: - What must hold

    private func check(_ when: String) throws {
        for (index, replica) in replicas.enumerated() where replica.isUp {
            for (name, leaf) in replica.rotation.served where leaf.notAfter > now && !isVandalized {
                guard published.allSatisfy({ $0.contains(leaf.issuer) }) else {
                    throw Violation(
                        description:
                            "\(when) at \(now) replica \(index) shows \(name) by \(leaf.issuer), published: \(published)"
                    )
                }
            }
            guard replica.upSince.duration(to: now) > .seconds(13 * 3600) else { continue }
            for name in ["tls", "xds"] {
                guard let leaf = replica.rotation.served[name], leaf.notAfter > now else {
                    throw Violation(description: "\(when) at \(now) replica \(index) has nothing to show for \(name)")
                }
            }
        }
        let bundle = secret?.authorities.count ?? 0
        guard bundle <= 12 else { throw Violation(description: "\(bundle) authorities pile up") }
    }
}
