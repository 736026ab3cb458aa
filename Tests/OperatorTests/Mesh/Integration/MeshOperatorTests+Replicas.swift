import JSON
import KubeClient
import KubeModel
import PollingSupport
import SwiftletAPI
import TestSupport
import Testing
import XDS

@testable import Operator

extension MeshOperatorTests {
    /// Two operators as processes of their own; sidecars are connected to both.
    @Suite(.serialized)
    struct Replicas {
        private static let proxiesOfEach = 3
        /// WebServers of other tests are not theirs.
        private static let meshAlone = ["--no-web-servers", "--no-validation"]

        @Test func theStatusCountsTheProxiesOfAllReplicas() async throws {
            try await TestNamespace.withMeshNamespace { space in
                let (first, second) = (try MeshProcess(space), try MeshProcess(space))
                try await LiveOperator.run(first.flags(isKilled: false) + Self.meshAlone) { _ in
                    try await space.enable()
                    try await space.untilInjecting()
                    try await LiveOperator.run(second.flags(isKilled: false) + Self.meshAlone) { standby in
                        try await eventually("the second stands by, and serves") {
                            try await standby.page("/readyz?verbose")?.text.contains("leader-election standing-by")
                                == true
                        }
                        try await Self.withProxies(of: first, "a") {
                            #expect(try await Self.reports(space).isEmpty, "who leads tells nobody of its proxies")
                            try await Self.withProxies(of: second, "b") {
                                try await Self.untilAcked(6, space)
                                #expect(try await Self.reports(space).count == 1)
                            }
                            try await Self.untilAcked(3, space)
                        }
                        try await Self.untilAcked(0, space)
                    }
                }
            }
        }

        /// Runs `body` while pods have sidecars that are connected to one of the replicas.
        private static func withProxies(
            of mesh: MeshProcess,
            _ name: String,
            _ body: () async throws -> Void
        ) async throws {
            let space = mesh.space
            var options = SimulatedProxies.Options(port: Int(mesh.xdsPort), nodeIDs: [])
            for index in 0..<proxiesOfEach {
                let pod = try await space.client.create(.pods, space.pod("\(name)-\(index)"))
                try await space.start(pod, address: "10.244.\(name == "a" ? 1 : 2).\(index + 1)")
                let id = ProxyID(mesh: Mesh.defaultName, namespace: space.name, name: "\(name)-\(index)").description
                options.nodeIDs.append(id)
                options.authorizations[id] = "Bearer \(try await space.token(for: pod))"
            }
            options.redialAfter = .milliseconds(200)
            let proxies = try SimulatedProxies(options)
            proxies.start()
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            try await proxies.stop()
            try outcome.get()
        }

        /// Until the Mesh says that so many proxies have it, and no others are.
        private static func untilAcked(_ count: Int64, _ space: TestNamespace) async throws {
            let key = ObjectKey(namespace: "", name: Mesh.defaultName)
            try await eventually("\(count) proxies have it") {
                let proxies = try await space.client.get(Mesh.resource, key)[path: "status", "proxies"]
                return ["acked", "total"].allSatisfy { (proxies?[$0]?.intValue ?? 0) == count }
            }
        }

        private static func reports(_ space: TestNamespace) async throws -> [DynamicObject] {
            try await space.list(
                .configMaps,
                matching: LabelSelector([.equals(DeliveryReport.label.key, DeliveryReport.label.value)])
            )
        }
    }
}
