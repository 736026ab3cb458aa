import KubeModel
import KubeRuntime
import Synchronization

/// Remembers for the children of each WebServer which intent the server has applied, and to which version of the object that led.
///
/// Applying it again to that version changes nothing, however the server writes its values; so there is nothing to compare.
final class SettledObjects: Sendable {
    private struct Entry {
        var version: ResourceVersion
        var digest: String
    }

    /// By WebServer; its children bear its name.
    private let entries = Mutex<[ObjectKey: [GroupKind: Entry]]>([:])

    /// The digest of the intent that changes nothing about this version of the child; `nil` when none is known.
    func digest(of kind: GroupKind, _ key: ObjectKey, at version: ResourceVersion) -> String? {
        entries.withLock { entries in
            guard let entry = entries[key]?[kind] else { return nil }
            if entry.version != version {
                entries[key]?[kind] = nil
                return nil
            }
            return entry.digest
        }
    }

    /// To be told after an apply, with the version that it led to.
    func settle(_ kind: GroupKind, _ key: ObjectKey, at version: ResourceVersion, digest: String) {
        entries.withLock { $0[key, default: [:]][kind] = Entry(version: version, digest: digest) }
    }

    /// To be told when the WebServer is gone.
    func remove(_ key: ObjectKey) {
        entries.withLock { entries in
            entries[key] = nil
            entries.giveBackRoom()
        }
    }
}
