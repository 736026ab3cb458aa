import KubeModel

/// What a watch tells.
package enum WatchEvent<Object: WireObject>: Sendable {
    case added(Object)
    case modified(Object)
    /// The object's last state. Its resourceVersion is that of the deletion.
    case deleted(Object)
    /// Everything up to this version has been told. `isInitialEventsEnd` once per watch that asked for initial events.
    case bookmark(ResourceVersion, isInitialEventsEnd: Bool)
    /// The server ends the watch and says why, such as 410 Gone. Means what the same status of a response would mean.
    case error(KubeStatus)
    /// One object could not be read, or which one is not even known; the watch goes on.
    case undecodable(ObjectDecodingError)
}

extension WatchEvent: Equatable where Object: Equatable {}
