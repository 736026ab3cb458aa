import JSON
import KubeClient
import KubeModel

/// Certificates in a Secret of type `kubernetes.io/tls`.
///
/// A Secret that is there keeps its type, labels, annotations, and those of its keys that are none of ours. Needs `get`, `create` and
/// `update` on the Secret, `list` and `watch` with its name to be told of changes.
package struct SecretStorage: CertificateStorage {
    private let client: KubeClient
    package let key: ObjectKey
    private let labels: [String: String]

    /// - Parameter labels: of a Secret that is created.
    package init(client: KubeClient, key: ObjectKey, labels: [String: String] = [:]) {
        self.client = client
        self.key = key
        self.labels = labels
    }

    package var description: String { "Secret \(key)" }

    package func read() async throws -> StoredCertificates {
        do {
            return StoredCertificates(object: try await client.get(.secrets, key))
        } catch {
            guard error.isNotFound else { throw error }
            return StoredCertificates(object: nil)
        }
    }

    package func write(_ data: [String: JSONValue], replacing old: StoredCertificates) async throws -> Bool {
        do {
            if var object = old.object {
                var merged = object["data"]?.objectValue ?? [:]
                for key in CertificateState.optionalKeys { merged[key] = nil }
                object["data"] = .object(merged.merging(data) { $1 })
                // Its resourceVersion makes the server refuse when it is no longer that.
                _ = try await client.update(.secrets, object)
            } else {
                var object: JSONValue = [
                    "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "data": .object(data),
                    "metadata": ["namespace": .string(key.namespace), "name": .string(key.name)],
                ]
                if let former = old.formerMetadata {
                    // Such as by which Helm knows it for its own.
                    for map in ["labels", "annotations"] { object[path: "metadata", map] = former[map] }
                } else if !labels.isEmpty {
                    object[path: "metadata", "labels"] = .strings(labels)
                }
                _ = try await client.create(.secrets, object)
            }
            return true
        } catch {
            let isGone = error.isNotFound && old.object != nil
            guard error.isConflict || error.isAlreadyExists || isGone else { throw error }
            return false
        }
    }
}
