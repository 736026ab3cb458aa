import KubeModel
import Synchronization

/// Remembers the versions that our own status writes led to, so that hearing of them is no reason to look again.
final class OwnWrites: Sendable {
    private let versions = Mutex<[ObjectKey: ResourceVersion]>([:])

    func wrote(_ version: ResourceVersion, of key: ObjectKey) {
        versions.withLock { $0[key] = version }
    }

    /// Whether this version of the object is the one that we wrote last. May be `false` for our own if the event overtakes the answer.
    func made(_ version: ResourceVersion, of key: ObjectKey) -> Bool {
        versions.withLock { $0[key] == version }
    }

    func forget(_ key: ObjectKey) {
        versions.withLock { $0[key] = nil }
    }
}
