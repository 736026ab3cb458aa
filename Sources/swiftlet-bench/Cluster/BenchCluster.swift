import JSON
import KubeClient
import KubeModel
import KubeRuntime
import KubeTransport
import Logging
import SwiftletAPI

/// The API server that everything is measured on.
struct BenchCluster: Sendable {
    let client: KubeClient
    let kubeconfig: String

    /// The load is spread over this many namespaces.
    static let namespaces = (0..<10).map { "bench-\($0)" }
    /// How many requests that make load are under way at once.
    static let concurrency = 32

    /// Runs `body` with a client, and closes its connections afterwards.
    static func connected<Result>(
        to kubeconfig: String,
        _ body: (BenchCluster) async throws -> Result
    ) async throws -> Result {
        let host = HostEnvironment.live(warn: { _ in })
        let configuration = try ConfigurationLoader(host: host).load(ConfigurationOverrides(kubeconfig: kubeconfig))
        var options = TransportConfiguration()
        options.maximumConcurrentCalls = concurrency
        let transport = try Transport(configuration: options)
        let client = KubeClient(
            configuration: configuration,
            transport: transport,
            userAgent: "swiftlet-bench",
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            let result = try await body(BenchCluster(client: client, kubeconfig: kubeconfig))
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    func serverVersion() async throws -> String {
        try await client.perform("GET", path: "/version")["gitVersion"]?.stringValue ?? "unknown"
    }

    /// As the operator has them: without streamed lists where the server does not know them.
    func reflectorOptions() async throws -> ReflectorOptions {
        var options = ReflectorOptions()
        options.usesWatchList = try await Discovery(client: client).serverVersion().streamsLists
        return options
    }

    /// How many objects of a kind there are in the namespaces of the benchmark.
    func count(_ resource: APIResource) async throws -> Int {
        var count = 0
        _ = try await client.list(resource, as: ObjectMetaProjection.self) { item in
            if case .success(let object) = item, Self.namespaces.contains(object.key.namespace) { count += 1 }
        }
        return count
    }

    /// Makes the namespaces. Each gets the service account that pods are refused without and that a controller manager would make.
    func makeNamespaces() async throws {
        let accounts = APIResource(group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")
        for namespace in Self.namespaces {
            try await createUnlessPresent(
                .namespaces,
                ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]]
            )
            try await createUnlessPresent(
                accounts,
                [
                    "apiVersion": "v1", "kind": "ServiceAccount",
                    "metadata": ["name": "default", "namespace": .string(namespace)],
                    "automountServiceAccountToken": false,
                ]
            )
        }
    }

    /// Installs our kinds, and waits until they are served.
    func installDefinitions() async throws {
        for definition in try CustomResourceDefinitions.all() {
            try await createUnlessPresent(.customResourceDefinitions, definition.json)
            let deadline = ContinuousClock.now + .seconds(30)
            while try await !isServed(definition.resource) {
                guard ContinuousClock.now < deadline else { throw BenchError("\(definition.name) is not served") }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Creates an object; one of that name does as well.
    func createUnlessPresent(_ resource: APIResource, _ object: JSONValue) async throws {
        do {
            _ = try await client.create(resource, object)
        } catch  where error.isAlreadyExists {
        }
    }

    private func isServed(_ resource: APIResource) async throws -> Bool {
        do {
            _ = try await client.perform("GET", path: resource.path())
            return true
        } catch  where error.isNotFound {
            return false
        }
    }
}

/// Does `work` for each of `0..<count`, at most ``BenchCluster/concurrency`` at a time.
func forEachConcurrently(_ count: Int, _ work: @escaping @Sendable (Int) async throws -> Void) async throws {
    try await withThrowingDiscardingTaskGroup { group in
        for worker in 0..<min(count, BenchCluster.concurrency) {
            group.addTask {
                for index in stride(from: worker, to: count, by: BenchCluster.concurrency) { try await work(index) }
            }
        }
    }
}
