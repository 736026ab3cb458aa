import KubeModel
import Synchronization

/// Remembers which intents the server has called no change, and for which version of the object.
final class SettledObjects: Sendable {
    private struct Entry {
        var version: ResourceVersion
        var digest: String
    }

    private let entries = Mutex<[ObjectIdentity: Entry]>([:])

    /// The digest of the intent that changes nothing about this version of the object; `nil` when none is known.
    func digest(for identity: ObjectIdentity, at version: ResourceVersion) -> String? {
        entries.withLock { entries in
            guard let entry = entries[identity] else { return nil }
            if entry.version != version {
                entries[identity] = nil
                return nil
            }
            return entry.digest
        }
    }

    /// To be told after an apply that led to no new version.
    func settle(_ identity: ObjectIdentity, at version: ResourceVersion, digest: String) {
        entries.withLock { $0[identity] = Entry(version: version, digest: digest) }
    }
}
