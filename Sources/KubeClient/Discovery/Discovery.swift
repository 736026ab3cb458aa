import JSON
import KubeModel

/// What the API server serves, asked for once and kept.
///
/// # Guarantees
/// - A group that cannot be asked for is reported in ``ServedResources/failures`` and costs nothing else.
/// - Servers since 1.26 are asked twice in all, older ones once per group and version.
package actor Discovery {
    private let client: KubeClient
    private var served: ServedResources?
    private var version: ServerVersion?

    package init(client: KubeClient) {
        self.client = client
    }

    /// What is served, as of the last ``refresh()``; asks if there was none.
    package func servedResources() async throws(KubeError) -> ServedResources {
        if let served { return served }
        return try await refresh()
    }

    /// Asks anew. What was known before stays if that fails.
    @discardableResult
    package func refresh() async throws(KubeError) -> ServedResources {
        let found = try await DiscoveryRequests(client: client).servedResources()
        served = found
        return found
    }

    /// The kind that an object says it is of; asks the server once more if it was not served at the last time.
    package func resource(for kind: GroupVersionKind) async throws(KubeError) -> APIResource? {
        if let resource = served?.resource(for: kind) { return resource }
        return try await refresh().resource(for: kind)
    }

    /// The server's version, asked for once.
    package func serverVersion() async throws(KubeError) -> ServerVersion {
        if let version { return version }
        var request = KubeRequest(method: "GET", path: "/version", verb: "get", subject: "the server's version")
        request.timeout = .seconds(10)
        guard let found = ServerVersion(try await client.value(of: request)) else {
            throw request.error(.decoding, "the answer names no version")
        }
        version = found
        return found
    }
}
