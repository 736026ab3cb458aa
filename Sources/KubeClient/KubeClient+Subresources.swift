import JSON
import KubeModel

extension KubeClient {
    /// Asks for something about an object that is there, such as the `eviction` of a pod or a `token` of a service account.
    ///
    /// - Returns: what was asked for, or a `Status`.
    /// - Throws: ``KubeError``; ``KubeError/isNotFound`` if there is no such object.
    package func create(
        subresource: String,
        of resource: APIResource,
        _ key: ObjectKey,
        _ object: JSONValue
    ) async throws(KubeError) -> JSONValue {
        var request = KubeRequest("POST", resource, key, subresource: subresource, verb: "create")
        request.body = object
        return try await value(of: request)
    }
}
