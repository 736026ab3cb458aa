import JSON
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import KubeTransport
import PollingSupport
import Testing

@testable import Operator

/// Who owns the webhook configurations, and what an operator does about those that are not its own.
@Suite(TestCluster.isThere, .timeLimit(.minutes(20)))
struct RegistrationTests {
    /// As a chart has it, for a webhook that nobody will call.
    private static func manifest(_ space: TestNamespace) -> WebhookConfiguration {
        var webhooks = ValidatorWebhooks(target: .url("https://127.0.0.1:1"))
        webhooks.namespaces = [space.name]
        webhooks.operatorNamespace = space.name
        return webhooks.configuration
    }

    private static func withWebhooks(
        of space: TestNamespace,
        _ change: (inout WebhookOptions) -> Void,
        _ body: () async throws -> Void
    ) async throws {
        var options = WebhookOptions(
            address: ListenAddress(host: "127.0.0.1", port: 0),
            service: space.key("swiftlet"),
            secret: space.key("swiftlet-certificates")
        )
        options.host = "127.0.0.1"
        options.namespaces = [space.name]
        options.injection = .left
        change(&options)
        let transport = try Transport()
        var webhooks = WebhookOperator(
            client: try TestCluster.client(on: transport),
            options: options,
            servesProxies: false,
            reflecting: ReflectorOptions(),
            time: .system,
            metrics: PrometheusRegistry(),
            logger: TestCluster.silent
        )
        if options.validation == .answered { webhooks.handlers[ValidatorWebhooks.path] = { _ in .allowed() } }
        var group = RuntimeGroup(logger: TestCluster.silent)
        _ = webhooks.join(&group)
        let outcome = await withTaskGroup(of: Void.self) { [group] tasks in
            tasks.addTask { do { try await group.run(signals: []) } catch {} }
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            tasks.cancelAll()
            return outcome
        }
        await transport.shutdown()
        try await space.removeValidator()
        try outcome.get()
    }

    private static func stored(_ space: TestNamespace) async throws -> JSONValue? {
        try await space.find(.validatingWebhookConfigurations, space.validator.name)?.value
    }

    @Test func anotherOnesConfigurationGetsTheBundleAndNothingElse() async throws {
        try await TestCluster.withNamespace { space in
            let applied = try await space.client.apply(
                .validatingWebhookConfigurations,
                Self.manifest(space).manifest,
                options: WriteOptions(fieldManager: "helm")
            )
            try await Self.withWebhooks(of: space, { $0.registers = false }) {
                let published = try await eventually("the bundle is published") {
                    let object = try await Self.stored(space)
                    return object?["webhooks"]?[0]?[path: "clientConfig", "caBundle"] == nil ? nil : object
                }
                var rest = try #require(published["webhooks"]?[0])
                rest[path: "clientConfig", "caBundle"] = nil
                #expect(rest == applied["webhooks"]?[0])
                #expect(published[path: "metadata", "labels"] == applied[path: "metadata", "labels"])
            }
        }
    }

    @Test func nothingIsMadeWhereSomebodyElseRegisters() async throws {
        try await TestCluster.withNamespace { space in
            try await Self.withWebhooks(of: space, { $0.registers = false }) {
                // Certificates are there, and so is everything that a registration waits for.
                try await space.untilThere(.secrets, "swiftlet-certificates")
                try await always("nothing is registered", for: .seconds(3)) { try await Self.stored(space) == nil }
            }
        }
    }

    @Test func whatAnOperatorRegisteredIsTakenBackAndAChartsIsLeft() async throws {
        try await TestCluster.withNamespace { space in
            let configuration = Self.manifest(space)
            _ = try await space.client.create(.validatingWebhookConfigurations, configuration.object)
            try await Self.withWebhooks(of: space, { $0.validation = .takenBack }) {
                try await eventually("it is taken back") { try await Self.stored(space) == nil }
                _ = try await space.client.create(.validatingWebhookConfigurations, configuration.manifest)
                try await always("a chart's is left", for: .seconds(3)) { try await Self.stored(space) != nil }
            }
        }
    }
}
