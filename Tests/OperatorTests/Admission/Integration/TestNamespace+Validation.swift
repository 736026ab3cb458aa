import JSON
import KubeClient
import KubeModel
import KubeRuntime
import KubeTransport
import PollingSupport
import SwiftletAPI
import WebServers

@testable import Operator

extension TestNamespace {
    /// The configuration of an operator that looks after this namespace.
    var validator: ObjectKey {
        ObjectKey(namespace: "", name: ValidatorWebhooks.name(namespaces: [name], operatorNamespace: name))
    }

    /// Runs `body` while an operator looks after this namespace and validates its WebServers, as the API server asks it to.
    ///
    /// What it registered is removed afterwards.
    func withValidation<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        // Servers before 1.21 do not do so by themselves.
        _ = try await client.patch(
            .namespaces,
            ObjectKey(namespace: "", name: name),
            .merge(["metadata": ["labels": ["kubernetes.io/metadata.name": .string(name)]]])
        )
        let transport = try Transport()
        let group = try validatingGroup(TestCluster.client(on: transport))
        let outcome = await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { do { try await group.run(signals: []) } catch {} }
            let outcome: Result<Value, any Error>
            do {
                try await untilValidating()
                outcome = .success(try await body())
            } catch { outcome = .failure(error) }
            tasks.cancelAll()
            return outcome
        }
        await transport.shutdown()
        try await removeValidator()
        return try outcome.get()
    }

    func removeValidator() async throws {
        do {
            try await client.delete(.validatingWebhookConfigurations, validator)
        } catch {
            // It may never have got so far.
            guard error.isNotFound else { throw error }
        }
    }

    /// API servers learn of a configuration a moment after it was written.
    private func untilValidating() async throws {
        try await eventually("WebServers of \(name) are validated") {
            try await isRefused(["webServerImage": "no image"])
        }
    }

    private func isRefused(_ spec: JSONValue) async throws -> Bool {
        do {
            let options = WriteOptions(dryRun: true)
            _ = try await client.create(WebServer.resource, webServerObject("probe", spec), options: options)
            return false
        } catch {
            guard error.isInvalid else { throw error }
            return true
        }
    }

    func webServerObject(_ object: String, _ spec: JSONValue) -> JSONValue {
        [
            "apiVersion": .string(WebServer.resource.apiVersion), "kind": .string(WebServer.resource.kind),
            "metadata": ["name": .string(object), "namespace": .string(name)], "spec": spec,
        ]
    }

    private func validatingGroup(_ client: KubeClient) throws -> RuntimeGroup {
        let registry = PrometheusRegistry()
        let events = EventRecorder(
            sink: KubeEventSink(client: client),
            reporter: EventReporter(controller: "web.phys.app/swiftlet", instance: "tests"),
            metrics: registry,
            logger: TestCluster.silent
        )
        let webServers = WebServerOperator(
            client: client,
            served: served,
            namespaces: [name],
            workers: 4,
            events: events,
            time: .system,
            metrics: registry,
            logger: TestCluster.silent
        )
        var options = WebhookOptions(
            address: ListenAddress(host: "127.0.0.1", port: 0),
            service: key("swiftlet"),
            secret: key("swiftlet-certificates")
        )
        options.host = "127.0.0.1"
        options.namespaces = [name]
        options.injection = .left
        var webhooks = WebhookOperator(
            client: client,
            options: options,
            servesProxies: false,
            reflecting: ReflectorOptions(),
            time: .system,
            metrics: registry,
            logger: TestCluster.silent
        )
        let handler = ValidationHandler(webServers: webServers.stores, namespaces: [name])
        webhooks.handlers[ValidatorWebhooks.path] = { try handler.respond(to: $0) }
        var group = RuntimeGroup(logger: TestCluster.silent)
        group.events = events
        let required = Set(webServers.required.map(\.name))
        for reflector in webServers.reflectors {
            group.add(reflector, isRequired: required.contains(reflector.name))
        }
        group.add(webServers.controller)
        _ = webhooks.join(&group)
        return group
    }
}
