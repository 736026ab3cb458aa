import EnvoyAPI
import KubeRuntime
import NIOCore
import PollingSupport
import Synchronization
import Testing

@testable import XDS

/// What one proxy that is admitted can do to the server and to others; on real sockets.
struct AdmittedCallerTests {
    private func greeting(
        _ type: ResourceType = .cluster,
        _ nodeID: String = proxy(0).description
    ) -> DeltaRequest {
        var request = DeltaRequest(typeURL: type.typeURL)
        request.node = DeltaRequest.Node(id: nodeID)
        return request
    }

    private func identity(_ uid: String) -> StreamAuthenticator {
        StreamAuthenticator { _ in .admitted(ProxyIdentity(proxy(0), incarnation: uid)) }
    }

    // MARK: Who it is

    @Test(arguments: ["demo.web-1.default", "other.web-0.default", "demo.web-0.shop", "demo.web-0", "", "..", "a..b"])
    func aTokenIsForOneProxy(nodeID: String) async throws {
        try await TestMesh.serving(authenticator: identity("1")) { mesh in
            mesh.hub.publish(snapshot(1, service("a")), for: proxy(0))
            let call = try await RawCall.open(mesh.port)
            try await call.send(self.greeting(.cluster, nodeID))
            #expect(await call.status() == "7")
            #expect(call.seen.value.bytes == 0)
            #expect(mesh.hub.connected.isEmpty)
            call.close()
        }
    }

    @Test func aStreamEndsWithItsPod() async throws {
        try await TestMesh.serving(authenticator: identity("1")) { mesh in
            let call = try await RawCall.open(mesh.port)
            try await call.send(self.greeting())
            try await eventually("it is there") { mesh.hub.connected == [proxy(0)] }
            mesh.hub.retire("1")
            #expect(await call.status() == "7")
            #expect(mesh.hub.connected.isEmpty)
            // The pod is gone, and its token may live on for a while.
            let again = try await RawCall.open(mesh.port)
            try await again.send(self.greeting())
            #expect(await again.status() == "7")
            call.close()
            again.close()
        }
    }

    @Test func nobodyGetsWhatIsMadeForTheNextPodOfTheName() async throws {
        try await TestMesh.serving(authenticator: identity("1")) { mesh in
            var made = snapshot(1, service("a"))
            made.incarnation = "1"
            mesh.hub.publish(made, for: proxy(0))
            let call = try await RawCall.open(mesh.port)
            try await call.send(self.greeting())
            try await eventually("it gets its own") { call.seen.value.bytes > 0 }
            let before = call.seen.value.bytes
            made = snapshot(2, service("secret"))
            made.incarnation = "2"
            mesh.hub.publish(made, for: proxy(0))
            try await always("it gets nothing more", for: .milliseconds(500)) { call.seen.value.bytes == before }
            made = snapshot(3, service("a") + service("b"))
            made.incarnation = "1"
            mesh.hub.publish(made, for: proxy(0))
            try await call.send(request(.cluster, nonce: "1"))
            try await eventually("it gets its own") { call.seen.value.bytes > before }
            call.close()
        }
    }

    // MARK: What it asks for

    @Test func namesAreBoundedInBytes() async throws {
        var options = XDSServerOptions()
        options.push.nameBytes = 100_000
        try await TestMesh.serving(options: options) { mesh in
            let call = try await RawCall.open(mesh.port)
            try await call.send(self.greeting(.route))
            for number in 0..<20 {
                let names = (0..<10).map { "\(number)-\($0)-" + String(repeating: "n", count: 1000) }
                do { try await call.send(request(.route, subscribe: names)) } catch {}
            }
            #expect(await call.status() == "8")
            call.close()
        }
    }

    @Test func rejectionsAreLoggedOnceAtALimitedRateAndCut() async throws {
        var options = XDSServerOptions()
        // One resource in each response.
        options.push.responseBytes = 1
        try await TestMesh.serving(options: options) { mesh in
            let count = 60
            mesh.hub.publish(snapshot(1, (0..<count).map { resource(.cluster, "c\($0)") }), for: proxy(0))
            let call = try await RawCall.open(mesh.port)
            try await call.send(self.greeting())
            for nonce in 1...count {
                try await call.send(
                    request(.cluster, nonce: "\(nonce)", failure: String(repeating: "no ", count: 2000))
                )
            }
            try await eventually("all are rejected") {
                mesh.registry.text().contains("swiftlet_xds_nacks_total{type=\"cluster\"} \(count)")
            }
            let lines = mesh.log.lines.filter { $0.contains("proxy rejects a resource") }
            #expect((1...20).contains(lines.count))
            #expect(Set(lines).count == lines.count)
            #expect(lines.allSatisfy { $0.utf8.count < 1000 })
            // What people are told is bounded, too.
            try await eventually("it is told") { mesh.hub.delivery(of: proxy(0))?.rejections.isEmpty == false }
            #expect(mesh.hub.delivery(of: proxy(0))?.rejections.count ?? 0 <= 5)
            call.close()
        }
    }

    /// Everything by the worker that does what is much.
    @Test func muchWorkIsLeftToAWorkerInTheSameOrder() async throws {
        var options = XDSServerOptions()
        options.inlineWeight = -1
        try await TestMesh.serving(options: options) { mesh in
            let ids = (0..<20).map(proxy)
            func publish(_ generation: Int) {
                var simulated = SimulatedMesh(services: 50)
                simulated.endpointChanges = [0: generation]
                mesh.hub.publish(ids.map { ($0, snapshot(UInt64(generation), simulated.resources())) })
            }
            publish(1)
            let proxies = try SimulatedProxies(.init(port: mesh.port, nodeIDs: ids.map(\.description)))
            proxies.start()
            for generation in 1...30 {
                publish(generation)
                try await eventually("all have \(generation)") {
                    ids.allSatisfy { mesh.hasAcknowledged(UInt64(generation), $0) }
                }
            }
            #expect(proxies.totals.endedStreams == [:])
            try await proxies.stop()
        }
    }

    @Test func requestsAreTakenInTurns() async throws {
        // Many in one frame: all are taken, and nothing that comes later is lost.
        try await TestMesh.serving { mesh in
            mesh.hub.publish(snapshot(1, service("a") + [resource(.route, "last")]), for: proxy(0))
            let call = try await RawCall.open(mesh.port)
            var bytes = RawCall.framed(self.greeting().encoded())
            for number in 0..<1000 {
                bytes.writeImmutableBuffer(RawCall.framed(request(.endpoint, subscribe: ["e\(number)"]).encoded()))
            }
            bytes.writeImmutableBuffer(RawCall.framed(request(.cluster, nonce: "1").encoded()))
            bytes.writeImmutableBuffer(RawCall.framed(request(.listener).encoded()))
            bytes.writeImmutableBuffer(RawCall.framed(request(.listener, nonce: "3").encoded()))
            try await call.send(bytes, ends: true)
            #expect(await call.status() == "0")
            call.close()
        }
    }

    /// A proxy that asks for tens of thousands of names and rejects whatever it gets, while another one is told of changes.
    @Test func oneThatRejectsAllDelaysNoOther() async throws {
        try await TestMesh.serving { mesh in
            func publish(_ generation: UInt64) {
                var simulated = SimulatedMesh(services: 500)
                simulated.endpointChanges = [0: Int(generation)]
                let snapshot = snapshot(generation, simulated.resources())
                mesh.hub.publish([(proxy(0), snapshot), (proxy(1), snapshot)])
            }
            publish(1)
            let attacker = try await RawCall.open(mesh.port)
            try await attacker.send(self.greeting())
            let names = (0..<20_000).map { "none-\($0)" }
            try await attacker.send(request(.route, subscribe: names))
            try await attacker.send(request(.endpoint, subscribe: names))
            let honest = try SimulatedProxies(.init(port: mesh.port, nodeIDs: [proxy(1).description]))
            honest.start()
            try await eventually("the other is there") { mesh.hasAcknowledged(1, proxy(1)) }
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    // Until the window is closed, since the server reads no more of it than it may cost.
                    for nonce in 1...20_000 where !Task.isCancelled {
                        for type in [ResourceType.cluster, .route, .endpoint] {
                            do {
                                try await attacker.send(request(type, nonce: "\(nonce)", failure: "no"))
                            } catch { return }
                        }
                    }
                }
                var longest = Duration.zero
                for generation in UInt64(2)...15 {
                    let start = ContinuousClock.now
                    publish(generation)
                    try await eventually("the other has \(generation)") { mesh.hasAcknowledged(generation, proxy(1)) }
                    longest = max(longest, ContinuousClock.now - start)
                }
                #expect(longest < .seconds(5), "\(longest)")
                attacker.close()
                group.cancelAll()
            }
            try await honest.stop()
        }
    }
}
