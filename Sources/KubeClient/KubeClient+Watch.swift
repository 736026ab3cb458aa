import KubeModel
import KubeTransport

extension KubeClient {
    /// Begins a watch, on a connection of its own.
    ///
    /// - Returns: once the server has accepted it.
    /// - Throws: ``KubeError`` for a status as well as for a failure to connect. A status that comes later, within the stream, is an
    ///   event and means the same.
    package func watch<Object: WireObject>(
        _ resource: APIResource,
        as type: Object.Type,
        options: WatchOptions = WatchOptions()
    ) async throws(KubeError) -> WatchStream<Object> {
        var request = KubeRequest("GET", resource, nil, namespace: options.namespace, verb: "watch")
        request.query = options.query
        request.accept = MediaTypes.accept(type, for: .watch)
        let stream = try await stream(request, idleTimeout: nil)
        let decoder = WatchDecoder<Object>(
            resource,
            format: WireFormat(contentType: stream.headers["Content-Type"]),
            limit: limits.objectSize
        )
        return WatchStream(request: request, body: stream.body, decoder: decoder)
    }
}
