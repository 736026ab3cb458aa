import EnvoyAPI
import KubeRuntime
import NIOCore
import NIOHPACK
import PollingSupport
import Synchronization
import TestSupport
import Testing

@testable import XDS

/// The server and clients on loopback.
struct XDSServerTests {
    private func greeting(_ nodeID: String = "demo.web-0.default") -> DeltaRequest {
        var request = DeltaRequest(typeURL: ResourceType.cluster.typeURL)
        request.node = DeltaRequest.Node(id: nodeID)
        return request
    }

    /// Differs from another one of so many services in the endpoints of the first service.
    private func mesh(_ generation: UInt64, services: Int, endpoints: Int = 1) -> ProxySnapshot {
        var mesh = SimulatedMesh(services: services)
        mesh.endpointChanges = [0: endpoints]
        return snapshot(generation, mesh.resources())
    }

    @Test func bringsEveryProxyUpToDate() async throws {
        try await TestMesh.serving { mesh in
            let ids = (0..<20).map(proxy)
            mesh.hub.publish(ids.map { ($0, self.mesh(1, services: 50)) })
            let proxies = try SimulatedProxies(.init(port: mesh.port, nodeIDs: ids.map(\.description)))
            proxies.start()
            try await eventually("all have generation 1") { mesh.hub.summary(ofMesh: "demo").acknowledged == 20 }
            let before = proxies.totals
            #expect(before.resources == 20 * 50 * 4)
            var next = self.mesh(2, services: 50, endpoints: 2)
            next.changedAt = .now
            mesh.hub.publish(ids.map { ($0, next) })
            try await eventually("all have generation 2") {
                ids.allSatisfy { mesh.hasAcknowledged(2, $0) } && proxies.totals.resources == before.resources + 20
            }
            #expect(proxies.totals.endedStreams == [:])
            let page = mesh.registry.text()
            #expect(page.contains("swiftlet_xds_push_seconds_count 20"))
            #expect(page.contains("swiftlet_xds_push_seconds_bucket{le=\"0.001\"}"))
            #expect(page.contains("swiftlet_xds_streams 20"))
            try await proxies.stop()
            try await eventually("all are gone") { mesh.hub.connected.isEmpty }
        }
    }

    @Test func comesBackDifferentially() async throws {
        let hub = ProxyHub()
        let ids = (0..<10).map(proxy)
        hub.publish(ids.map { ($0, mesh(1, services: 200)) })
        let (proxies, port) = try await TestMesh.serving(hub: hub) { mesh in
            let proxies = try SimulatedProxies(.init(port: mesh.port, nodeIDs: ids.map(\.description)))
            proxies.start()
            try await eventually("all are there") { hub.summary(ofMesh: "demo").acknowledged == 10 }
            return (proxies, mesh.port)
        }
        let before = proxies.totals
        // Told by the first server: try elsewhere.
        #expect(before.endedStreams == ["14": 10])
        try await TestMesh.serving(hub: hub, port: UInt16(port)) { mesh in
            try await eventually("all are back") { hub.summary(ofMesh: "demo").acknowledged == 10 }
            let after = proxies.totals
            #expect(after.endedStreams == before.endedStreams)
            #expect(after.resources == before.resources && after.removed == 0)
            #expect(after.bytes - before.bytes < 10 * 300)
            #expect(before.bytes > 10 * 50_000)
        }
        try await proxies.stop()
    }

    @Test(arguments: [
        (StreamAuthenticator.Verdict.unauthenticated("the token has expired"), "16"),
        (.denied("the token is of another pod"), "7"), (.unavailable("the API server does not answer"), "14"),
    ])
    func refusesBeforeAnythingIsSent(verdict: StreamAuthenticator.Verdict, status: String) async throws {
        let shown = Mutex<[String?]>([])
        let authenticator = StreamAuthenticator { credentials in
            shown.withLock { $0.append(credentials.authorization) }
            return verdict
        }
        try await TestMesh.serving(authenticator: authenticator) { mesh in
            mesh.hub.publish(self.mesh(1, services: 3), for: proxy(0))
            var headers = RawCall.headers
            headers.add(name: "authorization", value: "Bearer secret")
            let call = try await RawCall.open(mesh.port, headers)
            #expect(await call.status() == status)
            #expect(call.seen.value.bytes == 0)
            #expect(shown.withLock { $0 } == ["Bearer secret"])
            let reason = try #require(call.seen.value.fields["grpc-message"])
            #expect(mesh.log.contains(reason) && mesh.log.contains("peer=127.0.0.1"))
            #expect(!mesh.log.contains("secret"))
            #expect(mesh.registry.text().contains("swiftlet_xds_refused_streams_total"))
            call.close()
        }
    }

    @Test func givesUpWaitingForAVerdict() async throws {
        var options = XDSServerOptions()
        options.admissionPatience = .milliseconds(100)
        let authenticator = StreamAuthenticator { _ in
            do { try await Task.sleep(for: .seconds(3600)) } catch {}
            return .trusted
        }
        try await TestMesh.serving(options: options, authenticator: authenticator) { mesh in
            let call = try await RawCall.open(mesh.port)
            try await call.send(self.greeting())
            #expect(await call.status() == "14")
            call.close()
        }
    }

    @Test func looksAtABoundedNumberOfCallers() async throws {
        var options = XDSServerOptions()
        options.admissions = 3
        let counts = Mutex((now: 0, most: 0))
        let authenticator = StreamAuthenticator { _ in
            counts.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
            do { try await Task.sleep(for: .milliseconds(20)) } catch {}
            counts.withLock { $0.now -= 1 }
            return .trusted
        }
        try await TestMesh.serving(options: options, authenticator: authenticator) { mesh in
            let ids = (0..<20).map(proxy)
            let proxies = try SimulatedProxies(.init(port: mesh.port, nodeIDs: ids.map(\.description)))
            proxies.start()
            try await eventually("all are there") { mesh.hub.connected.count == 20 }
            #expect(counts.withLock { $0.most } == 3)
            try await proxies.stop()
        }
    }

    @Test func hasOneMethod() async throws {
        try await TestMesh.serving { mesh in
            let path = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources"
            let headers = HPACKHeaders(
                RawCall.headers.map { ($0.name, $0.name == ":path" ? path : $0.value) }
            )
            let call = try await RawCall.open(mesh.port, headers)
            #expect(await call.status() == "12")
            call.close()
        }
    }

    @Test func refusesAMessageByItsLength() async throws {
        var options = XDSServerOptions()
        options.firstMessageBytes = 1000
        try await TestMesh.serving(options: options) { mesh in
            let call = try await RawCall.open(mesh.port)
            try await call.send(ByteBuffer(bytes: [0, 0, 0, 3, 233]))
            #expect(await call.status() == "8")
            call.close()
        }
    }

    @Test func survivesGarbage() async throws {
        try await TestMesh.serving { mesh in
            var random = SeededGenerator(seed: 5)
            let good = Array(RawCall.framed(self.greeting().encoded()).readableBytesView)
            for _ in 0..<60 {
                let call = try await RawCall.open(mesh.port)
                do {
                    try await call.send(ByteBuffer(bytes: good.mutated(using: &random)), ends: true)
                } catch {}
                _ = await call.status()
                call.close()
            }
            let connection = try await RawCall.connect(mesh.port)
            try await connection.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
            try await connection.closeFuture.get()
            let call = try await RawCall.open(mesh.port)
            mesh.hub.publish(self.mesh(1, services: 3), for: proxy(0))
            try await call.send(self.greeting())
            try await eventually("the server still serves") { call.seen.value.bytes > 0 }
            call.close()
        }
    }

    @Test func closesWhoSaysNothing() async throws {
        var options = XDSServerOptions()
        // Long enough for those who do say something on a busy machine.
        options.openingPatience = .seconds(8).patiently
        options.keepaliveInterval = .seconds(2)
        options.keepalivePatience = .seconds(8).patiently
        options.idlePatience = .seconds(3)
        try await TestMesh.serving(options: options) { mesh in
            // A stream without a request.
            let call = try await RawCall.open(mesh.port)
            #expect(await call.status(within: .seconds(180)) == "4")
            // A connection without a stream.
            try await call.connection.closeFuture.get()
            // A connection without HTTP/2.
            try await RawCall.connect(mesh.port).closeFuture.get()
            // One that does not answer when asked whether it is alive.
            let silent = try await RawCall.connect(mesh.port)
            try await silent.writeAndFlush(
                ByteBuffer(bytes: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
            )
            try await silent.closeFuture.get()
            // One that does stays.
            let alive = try await RawCall.open(mesh.port)
            try await alive.send(self.greeting())
            try await always("the stream is open", for: .seconds(3)) { !alive.seen.value.isClosed }
            alive.close()
        }
    }

    @Test func isDelayedByNoSlowReader() async throws {
        try await TestMesh.serving { mesh in
            let slow = try await RawCall.open(mesh.port)
            try await slow.send(self.greeting("demo.slow.default"))
            let slowID = ProxyID(mesh: "demo", namespace: "default", name: "slow")
            try await eventually("the slow one is there") { mesh.hub.connected == [slowID] }
            try await slow.stopReading()
            let proxies = try SimulatedProxies(.init(port: mesh.port, nodeIDs: [proxy(1).description]))
            proxies.start()
            for generation in 1...60 {
                let snapshot = self.mesh(UInt64(generation), services: 300, endpoints: generation)
                mesh.hub.publish([(slowID, snapshot), (proxy(1), snapshot)])
                try await eventually("the quick one has \(generation)") {
                    mesh.hasAcknowledged(UInt64(generation), proxy(1))
                }
            }
            // One response with clusters is all that waits for it.
            #expect(slow.seen.value.bytes < 200_000)
            #expect(mesh.hub.delivery(of: slowID)?.acknowledged == nil)
            slow.close()
            try await proxies.stop()
        }
    }

    @Test func endsTheEarlierStreamOfAProxy() async throws {
        try await TestMesh.serving { mesh in
            let first = try await RawCall.open(mesh.port)
            try await first.send(self.greeting())
            try await eventually("the first is there") { mesh.hub.connected == [proxy(0)] }
            let second = try await RawCall.open(mesh.port)
            try await second.send(self.greeting())
            #expect(await first.status() == "14")
            mesh.hub.publish(self.mesh(1, services: 3), for: proxy(0))
            try await eventually("the second is served") { second.seen.value.bytes > 0 }
            #expect(mesh.hub.connected == [proxy(0)])
            first.close()
            second.close()
        }
    }

    @Test func tellsOfConnectionsAndDeliveries() async throws {
        let seen = Mutex<[String]>([])
        let observer = ProxyHub.Observer(
            connected: { id in seen.withLock { $0.append("+\(id)") } },
            disconnected: { id in seen.withLock { $0.append("-\(id)") } }
        )
        let hub = ProxyHub(observer: observer)
        try await TestMesh.serving(hub: hub) { mesh in
            let revision = hub.deliveryRevision
            let call = try await RawCall.open(mesh.port)
            try await call.send(self.greeting())
            #expect(await hub.deliveryRevision(after: revision) > revision)
            try await eventually("it was told") { seen.withLock { $0 } == ["+demo.web-0.default"] }
            #expect(hub.delivery(of: proxy(0))?.phase == .pending)
            call.close()
            try await eventually("it was told") {
                seen.withLock { $0 } == ["+demo.web-0.default", "-demo.web-0.default"]
            }
            #expect(hub.delivery(of: proxy(0)) == nil)
        }
    }

    @Test func takesANewCertificate() async throws {
        let certificate = Mutex(try TestCertificate.make())
        let asked = Mutex(0)
        let provider: @Sendable () -> ServerCertificate = {
            asked.withLock { $0 += 1 }
            return certificate.withLock { $0 }
        }
        try await TestMesh.serving(certificate: provider) { mesh in
            try await RawCall.open(mesh.port).close()
            let next = try TestCertificate.make()
            certificate.withLock { $0 = next }
            try await RawCall.open(mesh.port).close()
            #expect(asked.withLock { $0 } >= 3)
        }
    }
}
