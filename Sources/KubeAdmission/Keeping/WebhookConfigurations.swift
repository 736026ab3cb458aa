import FoundationEssentials
import JSON
import KubeClient
import KubeModel

/// Publishes a bundle as the `clientConfig.caBundle` of every webhook of a configuration.
///
/// The patch touches those fields alone, so that whoever applies the rest goes on owning it, and fails when the configuration changed
/// since it was read. A configuration that is not there is nobody to publish for. Needs `get` and `patch` on it.
package struct WebhookConfigurationPatcher: BundlePublisher {
    private let client: KubeClient
    package let resource: APIResource
    package let name: String
    private let fieldManager: String

    /// - Parameter resource: ``APIResource/mutatingWebhookConfigurations`` or the validating ones.
    package init(client: KubeClient, resource: APIResource, name: String, fieldManager: String) {
        self.client = client
        self.resource = resource
        self.name = name
        self.fieldManager = fieldManager
    }

    package var description: String { "\(resource) \(name)" }

    private var key: ObjectKey { ObjectKey(namespace: "", name: name) }

    package func read() async throws -> [PublishedBundle] {
        let object: JSONValue
        do {
            object = try await client.get(resource, key)
        } catch {
            guard error.isNotFound else { throw error }
            return []
        }
        let texts = object["webhooks"]?.arrayValue?.map { webhook in
            webhook[path: "clientConfig", "caBundle"]?.stringValue.flatMap { Data(base64Encoded: $0) }
                .map { String(decoding: $0, as: UTF8.self) }
        }
        guard let texts, !texts.isEmpty else { return [] }
        let version = object[path: "metadata", "resourceVersion"]?.stringValue ?? ""
        let annotations = object[path: "metadata", "annotations"]?.objectValue ?? [:]
        return [
            PublishedBundle(
                place: description,
                version: version,
                texts: texts,
                isKeptByOthers: annotations.keys.contains { $0.hasPrefix(Self.injection) }
            )
        ]
    }

    /// By annotations that begin so cert-manager is asked to publish the bundle: `inject-ca-from` and its like.
    private static let injection = "cert-manager.io/inject-"

    package func publish(_ bundle: CertificateBundle, replacing old: PublishedBundle) async throws -> Bool {
        let text = JSONValue.string(Data(bundle.pem.utf8).base64EncodedString())
        var operations = [JSONPatchOperation.test(path: "/metadata/resourceVersion", value: .string(old.version))]
        // Adding a member that is there replaces it.
        operations += old.texts.indices.map { .add(path: "/webhooks/\($0)/clientConfig/caBundle", value: text) }
        do {
            _ = try await client.patch(
                resource,
                key,
                .json(operations),
                options: WriteOptions(fieldManager: fieldManager)
            )
            return true
        } catch {
            // A test that fails is told as an invalid patch.
            guard error.isConflict || error.isNotFound || error.isInvalid else { throw error }
            return false
        }
    }
}
