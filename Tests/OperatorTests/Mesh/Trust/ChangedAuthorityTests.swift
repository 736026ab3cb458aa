import EnvoyAPI
import Foundation
import Injection
import JSON
import KubeModel
import KubeRuntime
import Logging
import PollingSupport
import Synchronization
import TestSupport
import Testing
import XDS

@testable import KubeAdmission
@testable import Operator

/// A sidecar that runs while the operator's certificate authority is replaced by another one.
@Suite(.serialized, .timeLimit(.minutes(5)), RealEnvoy.isThere)
struct ChangedAuthorityTests {
    private static let serverName = "swiftlet.swiftlet-system.svc"
    private static let proxy = ProxyID(mesh: "default", namespace: "shop", name: "web-1")

    private struct Authority {
        let pem: String
        let certificate: ServerCertificate

        init(_ name: String) throws {
            let now = TimeSource.system.wall.timestamp
            let authority = try CertificateAuthority(named: name, now: now, validity: .seconds(86400))
            let request = CertificateRequest(dnsNames: [ChangedAuthorityTests.serverName])
            let issued = try authority.issue(request, now: now, validity: .seconds(3600))
            pem = authority.pem
            certificate = try ServerCertificate(
                chainPEM: Array(issued.chainPEM.utf8),
                keyPEM: Array(issued.keyPEM.utf8)
            )
        }
    }

    /// Its token is what it shows; who shows another one is not admitted.
    private func serve<Value: Sendable>(
        _ authority: Authority,
        port: Int,
        hub: ProxyHub,
        token: String,
        failures: HandshakeFailures,
        _ body: @Sendable @escaping (Int) async throws -> Value
    ) async throws -> Value {
        let server = XDSServer(
            address: ListenAddress(host: "127.0.0.1", port: UInt16(port)),
            hub: hub,
            authenticator: StreamAuthenticator { credentials in
                credentials.authorization == "Bearer \(token)" ? .trusted : .unauthenticated("another token")
            },
            certificate: { authority.certificate },
            metrics: PrometheusRegistry(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            handshakeFailed: { peer, error in
                if let reason = HandshakeFailures.reason(error) {
                    _ = failures.note(peer, reason, now: TimeSource.system.now)
                }
            }
        )
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await server.run()
                return nil
            }
            group.addTask { try await body(try await server.boundPort()) }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            throw CancellationError()
        }
    }

    @Test func aRunningSidecarTrustsANewAuthorityWithoutARestart() async throws {
        let (former, new) = (try Authority("former"), try Authority("new"))
        let (hub, failures) = (ProxyHub(), HandshakeFailures())
        let port = Int(try TestServer.closedPort())
        let volume = try ProjectedVolume()
        defer { volume.remove() }
        let adminPort = Int(try TestServer.closedPort())
        let pod = try injected(port: port, authority: former.pem)
        let bootstrap = try volume.start(pod, token: "first", adminPort: adminPort)
        try await RealEnvoy.running(bootstrap, adminPort: adminPort) { _ in
            try await serve(former, port: port, hub: hub, token: "first", failures: failures) { _ in
                try await eventually("it connects") { hub.connected == [Self.proxy] }
            }
            try await eventually("it is gone") { hub.connected.isEmpty }
            // The kubelet replaces the token within the same hour, too.
            try await serve(new, port: port, hub: hub, token: "second", failures: failures) { _ in
                try await eventually("it refuses the server") {
                    failures.reason("127.0.0.1", now: TimeSource.system.now)?.contains("unknown_ca") == true
                }
                #expect(hub.connected.isEmpty)
                try volume.replace(
                    [
                        "trust-bundle.json": SecretFile.trustBundle(authorities: former.pem + new.pem),
                        "token": "second",
                    ]
                )
                try await eventually("it connects to the new server") { hub.connected == [Self.proxy] }
            }
        }
    }

    /// What keeps a sidecar from being told must not keep it from starting.
    @Test func aSidecarStartsWithoutABundleAndConnectsWhenThereIsOne() async throws {
        let authority = try Authority("late")
        let hub = ProxyHub()
        let port = Int(try TestServer.closedPort())
        let volume = try ProjectedVolume()
        defer { volume.remove() }
        let adminPort = Int(try TestServer.closedPort())
        let pod = try injected(port: port, authority: "")
        let bootstrap = try volume.start(pod, token: "t", adminPort: adminPort)
        try await RealEnvoy.running(bootstrap, adminPort: adminPort) { envoy in
            try await serve(authority, port: port, hub: hub, token: "t", failures: HandshakeFailures()) { _ in
                try await eventually("it runs") { try await envoy.isUp() }
                #expect(hub.connected.isEmpty)
                try volume.replace(["trust-bundle.json": SecretFile.trustBundle(authorities: authority.pem)])
                try await eventually("it connects") { hub.connected == [Self.proxy] }
            }
        }
    }

    private func injected(port: Int, authority: String) throws -> JSONValue {
        var configuration = InjectorConfiguration(
            sidecarImage: "envoy",
            initImage: "swiftlet",
            controlPlane: ControlPlaneEndpoint(
                host: "127.0.0.1",
                port: UInt16(port),
                serverName: Self.serverName,
                certificateAuthority: authority
            ),
            usesNativeSidecars: true
        )
        configuration.reportsLoad = false
        let pod: JSONValue = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "web-1", "namespace": "shop"],
            "spec": ["containers": [["name": "web", "image": "web"]]],
        ]
        let namespace = NamespaceMetadata(name: "shop", labels: [MetadataKey.injection: "enabled"])
        return try SidecarInjector(configuration).inject(pod: pod, namespace: namespace, drainToken: "t").object
    }
}
