import JSON
import KubeClient
import KubeModel
import PollingSupport
import SwiftletAPI
import Testing
import XDS

@testable import Operator

extension BadClusterDays {
    /// Everything comes and goes, for a long time.
    @Suite struct Memory {
        @Test func memoryAndDescriptorsStayFlatInChurn() async throws {
            try await TestNamespace.withMeshNamespace { space in
                let mesh = try MeshProcess(space)
                try await LiveOperator.run(mesh.flags() + ["--log-level", "info"]) { live in
                    try await space.enable()
                    try await space.untilAnswered()
                    let end = ContinuousClock.now + .seconds(BadDayOptions.churn)
                    async let webServers = webServers(space, until: end)
                    async let proxies = proxies(mesh, live, until: end)
                    var samples: [LiveOperator.Usage] = []
                    while ContinuousClock.now < end {
                        samples.append(try live.usage())
                        try await Task.sleep(for: .seconds(1))
                    }
                    let rounds = try await (webServers, proxies)
                    // The first third is for warming up.
                    let third = samples.count / 3
                    let before = samples[third..<2 * third]
                    let after = samples[(2 * third)...]
                    let (memory, grown) = (before.map(\.memory).median, after.map(\.memory).median)
                    let (open, opened) = (before.map(\.descriptors).max() ?? 0, after.map(\.descriptors).max() ?? 0)
                    BadDayOptions.tell(
                        """
                        \(BadDayOptions.churn) s of churn: \(rounds.0) WebServers and \(rounds.1) proxies came and went; \
                        MiB by thirds \(samples[..<third].map(\.memory).median) \(memory) \(grown); \
                        descriptors \(open) \(opened); \(samples.last?.cpu ?? 0) s CPU
                        """
                    )
                    #expect(grown < memory * 1.1 + 3)
                    #expect(opened <= open + 16)
                    #expect(rounds.0 > BadDayOptions.churn / 20 && rounds.1 > BadDayOptions.churn / 20)
                }
            }
        }

        /// - Returns: how many came and went.
        private func webServers(_ space: TestNamespace, until end: ContinuousClock.Instant) async throws -> Int {
            var count = 0
            while ContinuousClock.now < end {
                // No name comes twice: what is kept by name has to be seen to grow.
                let names = (0..<5).map { "web-\(count + $0)" }
                for name in names { try await space.createWebServer(name, ["replicas": 0]) }
                for name in names { try await space.untilWritten(name) }
                for name in names { try await space.patchWebServer(name, ["webServerImage": "nginx:1.22"]) }
                for name in names { try await space.untilWritten(name) }
                for name in names { try await space.delete(WebServer.resource, name) }
                for name in names { try await space.untilGone(.deployments, name) }
                count += names.count
            }
            return count
        }

        /// - Returns: how many came and went.
        private func proxies(
            _ mesh: MeshProcess,
            _ live: LiveOperator,
            until end: ContinuousClock.Instant
        ) async throws -> Int {
            var count = 0
            while ContinuousClock.now < end {
                try await round(mesh, live, count)
                count += Self.pods
            }
            return count
        }

        /// Of one round.
        private static let pods = 4

        /// A Service and its pods come, their sidecars connect, everything goes.
        private func round(_ mesh: MeshProcess, _ live: LiveOperator, _ count: Int) async throws {
            let space = mesh.space
            let app = "app-\(count)"
            try await space.create(
                .services,
                app,
                ["spec": ["selector": ["app": .string(app)], "ports": [["port": 80, "targetPort": 8080]]]]
            )
            var pods: [JSONValue] = []
            for index in 0..<Self.pods {
                let pod = try await space.client.create(.pods, space.pod("\(app)-\(index)", labels: ["app": app]))
                try await space.start(pod, address: "10.244.\(count / Self.pods % 250).\(index + 1)")
                pods.append(pod)
            }
            let names = pods.compactMap { $0[path: "metadata", "name"]?.stringValue }
            let ids = names.map { ProxyID(mesh: Mesh.defaultName, namespace: space.name, name: $0).description }
            var options = SimulatedProxies.Options(port: Int(mesh.xdsPort), nodeIDs: ids)
            options.redialAfter = .milliseconds(200)
            for (id, pod) in zip(ids, pods) { options.authorizations[id] = "Bearer \(try await space.token(for: pod))" }
            let proxies = try SimulatedProxies(options)
            proxies.start()
            let outcome: Result<Void, any Error>
            do {
                try await eventually("all are connected") {
                    try await live.metric("swiftlet_xds_streams") == Double(Self.pods)
                }
                try await space.start(pods[0], address: "10.244.\(count / Self.pods % 250).1", isReady: false)
                try await eventually("they have resources") { proxies.totals.resources > Self.pods }
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            try await proxies.stop()
            try outcome.get()
            for name in names { try await space.delete(.pods, name) }
            try await space.delete(.services, app)
            try await eventually("all are gone") { try await live.metric("swiftlet_xds_streams") == 0 }
        }
    }
}

extension [Double] {
    /// 0 of nothing.
    fileprivate var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}
