import Crypto
import FoundationEssentials
import JSON
import KubeModel
import KubeRuntime
import SwiftASN1
import Testing
import X509

@testable import KubeAdmission

/// A Secret that cert-manager, or a person, fills.
@Suite(.timeLimit(.minutes(20))) struct GivenCertificateTests {
    private static let name = "swiftlet.swiftlet-system.svc"
    private static let request = CertificateRequest(dnsNames: [name])
    private static let now = Timestamp(secondsSinceEpoch: 1_800_000_000)

    private let time = VirtualTime()
    private let cluster = MemoryCluster()
    private let registry = PrometheusRegistry()

    /// The `data` of a Secret.
    private static func data(
        by authority: CertificateAuthority,
        names: [String] = [name],
        now: Timestamp = now,
        validity: Int = 86400,
        trusting other: CertificateAuthority? = nil
    ) throws -> [String: String] {
        let request = CertificateRequest(dnsNames: names)
        let issued = try authority.issue(request, now: now, validity: .seconds(validity))
        return ["ca.crt": (other ?? authority).pem, "tls.crt": issued.chainPEM, "tls.key": issued.keyPEM]
    }

    private static func authority(now: Timestamp = now, validity: Int = 365 * 86400) throws -> CertificateAuthority {
        try CertificateAuthority(named: "theirs", now: now, validity: .seconds(validity))
    }

    // MARK: - What is wrong

    private static func problem(_ data: [String: String]?, at now: Timestamp = now) -> String? {
        let object: JSONValue? = data.map { ["data": .strings($0.mapValues(\.base64))] }
        var state = CertificateState(data: object?["data"], names: ["tls"])
        var given = GivenCertificates()
        given.examine(StoredCertificates(object: object), &state, for: [request], shown: [], now: now)
        #expect((state.leaves["tls"] == nil) == (given.problems["tls"] != nil))
        return given.problems["tls"]
    }

    @Test func `what is wrong with a Secret is said in plain words`() throws {
        let authority = try Self.authority()
        let right = try Self.data(by: authority)
        #expect(Self.problem(right) == nil)
        #expect(Self.problem(nil)?.hasPrefix("it does not exist") == true)
        for key in right.keys.sorted() {
            #expect(Self.problem(right.filter { $0.key != key })?.hasPrefix("it has no \(key)") == true)
        }
        #expect(Self.problem([:])?.hasPrefix("it has no tls.crt, tls.key, ca.crt") == true)

        let stranger = try Self.data(by: authority)
        let mixed = right.merging(["tls.key": stranger["tls.key"] ?? ""]) { $1 }
        #expect(Self.problem(mixed)?.contains("the key is not that of the certificate") == true)
        #expect(Self.problem(right.merging(["tls.key": "nonsense"]) { $1 })?.contains("tls.key") == true)
        #expect(Self.problem(right.merging(["ca.crt": "nonsense"]) { $1 })?.contains("ca.crt") == true)

        let unsigned = try Self.data(by: authority, trusting: try Self.authority())
        #expect(Self.problem(unsigned)?.contains("is not signed by any of ca.crt") == true)
        let expired = Self.now.advanced(by: .seconds(86400))
        #expect(Self.problem(right, at: expired) == "its certificate expired at \(expired)")
        let early = Self.now.advanced(by: .seconds(-3600))
        #expect(Self.problem(right, at: early)?.hasPrefix("its certificate is not valid before") == true)
        let other = try Self.data(by: authority, names: ["a.example.com", "b.example.com"])
        #expect(
            Self.problem(other)
                == "its certificate is for a.example.com, b.example.com, and clients ask for \(Self.name)"
        )
    }

    @Test func `a wildcard stands for one part`() throws {
        let authority = try Self.authority()
        #expect(Self.problem(try Self.data(by: authority, names: ["*.swiftlet-system.svc"])) == nil)
        #expect(Self.problem(try Self.data(by: authority, names: ["*.svc"])) != nil)
    }

    /// An authority of its own, as people make them by hand.
    @Test func `a certificate that signed itself is its own authority`() throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName { CommonName("theirs") }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: Date(timeIntervalSince1970: Double(Self.now.secondsSinceEpoch) - 60),
            notValidAfter: Date(timeIntervalSince1970: Double(Self.now.secondsSinceEpoch) + 86400),
            issuer: subject,
            subject: subject,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                SubjectAlternativeNames([.dnsName(Self.name)])
                SubjectKeyIdentifier(hash: key.publicKey)
            },
            issuerPrivateKey: key
        )
        let pem = try certificate.serializeAsPEM().pemString
        let data = ["ca.crt": pem, "tls.crt": pem, "tls.key": try key.serializeAsPEM().pemString]
        #expect(Self.problem(data) == nil)
        let other = try Self.authority()
        #expect(Self.problem(data.merging(["ca.crt": other.pem]) { $1 })?.contains("is not signed by") == true)
    }

    // MARK: - Following it

    private func keeper() -> CertificateKeeper {
        var options = CertificateKeeperOptions(requests: [Self.request], authorityName: "unused")
        options.issues = false
        return CertificateKeeper(
            options: options,
            storage: cluster.storage,
            publishers: [cluster.publisher],
            time: time.source,
            metrics: registry,
            logger: Reviews.quiet
        )
    }

    private func store(_ data: [String: String]?) {
        cluster.state.change { state in
            state.version += 1
            let version = Int64(state.version)
            state.object = data.map { ["version": .int(version), "data": .strings($0.mapValues(\.base64))] }
        }
    }

    private func running(_ keeper: CertificateKeeper, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private var published: Set<AuthorityID> {
        get throws {
            try CertificateBundle(pem: cluster.state.value.bundles["hook"] ?? "", field: "bundle").ids
        }
    }

    @Test
    func `a Secret that comes later is taken on without a restart, and one that goes bad is told and changes nothing`()
        async throws
    {
        let keeper = keeper()
        let certificate = try #require(keeper.certificate())
        try await running(keeper) {
            #expect(await eventually { certificate.fault != nil })
            #expect(
                certificate.failure(at: Self.now)
                    == "memory is not taken on: it does not exist: create it, or have cert-manager make it"
            )
            store(try Self.data(by: try Self.authority()))
            keeper.lookNow()
            #expect(await eventually { certificate.current?.isPublished == true && certificate.fault == nil })
            let served = try #require(certificate.current?.certificate)

            store(try Self.data(by: try Self.authority(), names: ["other"]))
            keeper.lookNow()
            #expect(await eventually { certificate.fault?.contains("its certificate is for other") == true })
            #expect(certificate.current?.certificate == served)
            // It serves on, so it is ready, and says what is wrong.
            let check = CertificateHealth(name: "tls", certificate: certificate, time: time.source).healthChecks()[0]
            #expect(check.passes && check.reason.contains("its certificate is for other"))
            store(nil)
            keeper.lookNow()
            #expect(await eventually { certificate.fault?.contains("does not exist") == true })
            #expect(certificate.current?.certificate == served)
        }
        #expect(cluster.state.value.writes == 0)
    }

    @Test func `when the authority is another at once, both are trusted until the former one is shown by nobody`()
        async throws
    {
        let (first, second) = (try Self.authority(), try Self.authority())
        store(try Self.data(by: first, validity: 30 * 86400))
        let keeper = keeper()
        let certificate = try #require(keeper.certificate())
        try await running(keeper) {
            #expect(await eventually { certificate.current?.isPublished == true })
            #expect(try published == [first.id])
            store(try Self.data(by: second, validity: 30 * 86400))
            keeper.lookNow()
            #expect(await eventually { (try? published) == [first.id, second.id] })
            #expect(certificate.current?.issuer == first.id)
            #expect(certificate.current?.bundle.ids == [first.id, second.id])
            // Those who verify learn of it a moment later.
            #expect(await time.advance(until: { certificate.current?.issuer == second.id }))
            #expect(try published == [first.id, second.id])
            #expect(await time.advance(until: { (try? published) == [second.id] }))
            #expect(certificate.failure(at: time.source.wall.timestamp) == nil)
        }
    }

    @Test func `a bundle that somebody else keeps is waited for and not written`() async throws {
        let authority = try Self.authority()
        store(try Self.data(by: authority))
        cluster.state.change { $0.isKeptByOthers = true }
        let keeper = keeper()
        let certificate = try #require(keeper.certificate())
        try await running(keeper) {
            #expect(await time.hasSleepers(1))
            #expect(certificate.current == nil)
            cluster.state.change { state in
                state.bundles["hook"] = authority.pem
                state.bundleVersion += 1
            }
            keeper.lookNow()
            #expect(await eventually { certificate.current?.isPublished == true })
        }
        #expect(cluster.state.value.publications == 0)
    }
}
