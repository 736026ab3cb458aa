import KubeModel
import KubeTransport

/// The events of one watch, for one reader.
///
/// # Guarantees
/// - Events come in the server's order. What is not read yet stays in the connection, but for one chunk of it.
/// - Ends with `nil` only where the server ended the watch in good order.
///
/// # Cancellation
/// Cancelling the task that reads, or dropping the stream, closes the connection at once. Reading then throws an error that
/// ``KubeError/isCancelled``.
package struct WatchStream<Object: WireObject>: AsyncSequence, Sendable {
    package typealias Element = WatchEvent<Object>
    package typealias Failure = KubeError

    let request: KubeRequest
    let body: HTTPBody
    let decoder: WatchDecoder<Object>

    /// How long the server may be silent, from now on; `nil` for ever. Reading then throws ``TransportError/Code/idle``.
    package func setIdleTimeout(_ timeout: Duration?) {
        body.setIdleTimeout(timeout)
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(request: request, chunks: body.makeAsyncIterator(), decoder: decoder)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let request: KubeRequest
        var chunks: HTTPBody.AsyncIterator
        var decoder: WatchDecoder<Object>
        /// What is decoded and not read yet; at most what one chunk holds.
        private var pending: [WatchEvent<Object>] = []
        private var nextPending = 0
        private var isAtEnd = false

        init(request: KubeRequest, chunks: HTTPBody.AsyncIterator, decoder: WatchDecoder<Object>) {
            self.request = request
            self.chunks = chunks
            self.decoder = decoder
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(KubeError) -> WatchEvent<Object>? {
            while nextPending == pending.count {
                guard !isAtEnd else { return nil }
                pending.removeAll(keepingCapacity: true)
                nextPending = 0
                let chunk: [UInt8]?
                do {
                    chunk = try await chunks.next(isolation: actor)
                } catch {
                    throw request.error(.transport(error), "\(error)")
                }
                if let chunk {
                    decoder.consume(chunk) { pending.append($0) }
                } else {
                    isAtEnd = true
                    guard decoder.finish(onEvent: { pending.append($0) }) else {
                        throw request.error(.decoding, "the watch ends within an event")
                    }
                }
            }
            defer { nextPending += 1 }
            return pending[nextPending]
        }
    }
}
