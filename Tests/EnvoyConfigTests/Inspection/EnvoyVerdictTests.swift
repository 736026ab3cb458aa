import Dataplanes
import EnvoyAPI
import EnvoyConfig
import Glibc
import PollingSupport
import TestSupport
import Testing
import TrafficPolicy

/// What a real Envoy says to it.
@Suite(EnvoyProgram.isThere, .serialized, .blocking)
struct EnvoyVerdictTests {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func randomMeshesAreAccepted(seed: UInt64) async throws {
        var mesh = RandomMesh(seed: 2000 + seed)
        var compiler = MeshCompiler(settings: mesh.settings)
        for _ in 0..<25 { _ = try compiler.apply(mesh.step()) }
        for key in compiler.dataplanes.sorted().prefix(2) {
            let verdict = try await EnvoyProgram.verdict(on: try #require(compiler.snapshot(of: key)))
            #expect(verdict.isGood, "seed \(seed), \(key): \(verdict.words)")
        }
    }

    @Test(arguments: [
        (HTTPRule(match: RequestMatch(path: .regex("a(b")), split: [Samples.destination()]), "missing )"),
        (
            HTTPRule(
                match: RequestMatch(path: .prefix("/")),
                modification: RequestModification(
                    requestHeaders: .init(add: [.init(name: "x", value: "%NOPE(%", appends: false)])
                ),
                split: [Samples.destination()]
            ), "NOPE"
        ),
    ])
    func whatIsWrongIsRefusedInEnvoysWords(rule: HTTPRule, words: String) async throws {
        let route = ServiceRoute(origin: "r", rules: [rule], split: [Samples.destination()])
        let snapshot = try Samples.snapshot([Samples.service(Samples.web, .http)], [Samples.web: route])
        let verdict = try await EnvoyProgram.verdict(on: snapshot)
        #expect(!verdict.isGood && verdict.words.contains(words), "\(verdict.words)")
    }

    @Test func aLoadBalancerThatCannotBeIsRefused() async throws {
        let route = ServiceRoute(
            origin: "r",
            loadBalancer: .ringHash(function: nil, minimumRingSize: 9000, maximumRingSize: 10),
            split: [Samples.destination()]
        )
        let verdict = try await EnvoyProgram.verdict(on: Samples.snapshot([Samples.service()], [Samples.web: route]))
        #expect(!verdict.isGood && verdict.words.contains("ring"), "\(verdict.words)")
    }

    /// Envoy binds both ports, and closes what was not redirected to them. That such connections do not go round in circles where there are
    /// NAT rules shows only in a network namespace that has some.
    @Test(arguments: [true, false])
    func theTransparentPortsCloseWhatWasNotRedirected(passthrough: Bool) async throws {
        let settings = MeshSettings(
            mesh: "default",
            passthrough: passthrough,
            outboundPort: try TestServer.closedPort(),
            inboundPort: try TestServer.closedPort()
        )
        let snapshot = try Samples.snapshot([Samples.service()], [:], Samples.dataplane(), settings)
        try await EnvoyProgram.serving(snapshot) {
            for port in [settings.outboundPort, settings.inboundPort] {
                let descriptor = try await eventually("Envoy listens on \(port)", within: .seconds(90)) {
                    do { return try TestServer.connect(to: port) } catch is SocketError { return nil }
                }
                defer { close(descriptor) }
                var patience = timeval(tv_sec: 5, tv_usec: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
                var byte: UInt8 = 0
                #expect(recv(descriptor, &byte, 1, 0) == 0, "not closed: \(port)")
            }
        }
    }
}
