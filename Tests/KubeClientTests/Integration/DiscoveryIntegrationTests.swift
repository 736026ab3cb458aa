import KubeModel
import Testing

@testable import KubeClient

@Suite(RealCluster.isThere) struct DiscoveryIntegrationTests {
    @Test func tellsWhatARealServerServes() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let discovery = Discovery(client: client)
            let version = try await discovery.serverVersion()
            #expect(version.major == 1 && version.minor >= 20)
            let served = try await discovery.servedResources()
            // Kinds of other tests come and go meanwhile.
            #expect(served.failures.keys.allSatisfy { "\($0)".contains(".example.org") })
            for resource in [APIResource.pods, .deployments, .namespaces, .ingresses, .events] {
                #expect(served.resource(for: resource.groupVersionKind) == resource)
            }
            #expect(served.named("deploy")?.resource == .deployments)
            #expect(served.named("deploy")?.subresources.contains("scale") == true)
            #expect(served.named("ns")?.isWatchable == true)

            let custom = CustomKind(client, group: "\(namespace).example.org")
            let unknown = try await discovery.resource(for: custom.resource.groupVersionKind)
            #expect(unknown == nil)
            try await custom.register()
            let found = try await eventually("the new kind is discovered") {
                try await discovery.resource(for: custom.resource.groupVersionKind)
            }
            #expect(found == custom.resource)
            try await custom.unregister()
        }
    }
}
