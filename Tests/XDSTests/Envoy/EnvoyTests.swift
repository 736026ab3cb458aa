import EnvoyAPI
import KubeRuntime
import PollingSupport
import SwiftProtobuf
import Synchronization
import Testing

@testable import XDS

/// What a real Envoy does with what the server sends.
@Suite(EnvoyProcess.isThere, .serialized)
struct EnvoyTests {
    private let id = ProxyID(mesh: "demo", namespace: "default", name: "web-1")

    @Test func startsAndAnswers() async throws {
        let backend = try await TinyBackend.start("v1")
        let port = try EnvoyProcess.freePort()
        let shown = Mutex<Set<String>>([])
        let authenticator = StreamAuthenticator { credentials in
            shown.withLock { _ = $0.insert(credentials.authorization ?? "none") }
            return .admitted(ProxyIdentity(self.id))
        }
        try await TestMesh.serving(authenticator: authenticator) { mesh in
            let envoyMesh = EnvoyMesh(listenerPort: port, clusters: ["v1": backend.port], weights: [("v1", 1)])
            mesh.hub.publish(envoyMesh.snapshot(1), for: id)
            try await EnvoyProcess.running(nodeID: "\(id)", controlPlane: mesh.port) { envoy in
                try await eventually("Envoy has it", within: .seconds(90)) { mesh.hasAcknowledged(1, id) }
                let load = TinyLoad(port: port)
                async let running: Void = load.run(connections: 2)
                try await eventually("some answers") { load.count.requests > 100 }
                load.stop()
                await running
                #expect(load.count.failures == [:])
                #expect(shown.withLock { $0 } == ["Bearer good"])
            }
        }
        try await backend.stop()
    }

    /// A new cluster for each move of the route, and the old one removed, under load.
    @Test func swapsClustersWithoutAFailure() async throws {
        let backends = [try await TinyBackend.start("a"), try await TinyBackend.start("b")]
        let port = try EnvoyProcess.freePort()
        try await TestMesh.serving { mesh in
            func generation(_ number: UInt64) -> ProxySnapshot {
                let cluster = "v\(number)"
                let backend = backends[Int(number) % 2]
                return EnvoyMesh(listenerPort: port, clusters: [cluster: backend.port], weights: [(cluster, 1)])
                    .snapshot(number)
            }
            mesh.hub.publish(generation(1), for: id)
            try await EnvoyProcess.running(nodeID: "\(id)", controlPlane: mesh.port) { envoy in
                try await eventually("Envoy has it", within: .seconds(90)) { mesh.hasAcknowledged(1, id) }
                let load = TinyLoad(port: port)
                async let running: Void = load.run(connections: 3)
                for number in UInt64(2)...41 {
                    let requests = load.count.requests
                    mesh.hub.publish(generation(number), for: id)
                    try await eventually("Envoy has \(number)", within: .seconds(90)) {
                        mesh.hasAcknowledged(number, id)
                    }
                    try await eventually("more requests") { load.count.requests > requests + 100 }
                }
                load.stop()
                await running
                #expect(load.count.requests > 4000)
                #expect(load.count.failures == [:])
                #expect(mesh.hub.delivery(of: id)?.rejections == [])
                let clusters = try await envoy.get("/clusters?format=json")
                #expect(clusters.contains("\"v41\"") && !clusters.contains("\"v40\""))
            }
        }
        for backend in backends { try await backend.stop() }
    }

    /// One origin has a cluster, a listener and a route that Envoy refuses. All else goes on.
    @Test func isolatesWhatEnvoyRejects() async throws {
        let backends = [try await TinyBackend.start("a"), try await TinyBackend.start("b")]
        let port = try EnvoyProcess.freePort()
        let otherPort = try EnvoyProcess.freePort()
        let origin = EnvoyMesh.route
        try await TestMesh.serving { mesh in
            var envoyMesh = EnvoyMesh(listenerPort: port, clusters: ["v1": backends[0].port], weights: [("v1", 1)])
            mesh.hub.publish(envoyMesh.snapshot(1), for: id)
            try await EnvoyProcess.running(nodeID: "\(id)", controlPlane: mesh.port) { envoy in
                try await eventually("Envoy has it", within: .seconds(90)) { mesh.hasAcknowledged(1, id) }
                // Weights that sum to nothing; a cluster whose timeout is negative.
                envoyMesh.clusters["v2"] = backends[1].port
                envoyMesh.weights = [("v2", 1)]
                envoyMesh.others = [
                    EnvoyMesh.cluster("impossible", origin: ResourceOrigin(kind: "Mesh", name: "demo")) {
                        $0.connectTimeout.seconds = -1
                    },
                    EnvoyMesh.listener("more", otherPort, route: "nothing"),
                    EnvoyMesh.route("nothing", [("v1", 0)], origin: origin),
                ]
                mesh.hub.publish(envoyMesh.snapshot(2), for: id)
                try await eventually("Envoy has the rest", within: .seconds(30)) { mesh.hasAcknowledged(2, id) }
                let load = TinyLoad(port: port)
                async let running: Void = load.run(connections: 1)
                try await eventually("some answers") { load.count.requests > 50 }
                load.stop()
                await running
                #expect(load.count.bodies.keys.sorted() == ["b"])
                let rejections = try #require(mesh.hub.delivery(of: id)?.rejections)
                #expect(rejections.map(\.name) == ["impossible", "nothing"])
                #expect(rejections.last?.origin == origin)
                #expect(rejections.last?.message.contains("weight") == true)
                let summary = mesh.hub.summary(ofMesh: "demo")
                #expect(summary.rejected == 1 && summary.rejectionsByOrigin[origin]?.proxies == 1)
                // Mended.
                envoyMesh.others = []
                mesh.hub.publish(envoyMesh.snapshot(3), for: id)
                try await eventually("Envoy has it", within: .seconds(90)) { mesh.hasAcknowledged(3, id) }
                #expect(mesh.hub.delivery(of: id)?.rejections == [])
            }
        }
        for backend in backends { try await backend.stop() }
    }

    @Test func comesBackDifferentially() async throws {
        let backend = try await TinyBackend.start("v1")
        let port = try EnvoyProcess.freePort()
        let serverPort = try EnvoyProcess.freePort()
        let hub = ProxyHub()
        var envoyMesh = EnvoyMesh(listenerPort: port, clusters: ["v1": backend.port], weights: [("v1", 1)])
        for number in 0..<50 { envoyMesh.clusters["unused-\(number)"] = backend.port }
        let first = envoyMesh.snapshot(1)
        envoyMesh.clusters["unused-0"] = backend.port + 1
        envoyMesh.clusters["unused-1"] = nil
        let second = envoyMesh.snapshot(2)
        hub.publish(first, for: id)
        @Sendable func bytes(_ mesh: TestMesh) -> Int {
            mesh.registry.text().split(separator: "\n").filter { $0.hasPrefix("swiftlet_xds_push_bytes_total") }
                .reduce(0) { $0 + (Int(Double($1.split(separator: " ").last ?? "0") ?? 0)) }
        }
        try await EnvoyProcess.running(nodeID: "\(id)", controlPlane: serverPort) { envoy in
            let load = TinyLoad(port: port)
            let cold = try await TestMesh.serving(hub: hub, port: UInt16(serverPort)) { mesh in
                try await eventually("Envoy has it", within: .seconds(90)) { mesh.hasAcknowledged(1, id) }
                return bytes(mesh)
            }
            async let running: Void = load.run(connections: 2)
            try await eventually("answers without a control plane") { load.count.requests > 200 }
            let same = try await TestMesh.serving(hub: hub, port: UInt16(serverPort)) { mesh in
                try await eventually("Envoy is back", within: .seconds(40)) { mesh.hasAcknowledged(1, id) }
                return bytes(mesh)
            }
            hub.publish(second, for: id)
            let changed = try await TestMesh.serving(hub: hub, port: UInt16(serverPort)) { mesh in
                try await eventually("Envoy has the change", within: .seconds(40)) { mesh.hasAcknowledged(2, id) }
                return bytes(mesh)
            }
            load.stop()
            await running
            #expect(load.count.failures == [:])
            #expect(cold > 10_000 && same < 300 && changed < 1000)
            let statistics = try await envoy.statistics("cluster_manager.cluster_")
            #expect(statistics["cluster_manager.cluster_added"] == 51)
            #expect(statistics["cluster_manager.cluster_removed"] == 1)
            #expect(statistics["cluster_manager.cluster_modified"] ?? 0 == 0)
        }
        try await backend.stop()
    }

    /// Envoy is refused, its token file changes, and it is let in with the next attempt.
    @Test func readsItsTokenAgain() async throws {
        let backend = try await TinyBackend.start("v1")
        let port = try EnvoyProcess.freePort()
        let authenticator = StreamAuthenticator { credentials in
            credentials.authorization == "Bearer good"
                ? .admitted(ProxyIdentity(self.id)) : .unauthenticated("the token has expired")
        }
        try await TestMesh.serving(authenticator: authenticator) { mesh in
            let envoyMesh = EnvoyMesh(listenerPort: port, clusters: ["v1": backend.port], weights: [("v1", 1)])
            mesh.hub.publish(envoyMesh.snapshot(1), for: id)
            try await EnvoyProcess.running(nodeID: "\(id)", controlPlane: mesh.port, token: "bad") { envoy in
                try await eventually("Envoy is refused", within: .seconds(90)) {
                    mesh.log.contains("the token has expired")
                }
                #expect(mesh.hub.connected == [])
                try envoy.writeToken("good")
                try await eventually("Envoy has it", within: .seconds(60)) { mesh.hasAcknowledged(1, id) }
            }
        }
        try await backend.stop()
    }
}
