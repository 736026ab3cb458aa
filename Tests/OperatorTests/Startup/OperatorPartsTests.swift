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
        _ body: (RuntimeGroup) throws -> Void
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
                logger: TestCluster.silent
            )
            let features = ClusterFeatures(
                served: .current,
                streamsLists: true,
                runsNativeSidecars: true,
                evictionVersion: "policy/v1",
                endpointSlices: .endpointSlices
            )
            try body(service.reconciling(on: features).0)
        }
    }

    /// Metrics of one name would hide each other, and a watch that stalls with them.
    @Test func kindsHaveNamesOfTheirOwn() async throws {
        try await Self.withGroup { group in
            let names = group.kinds.map(\.reflector.name)
            #expect(names.count == Set(names).count, "\(names.sorted())")
            #expect(names.contains("pods") && names.contains("mesh/pods"))
        }
    }
}
