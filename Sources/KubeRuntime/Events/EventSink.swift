import JSON
import KubeClient
import KubeModel

/// Where events are written to: the API server, or a list in tests.
package protocol EventSink: Sendable {
    func create(_ object: JSONValue) async throws(KubeError)
    func patch(_ key: ObjectKey, _ patch: Patch) async throws(KubeError)
}

/// Events on an API server.
package struct KubeEventSink: EventSink {
    package let client: KubeClient

    package init(client: KubeClient) { self.client = client }

    package func create(_ object: JSONValue) async throws(KubeError) {
        _ = try await client.create(.events, object)
    }

    package func patch(_ key: ObjectKey, _ patch: Patch) async throws(KubeError) {
        _ = try await client.patch(.events, key, patch)
    }
}
