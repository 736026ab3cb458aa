import KubeModel
import KubeTransport

extension KubeClient {
    /// Lists one page, handing over each object as soon as its bytes are there. The body is never held whole.
    ///
    /// Objects that cannot be read are handed over as errors, in their place.
    ///
    /// - Parameter onItem: called in order, on the caller's actor. What it throws ends the list and is thrown.
    /// - Returns: the list's own metadata, once everything has come.
    /// - Throws: ``KubeError``, or what `onItem` throws. Objects that were handed over before stand, the list is not complete then.
    package func list<Object: WireObject>(
        _ resource: APIResource,
        as type: Object.Type,
        options: ListOptions = ListOptions(),
        isolation: isolated (any Actor)? = #isolation,
        onItem: (Result<Object, ObjectDecodingError>) throws -> Void
    ) async throws -> ListEnd {
        var request = KubeRequest("GET", resource, nil, namespace: options.namespace, verb: "list")
        request.query = options.query
        request.accept = MediaTypes.accept(type, for: .list)
        let stream = try await stream(request, idleTimeout: limits.listIdleTimeout)
        var decoder = ListDecoder<Object>(
            resource,
            format: WireFormat(contentType: stream.headers["Content-Type"]),
            limit: limits.objectSize
        )
        do {
            var chunks = stream.body.makeAsyncIterator()
            while let chunk = try await chunks.next(isolation: isolation) {
                try decoder.consume(chunk, onItem: onItem)
            }
            let metadata = try decoder.finish()
            return ListEnd(
                resourceVersion: metadata.resourceVersion,
                continueToken: metadata.continueToken,
                remainingItemCount: metadata.remainingItemCount
            )
        } catch let error as TransportError {
            throw request.error(.transport(error), "\(error)")
        } catch let error as StreamFormatError {
            throw request.error(.decoding, "\(error)", cause: error)
        }
    }
}
