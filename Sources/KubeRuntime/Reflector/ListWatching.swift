import KubeClient
import KubeModel

/// Where a reflector gets its objects from: the API server, or a script in tests.
package protocol ListWatching<Object>: Sendable {
    associatedtype Object: WireObject
    associatedtype Events: WatchEvents<Object>

    /// Lists one page.
    ///
    /// - Parameter onItem: called in order for each object, as it arrives.
    /// - Throws: when the page is not complete; what was handed over stands.
    func list(
        _ request: ReflectorList,
        onItem: (Result<Object, ObjectDecodingError>) -> Void
    ) async throws -> ListEnd

    /// Begins a watch; returns once the server has accepted it.
    func watch(_ request: ReflectorWatch) async throws(KubeError) -> Events
}

/// The events of one watch, for one reader. Ends when the server ended the watch in good order.
package protocol WatchEvents<Object>: AsyncSequence where Element == WatchEvent<Object>, Failure == KubeError {
    associatedtype Object: WireObject

    /// How long the server may be silent from now on, before reading throws ``TransportError/Code/idle``.
    func setIdleTimeout(_ timeout: Duration?)
}

extension WatchStream: WatchEvents {}
