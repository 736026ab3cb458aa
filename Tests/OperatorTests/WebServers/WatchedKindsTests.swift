import KubeClient
import KubeRuntime
import Testing
import WebServers

@testable import Operator

/// Which kinds are listed and watched.
struct WatchedKindsTests {
    /// No role for single namespaces can grant what is in none: it would be refused for ever.
    @Test(arguments: [([], true), (["a"], false), (["a", "b"], false)] as [([String], Bool)])
    func kindsOfNoNamespaceAreReadOnlyWhereAllAreLookedAfter(namespaces: [String], isRead: Bool) async throws {
        let names = try await ScriptedAPI.withClient(of: "http://127.0.0.1:1") { client in
            let registry = PrometheusRegistry()
            return WebServerOperator(
                client: client,
                served: .current,
                namespaces: namespaces,
                workers: 1,
                events: EventRecorder(
                    sink: KubeEventSink(client: client),
                    reporter: EventReporter(controller: "web.phys.app/swiftlet", instance: "tests"),
                    metrics: registry,
                    logger: TestCluster.silent
                ),
                time: .system,
                metrics: registry,
                logger: TestCluster.silent
            ).reflectors.map(\.name)
        }
        #expect(names.contains("ingressclasses.networking.k8s.io") == isRead)
        #expect(names.contains { $0.hasPrefix("ingresses.networking.k8s.io") })
    }
}
