import KubeClient
import KubeModel
import WebServers

/// A cluster as its API server has it now. Reads only.
package struct LiveState: ClusterState {
    private let client: KubeClient
    private let served: ServedKinds

    package init(client: KubeClient, served: ServedKinds) {
        self.client = client
        self.served = served
    }

    package func object(_ resource: APIResource, _ key: ObjectKey) async throws -> DynamicObject? {
        do {
            return DynamicObject(try await client.get(resource, key))
        } catch  where error.isNotFound {
            return nil
        }
    }

    package func objects(
        _ resource: APIResource,
        namespace: String?,
        matching selector: LabelSelector
    ) async throws -> [DynamicObject]? {
        var objects: [DynamicObject] = []
        var options = ListOptions(namespace: namespace, labelSelector: selector, limit: 500)
        do {
            repeat {
                let end = try await client.list(resource, as: DynamicObject.self, options: options) { item in
                    objects.append(try item.get())
                }
                options.continueToken = end.continueToken
            } while options.continueToken != nil
        } catch let error as KubeError where error.isForbidden || error.isNotFound {
            return nil
        }
        return objects
    }

    package func servedKinds() async -> ServedKinds { served }
}
