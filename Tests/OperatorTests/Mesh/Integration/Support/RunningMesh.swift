import Injection
import JSON
import KubeClient
import KubeModel
import KubeRuntime
import KubeTransport
import PollingSupport
import SwiftletAPI
import TestSupport

@testable import Operator

extension APIResource {
    static let serviceAccounts = APIResource(
        group: "",
        version: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts"
    )
}

/// The mesh part of the operator, run against the API server by a test. One at a time: its registration is the whole cluster's.
extension TestNamespace {
    /// Runs `body` while the mesh is looked after, with a log of the operator's own requests.
    ///
    /// - Parameters:
    ///   - webhookPort: where the API server asks; any free one if not given.
    ///   - validates: whether all Meshes and TrafficRoutes of the cluster are validated.
    func withMesh<Value: Sendable>(
        webhookPort: UInt16 = 0,
        validates: Bool = false,
        _ body: (RequestLog, PrometheusRegistry) async throws -> Value
    ) async throws -> Value {
        let log = RequestLog()
        var configuration = TransportConfiguration()
        configuration.observer = { log.note($0) }
        let transport = try Transport(configuration: configuration)
        let registry = log.metrics
        let group = try await meshGroup(TestCluster.client(on: transport), webhookPort, validates, registry)
        let outcome = await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                do { try await group.run(signals: []) } catch { log.end(with: error) }
            }
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await body(log, registry)) } catch { outcome = .failure(error) }
            let failure = log.failure
            tasks.cancelAll()
            return failure.map(Result.failure) ?? outcome
        }
        await transport.shutdown()
        return try outcome.get()
    }

    private func meshGroup(
        _ client: KubeClient,
        _ webhookPort: UInt16,
        _ validates: Bool,
        _ registry: PrometheusRegistry
    ) async throws -> RuntimeGroup {
        let features = try await ClusterDiscovery(client: client, time: .system, logger: TestCluster.silent)
            .features(telling: StartupReadiness())
        let options = MeshOptions(
            xdsAddress: ListenAddress(host: "127.0.0.1", port: 0),
            injector: { authority, port, serverName, isNative in
                InjectorConfiguration(
                    sidecarImage: "envoy",
                    initImage: "swiftlet",
                    controlPlane: ControlPlaneEndpoint(
                        host: "127.0.0.1",
                        port: port,
                        serverName: serverName,
                        certificateAuthority: authority
                    ),
                    usesNativeSidecars: isNative
                )
            }
        )
        var webhookOptions = WebhookOptions(
            address: ListenAddress(host: "127.0.0.1", port: webhookPort),
            service: key("swiftlet"),
            secret: key("swiftlet-certificates")
        )
        webhookOptions.host = "127.0.0.1"
        webhookOptions.validation = validates ? .answered : .left
        var webhooks = WebhookOperator(
            client: client,
            options: webhookOptions,
            servesProxies: true,
            reflecting: ReflectorOptions(),
            time: .system,
            metrics: registry,
            logger: TestCluster.silent
        )
        let events = EventRecorder(
            sink: KubeEventSink(client: client),
            reporter: EventReporter(controller: "web.phys.app/swiftlet", instance: "tests"),
            metrics: registry,
            logger: TestCluster.silent
        )
        let mesh = MeshOperator(
            client: client,
            options: options,
            webhooks: webhooks,
            cluster: features,
            reflecting: ReflectorOptions(),
            events: events,
            time: .system,
            metrics: registry,
            logger: TestCluster.silent
        )
        var group = RuntimeGroup(logger: TestCluster.silent)
        group.events = events
        mesh.join(&group)
        webhooks.handlers[InjectorWebhooks.path] = mesh.injection
        let validation = ValidationHandler(mesh: mesh.lints)
        if validates { webhooks.handlers[ValidatorWebhooks.path] = { try validation.respond(to: $0) } }
        _ = webhooks.join(&group)
        registry.register(group.metrics)
        return group
    }

    /// Runs `body` with a namespace and nothing of a mesh left from before, and leaves nothing.
    static func withMeshNamespace(_ body: (TestNamespace) async throws -> Void) async throws {
        try await TestCluster.withNamespace { space in
            // The controller manager makes it a moment after the namespace, and without it no pod is admitted.
            try await space.untilThere(.serviceAccounts, "default")
            try await space.removeMeshes()
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(space)) } catch { outcome = .failure(error) }
            try await space.removeMeshes()
            try outcome.get()
        }
    }

    private func removeMeshes() async throws {
        for resource in [Mesh.resource, TrafficRoute.resource] {
            for key in try await keys(of: resource) { try await remove(resource, key) }
        }
        try await remove(.mutatingWebhookConfigurations, Self.registration)
        let validator = ObjectKey(namespace: "", name: ValidatorWebhooks.name)
        try await remove(.validatingWebhookConfigurations, validator)
    }

    private func remove(_ resource: APIResource, _ key: ObjectKey) async throws {
        do {
            try await client.delete(resource, key)
        } catch  where error.isNotFound {
            // No operator got so far.
        }
    }

    private func keys(of resource: APIResource) async throws -> [ObjectKey] {
        var keys: [ObjectKey] = []
        _ = try await client.list(resource, as: ObjectMetaProjection.self) { keys.append(try $0.get().key) }
        return keys
    }

    static let registration = ObjectKey(namespace: "", name: InjectorWebhooks.name)

    // MARK: - Pods

    /// The pod as it would be stored.
    func admitted(
        _ name: String,
        labels: [String: String] = [:],
        annotations: [String: String] = [:]
    ) async throws -> JSONValue {
        try await client.create(
            .pods,
            pod(name, labels: labels, annotations: annotations),
            options: WriteOptions(dryRun: true)
        )
    }

    func pod(_ name: String, labels: [String: String] = [:], annotations: [String: String] = [:]) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "name": .string(name), "namespace": .string(self.name), "labels": .strings(labels),
                "annotations": .strings(annotations),
            ],
            "spec": ["containers": [["name": "app", "image": "nginx"]]],
        ]
    }

    /// Waits until the API server asks the webhook about pods of the namespace.
    func untilInjecting() async throws {
        try await eventually("pods of \(name) are injected") {
            do {
                return try await admitted("probe").hasSidecar
            } catch let error as KubeError where error.message.contains("there is no Mesh \"default\"") {
                // The operator is about to create it.
                return false
            }
        }
    }

    func annotate(_ annotations: [String: String?]) async throws {
        let values = JSONValue.object(annotations.mapValues { $0.map { .string($0) } ?? .null })
        _ = try await client.patch(
            .namespaces,
            ObjectKey(namespace: "", name: name),
            .merge(["metadata": ["annotations": values]])
        )
    }

    /// The namespace's own label of this key.
    func label(_ label: String) async throws -> String? {
        try await client.get(.namespaces, ObjectKey(namespace: "", name: name))[path: "metadata", "labels", label]?
            .stringValue
    }

    /// Waits for a condition of a Mesh or a TrafficRoute with this reason.
    @discardableResult
    func untilCondition(_ resource: APIResource, _ name: String, _ type: String, reason: String) async throws
        -> JSONValue
    {
        try await eventually("\(resource) \(name) is told to be \(reason)") {
            let object = try await find(resource, name)?.value
            let conditions = object?[path: "status", "conditions"]?.arrayValue ?? []
            return conditions.first { $0["type"]?.stringValue == type && $0["reason"]?.stringValue == reason }
        }
    }
}

extension JSONValue {
    /// Of a pod.
    var hasSidecar: Bool {
        ["containers", "initContainers"].contains { list in
            self[path: "spec", list]?.arrayValue?.contains { $0["name"] == "kuma-sidecar" } == true
        }
    }
}
