import Foundation
import JSON
import KubeClient
import KubeModel
import KubeTransport
import Logging
import Operator
import PollingSupport
import SwiftletAPI
import Testing
import WebServers

/// A real API server with a controller manager, if there is one: `SWIFTLET_TEST_KUBECONFIG` names its kubeconfig.
///
/// It has no scheduler and no kubelet: pods are made and never run, see ``TestNamespace/startPods(of:)``.
enum TestCluster {
    static let kubeconfig = ProcessInfo.processInfo.environment["SWIFTLET_TEST_KUBECONFIG"]

    /// For suites that need it. The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(
        if: kubeconfig?.isEmpty == false,
        "needs a real API server: set SWIFTLET_TEST_KUBECONFIG to a kubeconfig"
    )

    /// `nil` for a cluster that keeps none.
    static let auditLog = kubeconfig.flatMap { AuditLog(kubeconfig: $0) }

    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// - Parameter kubeconfig: of another cluster than the one of all tests.
    static func client(on transport: Transport, kubeconfig: String? = kubeconfig) throws -> KubeClient {
        let host = HostEnvironment.live { _ in }
        let configuration = try ConfigurationLoader(host: host).load(ConfigurationOverrides(kubeconfig: kubeconfig))
        return KubeClient(
            configuration: configuration,
            transport: transport,
            userAgent: "swiftlet-tests",
            logger: silent
        )
    }

    /// Runs `body` with a namespace of its own, which is deleted afterwards.
    ///
    /// - Parameter kubeconfig: of another cluster than the one of all tests.
    static func withNamespace(
        on kubeconfig: String? = kubeconfig,
        _ body: (TestNamespace) async throws -> Void
    ) async throws {
        let transport = try Transport()
        let client = try client(on: transport, kubeconfig: kubeconfig)
        let name = "operator-\(UInt32.random(in: 0 ... .max))"
        var failure: (any Error)?
        do {
            let served = try await TestClusterSetup.shared.servedKinds(kubeconfig ?? "", client)
            _ = try await client.create(.namespaces, ["metadata": ["name": .string(name)]])
            try await body(TestNamespace(client: client, name: name, served: served))
        } catch {
            failure = error
        }
        do {
            try await client.delete(.namespaces, ObjectKey(namespace: "", name: name))
        } catch {
            failure = failure ?? error
        }
        await transport.shutdown()
        if let failure { throw failure }
    }
}

/// What all tests on the cluster need, done by the first of them.
private actor TestClusterSetup {
    static let shared = TestClusterSetup()

    /// By kubeconfig.
    private var setups: [String: Task<ServedKinds, any Error>] = [:]

    /// Installs the CustomResourceDefinitions.
    ///
    /// - Returns: what the cluster serves.
    func servedKinds(_ kubeconfig: String, _ client: KubeClient) async throws -> ServedKinds {
        if let setup = setups[kubeconfig] { return try await setup.value }
        let setup = Task {
            for definition in try CustomResourceDefinitions.all() { try await Self.install(definition, client) }
            let discovery = Discovery(client: client)
            let served = try await discovery.servedResources()
            return ServedKinds(served, version: try await discovery.serverVersion())
        }
        setups[kubeconfig] = setup
        return try await setup.value
    }

    private static func install(_ definition: CustomResourceDefinition, _ client: KubeClient) async throws {
        let resource = APIResource.customResourceDefinitions
        let options = WriteOptions(fieldManager: "swiftlet-tests", force: true)
        let applied = DynamicObject(try await client.apply(resource, definition.json, options: options))
        try await eventually("\(applied.name) is established") {
            let present = try await client.get(resource, applied.key)
            let conditions = present[path: "status", "conditions"]?.arrayValue ?? []
            return conditions.contains { $0["type"] == "Established" && $0["status"] == "True" }
        }
    }
}
