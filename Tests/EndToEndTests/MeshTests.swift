import Foundation
import PollingSupport
import Testing

/// The mesh on a real node with real Envoys, as the tutorial of December 2020 has it.
@Suite(EndToEnd.isThere, Load.isThere, .serialized)
struct MeshTests {
    private static let stable = "Hello World, Benigno"
    private static let canary = "Hello World, Benigno, Canary Release"
    private static let samples = EndToEnd.repository.appending(path: "manifests/samples")

    /// One namespace for all of it, since pods take their time to come and go.
    @Test(.timeLimit(.minutes(15)))
    func theTutorialRunsAndNothingThatHappensCostsARequest() async throws {
        try await Mesh.run(namespace: "kong-mesh-app") { mesh in
            try await mesh.start()
            try await mesh.kubectl("apply", "-f", Self.samples.appending(path: "canary-workloads.yaml").path)
            try await mesh.waitForSidecars(3)
            let url = try await mesh.url("magnanimo", port: 4000, path: "/hw2")

            let half = try await Load.run(url, "--requests", "400")
            #expect(half.failed == 0, "\(half.report)")
            #expect((130...270).contains(half.answers(Self.canary)), "\(half.report)")

            let route = Self.samples.appending(path: "canary-trafficroute.yaml").path
            try await mesh.kubectl("apply", "-f", route)
            try await mesh.waitUntilProgrammed("route-1")
            let split = try await Load.run(url, "--requests", "10000", "--concurrency", "4")
            #expect(split.failed == 0, "\(split.report)")
            // Of 10,000, five standard deviations are 150: the limits are three tenths of that from being met by chance.
            #expect((850...1150).contains(split.answers(Self.canary)), "\(split.report)")
            #expect(split.answers(Self.canary) + split.answers(Self.stable) == 10_000, "\(split.report)")

            try await changesUnderLoad(mesh, url)
            try await allOrNothing(mesh, url)
            try await killedUnderLoad(mesh, url)
            try await refusedRoute(mesh, url)
            try await mesh.stop()
        }
    }

    /// Forty changes of the route and ten rolling restarts.
    private func changesUnderLoad(_ mesh: Mesh, _ url: String) async throws {
        try await mesh.kubectl("scale", "deployment/benigno-v1", "deployment/benigno-v2", "--replicas=2")
        try await mesh.waitForSidecars(5)
        async let load = Load.run(url, "--rate", "200", "--seconds", "130", "--concurrency", "8")
        for weight in 0..<40 { try await mesh.setWeights(stable: 100 - 2 * weight, canary: 2 * weight) }
        for _ in 0..<5 {
            try await mesh.kubectl("rollout", "restart", "deployment/benigno-v1", "deployment/benigno-v2")
            for release in ["deployment/benigno-v1", "deployment/benigno-v2"] {
                try await mesh.kubectl("rollout", "status", release, "--timeout=90s")
            }
        }
        let result = try await load
        #expect(result.failed == 0, "\(result.report)")
        #expect(try await mesh.metric("swiftlet_xds_nacks_total") == 0)
    }

    /// Everything to one release and back again, while requests run.
    private func allOrNothing(_ mesh: Mesh, _ url: String) async throws {
        async let load = Load.run(url, "--rate", "200", "--seconds", "8")
        try await mesh.setWeights(stable: 100, canary: 0)
        try await mesh.waitUntilProgrammed("route-1")
        let only = try await Load.run(url, "--requests", "500", "--concurrency", "4")
        #expect(only.answers(Self.canary) == 0, "\(only.report)")
        try await mesh.setWeights(stable: 90, canary: 10)
        let result = try await load
        #expect(only.failed == 0 && result.failed == 0, "\(result.report)")
    }

    /// The operator dies without a word. Proxies go on; the one after it tells them only what is new, which is nothing.
    private func killedUnderLoad(_ mesh: Mesh, _ url: String) async throws {
        async let load = Load.run(url, "--rate", "200", "--seconds", "45")
        try await mesh.kill()
        try await Task.sleep(for: .seconds(5))
        try await mesh.start()
        try await eventually("all five proxies are back") { try await mesh.metric("swiftlet_xds_streams") == 5 }
        try await eventually("they have everything") { try await mesh.metric("swiftlet_xds_deliveries_total") == 5 }
        let bytes = try await mesh.metric("swiftlet_xds_push_bytes_total")
        // An empty response for each type that was asked for, and no resource.
        #expect(bytes.map { $0 < 5 * 400 } == true, "\(bytes ?? -1) bytes")
        let result = try await load
        #expect(result.failed == 0, "\(result.report)")
    }

    /// A route that passes our checks and not Envoy's: it is told on the route, and all others go on.
    private func refusedRoute(_ mesh: Mesh, _ url: String) async throws {
        let http = #"{"spec": {"ports": [{"port": 5000, "appProtocol": "http"}]}}"#
        try await mesh.kubectl("patch", "service", "benigno", "--patch", http)
        try await mesh.kubectl("apply", "-f", "-", input: Self.routeWithRegex(#"/a{1001}"#))
        try await eventually("the refusal is told") {
            let told = try await mesh.condition("Programmed", of: "refused")
            return told.hasPrefix("Rejected") && told.contains("repetition")
        }
        // Nothing else is held up by it: not another route, not another pod.
        try await mesh.kubectl("apply", "-f", "-", input: Self.otherRoute)
        try await mesh.waitUntilProgrammed("other")
        try await mesh.kubectl("scale", "deployment/benigno-v1", "--replicas=1")
        let during = try await Load.run(url, "--requests", "300")
        #expect(during.failed == 0, "\(during.report)")
        try await mesh.kubectl("apply", "-f", "-", input: Self.routeWithRegex("/b+"))
        try await mesh.waitUntilProgrammed("refused")
        try await mesh.kubectl("delete", "trafficroute", "refused", "other", "route-1")
    }

    private static let otherRoute = """
        apiVersion: kuma.io/v1alpha1
        kind: TrafficRoute
        mesh: default
        metadata: {name: other}
        spec:
          sources: [{match: {kuma.io/service: benigno_kong-mesh-app_svc_5000}}]
          destinations: [{match: {kuma.io/service: magnanimo_kong-mesh-app_svc_4000}}]
          conf:
            loadBalancer: {leastRequest: {choiceCount: 3}}
            destination: {kuma.io/service: magnanimo_kong-mesh-app_svc_4000}
        """

    private static func routeWithRegex(_ regex: String) -> String {
        """
        apiVersion: kuma.io/v1alpha1
        kind: TrafficRoute
        mesh: default
        metadata: {name: refused}
        spec:
          sources: [{match: {kuma.io/service: magnanimo_kong-mesh-app_svc_4000}}]
          destinations: [{match: {kuma.io/service: benigno_kong-mesh-app_svc_5000}}]
          conf:
            destination: {kuma.io/service: benigno_kong-mesh-app_svc_5000}
            http:
            - match: {path: {regex: "\(regex)"}}
              destination: {kuma.io/service: benigno_kong-mesh-app_svc_5000}
        """
    }
}
