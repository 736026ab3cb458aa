import FoundationEssentials
import JSON
import KubeModel

/// Where the API server finds our webhooks.
package enum WebhookTarget: Hashable, Sendable {
    /// An `https` URL up to the path, such as `https://127.0.0.1:9443`: for an operator outside the cluster.
    case url(String)
    case service(ObjectKey, port: UInt16)

    /// The `clientConfig` of a webhook.
    ///
    /// - Parameter bundle: PEM of the authorities that the certificate is verified by; `nil` leaves the bundle to whoever publishes it.
    func clientConfig(path: String, bundle: String?) -> JSONValue {
        let bundle = bundle.map { JSONValue.string(Data($0.utf8).base64EncodedString()) }
        return switch self {
        case .url(let url): .compact(["url": .string(url + path), "caBundle": bundle])
        case .service(let key, let port):
            .compact([
                "service": [
                    "namespace": .string(key.namespace), "name": .string(key.name), "path": .string(path),
                    "port": .int(Int64(port)),
                ],
                "caBundle": bundle,
            ])
        }
    }
}

/// What the API server does with a request when a webhook does not answer.
package enum WebhookFailurePolicy: String, Hashable, Sendable, CaseIterable {
    /// Lets it pass.
    case ignore = "Ignore"
    /// Refuses it.
    case fail = "Fail"
}
