import FoundationEssentials
import JSON
import KubeClient
import KubeModel
import KubeRuntime
import KubeTransport
import Logging
import Testing

/// A real API server for the tests, if there is one: `SWIFTLET_TEST_KUBECONFIG` names its kubeconfig.
enum RealCluster {
    static let kubeconfig = ProcessInfo.processInfo.environment["SWIFTLET_TEST_KUBECONFIG"]

    /// For suites that need it. The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(
        if: kubeconfig?.isEmpty == false,
        "needs a real API server: set SWIFTLET_TEST_KUBECONFIG to a kubeconfig"
    )

    static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Runs `body` with a client and a namespace of its own, which is deleted afterwards.
    ///
    /// - Parameter user: somebody to act as; the namespace is made and deleted without.
    static func withNamespace(
        as user: String? = nil,
        _ body: (KubeClient, _ namespace: String) async throws -> Void
    ) async throws {
        let host = HostEnvironment.live { _ in }
        var configuration = try ConfigurationLoader(host: host).load(ConfigurationOverrides(kubeconfig: kubeconfig))
        let transport = try Transport()
        func client() -> KubeClient {
            KubeClient(configuration: configuration, transport: transport, userAgent: "swiftlet-tests", logger: quiet)
        }
        let administrator = client()
        if let user { configuration.impersonation = Impersonation(user: user) }
        let name = "test-\(UInt32.random(in: 0 ... .max))"
        _ = try await administrator.create(.namespaces, ["metadata": ["name": .string(name)]])
        var failure: (any Error)?
        do { try await body(client(), name) } catch { failure = error }
        try await administrator.delete(.namespaces, ObjectKey(namespace: "", name: name))
        await transport.shutdown()
        if let failure { throw failure }
    }

    /// A reflector of the metadata of one kind in a namespace, running while `body` does.
    static func reflecting(
        _ resource: APIResource,
        _ client: KubeClient,
        _ namespace: String,
        into store: Store<ObjectMetaProjection> = Store(),
        _ body: (Reflector<KubeListWatch<ObjectMetaProjection>>) async throws -> Void
    ) async throws {
        var options = ReflectorOptions()
        options.slowBackoff = BackoffPolicy(base: .milliseconds(200), cap: .milliseconds(200))
        let reflector = Reflector(
            name: "\(resource)",
            source: KubeListWatch(client: client, resource: resource, namespace: namespace),
            store: store,
            options: options,
            logger: quiet
        )
        let running = Task { await reflector.run() }
        var failure: (any Error)?
        do { try await body(reflector) } catch { failure = error }
        running.cancel()
        await running.value
        if let failure { throw failure }
    }

    static func configMap(_ namespace: String, _ name: String, _ data: JSONValue = [:]) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["namespace": .string(namespace), "name": .string(name)], "data": data,
        ]
    }

    /// The version that an answer has.
    static func version(_ answer: JSONValue) throws -> ResourceVersion {
        try DynamicObject(answer).metadata().resourceVersion
    }
}
