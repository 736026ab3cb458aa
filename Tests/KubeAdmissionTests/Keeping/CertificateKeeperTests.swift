import JSON
import KubeAdmission
import KubeModel
import KubeRuntime
import Testing

@Suite(.timeLimit(.minutes(20))) struct CertificateKeeperTests {
    private let time = VirtualTime()
    private let cluster = MemoryCluster()
    private let registry = PrometheusRegistry()

    private func keeper(issues: Bool = true) -> CertificateKeeper {
        var options = CertificateKeeperOptions(
            requests: [
                CertificateRequest(dnsNames: ["webhook"]), CertificateRequest(name: "xds", dnsNames: ["control-plane"]),
            ],
            authorityName: "test-ca"
        )
        options.policy.leafValidity = .seconds(120 * 86400)
        options.issues = issues
        options.interval = .seconds(90 * 86400)
        return CertificateKeeper(
            options: options,
            storage: cluster.storage,
            publishers: [cluster.publisher],
            time: time.source,
            metrics: registry,
            logger: Reviews.quiet
        )
    }

    private func running(_ keepers: [CertificateKeeper], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for keeper in keepers { group.addTask { try await keeper.run() } }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func isTrusted(_ keeper: CertificateKeeper, _ name: String) throws -> Bool {
        guard let served = keeper.certificate(name)?.current, served.notAfter > time.source.wall.timestamp else {
            return false
        }
        let bundle = try CertificateBundle(pem: cluster.state.value.bundles["hook"] ?? "", field: "bundle")
        return served.certificate.issuer(among: bundle.authorities) != nil
    }

    @Test func `certificates come into being, are published and shown, by two replicas alike`() async throws {
        let keepers = [keeper(), keeper()]
        try await running(keepers) {
            for keeper in keepers {
                for name in ["tls", "xds"] {
                    let certificate = try #require(keeper.certificate(name))
                    let isServed = await time.advance(until: { certificate.current?.isPublished == true })
                    #expect(isServed)
                    #expect(certificate.failure(at: time.source.wall.timestamp) == nil)
                }
            }
        }
        let served = keepers.map { $0.certificate()?.current?.certificate }
        #expect(served[0] == served[1])
        #expect(keepers[0].certificate("xds")?.current?.certificate != served[0])
        #expect(cluster.state.value.writes == 1)
        #expect(cluster.state.value.publications == 1)
        let expiration = registry.value("swiftlet_certificate_expiration_timestamp_seconds{name=\"tls\"}")
        #expect(expiration == served[0].map { Double($0.notAfter.secondsSinceEpoch) })
        let authority = registry.value("swiftlet_certificate_expiration_timestamp_seconds{name=\"ca\"}")
        #expect((authority ?? 0) > (expiration ?? 0))
        let deadline = registry.value("swiftlet_certificate_renewal_deadline_timestamp_seconds{name=\"tls\"}")
        #expect(deadline == expiration.map { $0 - 5 * 86400 })
    }

    @Test(arguments: [(3650 * 24, 120), (30 * 24, 120), (72, 12), (24, 4), (0, 0)])
    func `a certificate is late for renewal when a sixth of its life is left, and five days at most`(
        life: Int64,
        left: Int64
    ) {
        let end: Int64 = 1_800_000_000
        let deadline = RenewalDeadline.of(
            notBefore: Timestamp(secondsSinceEpoch: end - life * 3600),
            notAfter: Timestamp(secondsSinceEpoch: end)
        )
        #expect(deadline == Timestamp(secondsSinceEpoch: end - left * 3600))
    }

    /// Real keys and signatures, through two changes of authority.
    @Test func `over decades what is shown leads to what is published`() async throws {
        let keeper = keeper()
        try await running([keeper]) {
            #expect(await time.advance(until: { keeper.certificate("xds")?.current != nil }))
            var authorities: Set<AuthorityID> = []
            var leaves: Set<AuthorityID> = []
            let end = time.source.wall.timestamp.advanced(by: .seconds(18 * 365 * 86400))
            while time.source.wall.timestamp < end {
                let before = time.now
                #expect(await time.advance(until: { time.now > before }))
                #expect(await time.hasSleepers(1))
                guard try isTrusted(keeper, "tls"), try isTrusted(keeper, "xds"),
                    let served = keeper.certificate()?.current
                else {
                    Issue.record("not trusted at \(time.source.wall)")
                    return
                }
                authorities.insert(served.issuer)
                leaves.insert(served.certificate.id)
                #expect(served.bundle.authorities.count <= 2)
            }
            #expect(authorities.count == 3)
            #expect(leaves.count > 18 * 365 / 120)
        }
    }

    @Test func `a bundle that was overwritten is published again`() async throws {
        let keeper = keeper()
        try await running([keeper]) {
            #expect(await time.advance(until: { keeper.certificate()?.current?.isPublished == true }))
            #expect(await time.hasSleepers(1))
            let text = cluster.state.value.bundles["hook"]
            cluster.state.change { state in
                state.bundles["hook"] = "-----BEGIN CERTIFICATE-----\nnonsense"
                state.bundleVersion += 1
            }
            keeper.lookNow()
            #expect(await eventually { cluster.state.value.bundles["hook"] == text })
        }
    }

    @Test func `while the API server is away what is shown goes on, and what failed is tried again`() async throws {
        let keeper = keeper()
        cluster.state.change { $0.isAway = true }
        try await running([keeper]) {
            #expect(
                await time.advance(until: { (registry.value("swiftlet_certificate_errors_total") ?? 0) >= 3 })
            )
            #expect(keeper.certificate()?.current == nil)
            cluster.state.change { $0.isAway = false }
            #expect(await time.advance(until: { keeper.certificate()?.current?.isPublished == true }))
            let served = keeper.certificate()?.current?.certificate
            cluster.state.change { $0.isAway = true }
            keeper.lookNow()
            let errors = registry.value("swiftlet_certificate_errors_total") ?? 0
            #expect(await time.advance(until: { (registry.value("swiftlet_certificate_errors_total") ?? 0) > errors }))
            #expect(keeper.certificate()?.current?.certificate == served)
        }
    }

    @Test func `a replica that stands by is refused quietly, and tells what it cannot read`() async throws {
        let keeper = keeper()
        cluster.state.change { $0.isStandby = true }
        try await running([keeper]) {
            #expect(await time.hasSleepers(1))
            #expect(registry.value("swiftlet_certificate_errors_total") == 0)
            cluster.state.change { $0.areBundlesUnreadable = true }
            keeper.lookNow()
            #expect(await eventually { registry.value("swiftlet_certificate_errors_total") == 1 })
        }
        #expect(cluster.state.value.writes == 0)
    }

    @Test func `a Secret that somebody else fills is served and published, and not written`() async throws {
        let now = time.source.wall.timestamp
        let authority = try CertificateAuthority(named: "theirs", now: now, validity: .seconds(86400))
        let data = try ["tls", "xds"].reduce(into: ["ca.crt": authority.pem]) { data, name in
            let request = CertificateRequest(name: name, dnsNames: ["webhook", "control-plane"])
            let issued = try authority.issue(request, now: now, validity: .seconds(3600))
            data["\(name).crt"] = issued.chainPEM
            data["\(name).key"] = issued.keyPEM
        }
        let object: JSONValue = ["version": 1, "data": .strings(data.mapValues(\.base64))]
        cluster.state.change { state in
            state.version = 1
            state.object = object
        }
        let keeper = keeper(issues: false)
        try await running([keeper]) {
            #expect(await time.advance(until: { keeper.certificate("xds")?.current?.isPublished == true }))
            let isTrusted = try isTrusted(keeper, "tls")
            #expect(isTrusted)
        }
        #expect(cluster.state.value.writes == 0)
    }

    /// Sidecars and API servers trust the authority that is lost with the Secret.
    @Test(arguments: [nil, ["version": 7, "data": [:]], ["version": 7]] as [JSONValue?])
    func `a Secret that is deleted or emptied while the operator runs is restored`(left: JSONValue?) async throws {
        let keeper = keeper()
        // A placeholder, as the chart has it.
        cluster.state.change { $0.object = ["version": 0, "metadata": ["labels": ["helm": "knows"]]] }
        try await running([keeper]) {
            #expect(await time.advance(until: { keeper.certificate("xds")?.current?.isPublished == true }))
            #expect(await time.hasSleepers(1))
            let served = try #require(keeper.certificate("xds")?.current)
            let data = cluster.state.value.object?["data"]
            cluster.state.change { $0.object = left }
            keeper.lookNow()
            #expect(await eventually { cluster.state.value.object?["data"] == data })
            if left == nil { #expect(cluster.state.value.object?["metadata"]?["labels"] == ["helm": "knows"]) }
            #expect(await time.hasSleepers(1))
            #expect(keeper.certificate("xds")?.current?.certificate == served.certificate)
            let bundle = try CertificateBundle(pem: cluster.state.value.bundles["hook"] ?? "", field: "bundle")
            #expect(bundle == served.bundle)
        }
    }

    /// The way to have another authority: the former one is trusted until no certificate by it is left.
    @Test func `a Secret without its authority's key gets another authority with overlap`() async throws {
        let keeper = keeper()
        try await running([keeper]) {
            #expect(await time.advance(until: { keeper.certificate("xds")?.current?.isPublished == true }))
            #expect(await time.hasSleepers(1))
            let former = try #require(keeper.certificate("xds")?.current?.issuer)
            cluster.state.change { state in
                state.object?["data"]?["ca.key"] = nil
                state.object?["version"] = 7
                state.version = 7
            }
            keeper.lookNow()
            let isOther = await time.advance(until: {
                keeper.certificate("xds")?.current.map { $0.issuer != former } ?? false
            })
            #expect(isOther)
            #expect(keeper.certificate("xds")?.current?.bundle.ids.contains(former) == true)
        }
    }

    /// The operator was down for longer than its certificates last.
    @Test func `what expired while everything was down is made anew at once`() async throws {
        let first = keeper()
        try await running([first]) {
            #expect(await time.advance(until: { first.certificate()?.current?.isPublished == true }))
        }
        let old = try #require(first.certificate()?.current)
        time.advance(by: .seconds(11 * 365 * 86400))
        #expect(old.notAfter < time.source.wall.timestamp)

        let start = time.now
        let second = keeper()
        try await running([second]) {
            // No time goes by: nothing has to be waited for.
            #expect(await eventually { second.certificate()?.current?.isPublished == true })
            let isTrusted = try isTrusted(second, "tls")
            #expect(isTrusted)
        }
        #expect(time.now == start)
        #expect(second.certificate()?.current?.issuer != old.issuer)
        #expect(second.certificate()?.failure(at: time.source.wall.timestamp) == nil)
    }

    @Test func `a certificate alone that expired while everything was down is made anew at once`() async throws {
        let first = keeper()
        try await running([first]) {
            #expect(await time.advance(until: { first.certificate("xds")?.current?.isPublished == true }))
        }
        let old = try #require(first.certificate("xds")?.current)
        time.advance(by: .seconds(200 * 86400))
        let second = keeper()
        try await running([second]) {
            #expect(await eventually { second.certificate("xds")?.current != nil })
        }
        let new = try #require(second.certificate("xds")?.current)
        #expect(new.certificate != old.certificate && new.issuer == old.issuer)
        #expect(new.notAfter > time.source.wall.timestamp)
    }
}
