import KubeModel
import KubeRuntime
import TestSupport
import Testing

@testable import KubeAdmission

@Suite(.timeLimit(.minutes(10))) struct AdmissionProbeTests {
    private static let name = "swiftlet.swiftlet-system.svc"

    private let certificate = ServingCertificate()
    private let now = TimeSource.system.wall.timestamp

    private func authority() throws -> CertificateAuthority {
        try CertificateAuthority(named: "test", now: now, validity: .seconds(86400))
    }

    private func show(
        by authority: CertificateAuthority,
        names: [String] = [name],
        published: [CertificateAuthority]
    ) throws {
        let issued = try authority.issue(CertificateRequest(dnsNames: names), now: now, validity: .seconds(3600))
        certificate.set(
            try ServedCertificate(
                issued,
                bundle: CertificateBundle([authority]),
                isPublished: true,
                published: published.map { CertificateBundle([$0]).pem }
            )
        )
    }

    /// A certificate may look right and yet be verified by nobody: only asking finds that out.
    @Test func `it is ready when the published bundle leads to what is shown, and says why when not`() async throws {
        let (ours, other) = (try authority(), try authority())
        let address = try ListenAddress(parsing: "127.0.0.1:0")
        let server = AdmissionServer(
            address: address,
            endpoints: AdmissionEndpoints(
                handlers: ["/admit": { _ in .allowed() }],
                metrics: PrometheusRegistry(),
                logger: Reviews.quiet
            ),
            certificate: certificate,
            logger: Reviews.quiet
        )
        let probe = AdmissionProbe(
            server,
            at: address,
            certificate: certificate,
            serverName: Self.name,
            interval: .milliseconds(100),
            logger: Reviews.quiet
        )
        @Sendable func check() -> HealthCheck { probe.healthChecks()[0] }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask { try await probe.run() }
            #expect(!check().passes && check().reason == "not asked yet")

            try show(by: ours, published: [ours])
            #expect(await eventually { check().passes })
            // One API server of several would not trust it.
            try show(by: ours, published: [ours, other])
            #expect(await eventually { !check().passes })
            #expect(check().reason.hasPrefix("asked as \(Self.name) through the published bundle: "))
            try show(by: ours, published: [ours])
            #expect(await eventually { check().passes })
            try show(by: ours, names: ["swiftlet.elsewhere.svc"], published: [ours])
            #expect(await eventually { !check().passes })
            try show(by: other, published: [other])
            #expect(await eventually { check().passes })
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    /// Who takes up a session does not look at the certificate again.
    @Test func `each question shakes hands in full`() async throws {
        let ours = try authority()
        try show(by: ours, published: [ours])
        let address = try ListenAddress(parsing: "127.0.0.1:0")
        let server = AdmissionServer(
            address: address,
            endpoints: AdmissionEndpoints(handlers: [:], metrics: PrometheusRegistry(), logger: Reviews.quiet),
            certificate: certificate,
            logger: Reviews.quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let relay = try Relay(to: try await server.boundPort())
            defer { relay.stop() }
            let probe = AdmissionProbe(
                at: address,
                port: { relay.port },
                certificate: certificate,
                serverName: Self.name,
                interval: .milliseconds(20),
                logger: Reviews.quiet
            )
            group.addTask { try await probe.run() }
            #expect(await eventually { relay.beginnings.count >= 4 })
            #expect(probe.healthChecks().allSatisfy { $0.passes })
            let hellos = relay.beginnings.prefix(4).map { ClientHello($0) }
            #expect(hellos.map { $0?.resumes } == [false, false, false, false])
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }
}
