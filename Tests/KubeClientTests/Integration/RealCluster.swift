import Foundation
import JSON
import KubeModel
import KubeTransport
import Logging
import Testing

@testable import KubeClient

/// A real API server for the tests, if there is one: `SWIFTLET_TEST_KUBECONFIG` names its kubeconfig.
enum RealCluster {
    static let kubeconfig = ProcessInfo.processInfo.environment["SWIFTLET_TEST_KUBECONFIG"]

    /// For suites that need it. The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(
        if: kubeconfig?.isEmpty == false,
        "needs a real API server: set SWIFTLET_TEST_KUBECONFIG to a kubeconfig"
    )

    /// Runs `body` with a client and a namespace of its own, which is deleted afterwards.
    static func withNamespace(_ body: (KubeClient, _ namespace: String) async throws -> Void) async throws {
        let host = HostEnvironment.live { _ in }
        let configuration = try ConfigurationLoader(host: host).load(ConfigurationOverrides(kubeconfig: kubeconfig))
        let transport = try Transport()
        let client = KubeClient(
            configuration: configuration,
            transport: transport,
            userAgent: "swiftlet-tests",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let name = "test-\(UInt32.random(in: 0 ... .max))"
        _ = try await client.create(.namespaces, ["metadata": ["name": .string(name)]])
        var failure: (any Error)?
        do { try await body(client, name) } catch { failure = error }
        try await client.delete(.namespaces, ObjectKey(namespace: "", name: name))
        await transport.shutdown()
        if let failure { throw failure }
    }
}

/// Asks again until there is an answer that is not `nil`.
func eventually<Value>(
    within limit: Duration = .seconds(240),
    _ comment: Comment,
    _ probe: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if let value = try await probe() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    return try #require(try await probe(), comment)
}
