import JSON
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import Logging

/// One replica of an operator with webhooks: a keeper and a server on a port of this machine.
struct WebhookReplica: Sendable {
    let keeper: CertificateKeeper
    let server: AdmissionServer

    init(
        _ client: KubeClient,
        _ namespace: String,
        policy: RotationPolicy,
        configurations: [String],
        handlers: [String: AdmissionHandler]
    ) throws {
        var options = CertificateKeeperOptions(
            requests: [
                CertificateRequest(dnsNames: ["webhook.\(namespace).svc"], ipAddresses: ["127.0.0.1"]),
                CertificateRequest(name: "xds", dnsNames: ["control-plane.\(namespace).svc"]),
            ],
            authorityName: "test-ca"
        )
        options.policy = policy
        options.interval = .seconds(5)
        let registry = PrometheusRegistry()
        keeper = CertificateKeeper(
            options: options,
            client: client,
            secret: ObjectKey(namespace: namespace, name: "webhook-certificates"),
            labels: ["app": "webhook"],
            mutating: configurations,
            validating: configurations,
            fieldManager: "admission-tests",
            metrics: registry,
            logger: RealCluster.quiet
        )
        guard let certificate = keeper.certificate() else { throw AdmissionError(.certificate, "no certificate") }
        server = AdmissionServer(
            address: try ListenAddress(parsing: "127.0.0.1:0"),
            endpoints: AdmissionEndpoints(handlers: handlers, metrics: registry, logger: RealCluster.quiet),
            certificate: certificate,
            logger: RealCluster.quiet
        )
    }

    var isReady: Bool { server.healthChecks().first?.passes == true }

    /// Runs keeper and server.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            group.addTask { try await server.run() }
            try await group.waitForAll()
        }
    }
}

/// Webhook configurations for ConfigMaps of one namespace.
enum WebhookManifests {
    /// - Parameter timeout: how long the API server waits for an answer, in seconds.
    static func webhook(_ name: String, _ namespace: String, port: Int, path: String, timeout: Int) -> JSONValue {
        [
            "name": .string("\(name).example.com"), "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "failurePolicy": "Fail", "timeoutSeconds": .int(Int64(timeout)),
            "clientConfig": ["url": .string("https://127.0.0.1:\(port)\(path)")],
            "namespaceSelector": ["matchLabels": ["admission-test": .string(namespace)]],
            "objectSelector": ["matchExpressions": [["key": "webhook", "operator": "Exists"]]],
            "rules": [
                [
                    "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                    "resources": ["configmaps"],
                ]
            ],
        ]
    }

    static func configuration(_ resource: APIResource, _ name: String, _ webhooks: [JSONValue]) -> JSONValue {
        [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": ["name": .string(name)], "webhooks": .array(webhooks),
        ]
    }

    static func configMap(_ namespace: String, _ name: String, _ data: [String: String] = [:]) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "data": .strings(data),
            "metadata": [
                "namespace": .string(namespace), "name": .string(name), "labels": ["webhook": "yes"],
            ],
        ]
    }
}
