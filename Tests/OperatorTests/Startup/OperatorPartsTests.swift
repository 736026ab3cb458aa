import Injection
import KubeClient
import KubeModel
import KubeRuntime
import Testing
import WebServers

@testable import Operator

/// What an operator is put together of.
struct OperatorPartsTests {
    private static func withGroup(
        _ change: (inout OperatorService.Options) -> Void = { _ in },
        time: TimeSource = .system,
        _ body: (RuntimeGroup, any HealthSource) throws -> Void
    ) async throws {
        let address = ListenAddress(host: "127.0.0.1", port: 0)
        var options = OperatorService.Options(healthAddress: address, instance: "tests")
        options.mesh = MeshOptions(xdsAddress: address) { authority, port, name, _ in
            InjectorConfiguration(
                sidecarImage: "envoy",
                initImage: "swiftlet",
                controlPlane: ControlPlaneEndpoint(host: name, port: port, certificateAuthority: authority),
                usesNativeSidecars: true
            )
        }
        options.webhooks = WebhookOptions(
            address: address,
            service: ObjectKey(namespace: "swiftlet-system", name: "swiftlet"),
            secret: ObjectKey(namespace: "swiftlet-system", name: "swiftlet-certificates")
        )
        options.election = OperatorElection(
            lease: ObjectKey(namespace: "swiftlet-system", name: "swiftlet"),
            instance: "tests"
        )
        change(&options)
        try await ScriptedAPI.serve({ _ in ScriptedAPI.Answer() }) { client, _ in
            let service = OperatorService(
                client: client,
                options: options,
                registry: PrometheusRegistry(),
                time: time,
                logger: TestCluster.silent
            )
            let features = ClusterFeatures(
                served: .current,
                streamsLists: true,
                runsNativeSidecars: true,
                evictionVersion: "policy/v1",
                endpointSlices: .endpointSlices
            )
            let (group, readiness) = service.reconciling(on: features)
            try body(group, readiness)
        }
    }

    /// Metrics of one name would hide each other, and a watch that stalls with them.
    @Test func kindsHaveNamesOfTheirOwn() async throws {
        try await Self.withGroup { group, _ in
            let names = group.kinds.map(\.reflector.name)
            #expect(names.count == Set(names).count, "\(names.sorted())")
            #expect(names.contains("pods") && names.contains("mesh/pods"))
        }
    }

    /// One Service leads API servers and proxies to a replica: whoever brings trouble to the webhooks must not take proxies their configuration.
    @Test func webhooksKeepProxiesFromNoReplicaThatHasBegun() async throws {
        let time = VirtualTime()
        let address = ListenAddress(host: "127.0.0.1", port: 0)
        func required(_ readiness: any HealthSource) -> [Bool] {
            let checks = readiness.healthChecks().filter { $0.name.hasPrefix("webhook") }
            #expect(checks.map(\.name) == ["webhooks", "webhook-probe"] && checks.allSatisfy { !$0.passes })
            return checks.map(\.isRequired)
        }
        try await Self.withGroup(time: time.source) { _, readiness in
            // Nobody is led to a replica that has just begun before it can do everything.
            #expect(required(readiness) == [true, true])
            time.advance(by: .seconds(30))
            #expect(required(readiness) == [false, false])
            #expect(readiness.healthChecks().contains { $0.name == "xds-certificate" && $0.isRequired })
        }
        // Where there are no proxies there is nothing else to be led to.
        let withoutMesh: (inout OperatorService.Options) -> Void = { options in
            options.mesh = nil
            options.webhooks = WebhookOptions(
                address: address,
                service: ObjectKey(namespace: "swiftlet-system", name: "swiftlet"),
                secret: ObjectKey(namespace: "swiftlet-system", name: "swiftlet-certificates")
            )
        }
        try await Self.withGroup(withoutMesh, time: time.source) { _, readiness in
            time.advance(by: .seconds(3600))
            #expect(required(readiness) == [true, true])
        }
    }
}
