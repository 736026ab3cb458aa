/// The bytes of a streamed response: a sequence for one reader, in the chunks in which they came.
///
/// # Guarantees
/// - Bytes come in order, none twice, none missing; a chunk is never empty. What has arrived since the last read comes
///   as one chunk.
/// - At most ``TransportConfiguration/streamBufferSize`` bytes wait to be read, and 32 KiB inside libcurl; above that,
///   the connection is not read, and TCP stops the server.
/// - `nil` comes only after a complete body. A body that was cut short ends with ``TransportError/Code/truncated`` or
///   ``TransportError/Code/connectionLost``, after the bytes that did arrive.
///
/// # Cancellation
/// Cancelling the task that reads, or dropping the stream with all its copies and iterators, closes the connection at
/// once. The body is then over: reading on throws ``TransportError/Code/cancelled``.
///
/// # Assumptions
/// One task reads at a time. A second simultaneous read throws ``TransportError/Code/invalidRequest``.
package struct HTTPBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = TransportError

    private let reader: BodyReader

    init(reader: BodyReader) {
        self.reader = reader
    }

    /// Replaces the idle timeout of the stream, from now on. `nil` lets it be silent for ever.
    ///
    /// The time counts from the last byte that arrived. While the reader is so far behind that the connection is not
    /// being read, it does not run.
    package func setIdleTimeout(_ timeout: Duration?) {
        reader.channel.setIdleTimeout(timeout)
    }

    /// Reads the body to its end.
    ///
    /// - Throws: ``TransportError/Code/bodyTooLarge`` once there are more than `limit` bytes, and what reading throws.
    package func collect(upTo limit: Int) async throws(TransportError) -> [UInt8] {
        var collected: [UInt8] = []
        var iterator = makeAsyncIterator()
        while let chunk = try await iterator.next(isolation: nil) {
            guard chunk.count <= limit - collected.count else {
                throw reader.channel.refuse(above: limit)
            }
            collected.append(contentsOf: chunk)
        }
        return collected
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reader: reader)
    }

    /// Reads chunk by chunk. Copies read from the same body.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: BodyReader

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(TransportError) -> [UInt8]? {
            try await reader.channel.next(isolation: actor)
        }
    }
}

/// The reading end of a body: when its last reference goes, nobody can read on, and the transfer is cancelled.
final class BodyReader: Sendable {
    let channel: BodyChannel

    init(channel: BodyChannel) {
        self.channel = channel
    }

    deinit {
        channel.cancel()
    }
}
