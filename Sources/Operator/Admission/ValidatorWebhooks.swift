import JSON
import KubeModel
import SwiftletAPI

/// The registration of the validator with the API server.
///
/// It is asked about our own kinds and nothing else, so that it can never keep anything else from being written. Deletions and the
/// subresource `status` are none of its business. Nobody answering lets a request pass, unless told otherwise: what is invalid is
/// refused by the reconcilers as well, which tell of it in the conditions.
package struct ValidatorWebhooks: Sendable {
    package static let name = "swiftlet-validator"
    package static let path = "/validate"

    package var target: WebhookTarget
    /// See ``WebhookTarget/clientConfig(path:bundle:)``.
    package var bundle: String?
    package var failurePolicy = WebhookFailurePolicy.ignore
    /// How long the API server waits for an answer.
    package var timeoutSeconds: Int64 = 5
    /// Whether WebServers are looked after.
    package var hasWebServers = true
    /// The namespaces whose WebServers are looked after; empty for all, and for Meshes and TrafficRoutes as well. Servers before 1.21 do not
    /// label namespaces with their names, and so ask about none of these.
    package var namespaces: [String] = []
    /// Told from other operators' registrations by this, for operators of single namespaces; the operator's own.
    package var operatorNamespace = ""

    package init(target: WebhookTarget, bundle: String? = nil) {
        self.target = target
        self.bundle = bundle
    }

    /// Operators of single namespaces may be several, none of which may take the others' registration away.
    package static func name(namespaces: [String], operatorNamespace: String) -> String {
        namespaces.isEmpty ? name : "\(name)-\(operatorNamespace)"
    }

    package var configuration: WebhookConfiguration {
        let kinds =
            (hasWebServers ? [WebServer.resource] : [])
            + (namespaces.isEmpty ? [Mesh.resource, TrafficRoute.resource] : [])
        return WebhookConfiguration(
            resource: .validatingWebhookConfigurations,
            name: Self.name(namespaces: namespaces, operatorNamespace: operatorNamespace),
            webhooks: kinds.map(webhook)
        )
    }

    private func webhook(_ resource: APIResource) -> JSONValue {
        .compact([
            "name": .string("\(resource.plural).validator.swiftlet.phys.app"),
            "admissionReviewVersions": ["v1"],
            "clientConfig": target.clientConfig(path: Self.path, bundle: bundle),
            "failurePolicy": .string(failurePolicy.rawValue),
            "matchPolicy": "Equivalent",
            "namespaceSelector": namespaces.isEmpty
                ? nil
                : [
                    "matchExpressions": [
                        [
                            "key": "kubernetes.io/metadata.name", "operator": "In",
                            "values": .strings(namespaces.sorted()),
                        ]
                    ]
                ],
            "rules": [
                [
                    "apiGroups": [.string(resource.group)], "apiVersions": [.string(resource.version)],
                    "operations": ["CREATE", "UPDATE"], "resources": [.string(resource.plural)],
                    "scope": .string(resource.isNamespaced ? "Namespaced" : "Cluster"),
                ]
            ],
            "sideEffects": "None",
            "timeoutSeconds": .int(timeoutSeconds),
        ])
    }
}
