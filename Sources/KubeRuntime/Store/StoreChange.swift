import KubeModel

/// What became of one object in a store.
package enum StoreChange<Object: WireObject>: Sendable {
    /// - Parameter isInitial: the object came with the first fill of the store, or was there when the handler was added.
    case added(Object, isInitial: Bool)
    case updated(old: Object, new: Object)
    /// The last state that the store had, which may be older than the one that was deleted.
    case deleted(Object)

    package var key: ObjectKey { object.key }

    /// The newest state known.
    package var object: Object {
        switch self {
        case .added(let object, _), .updated(_, let object), .deleted(let object): object
        }
    }

    package var old: Object? {
        switch self {
        case .added: nil
        case .updated(let old, _), .deleted(let old): old
        }
    }
}
