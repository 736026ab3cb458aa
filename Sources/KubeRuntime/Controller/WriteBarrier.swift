import KubeModel
import Synchronization

/// How far a store has come.
package protocol SeenVersions: Sendable {
    /// The version up to which every change in a namespace has been taken in.
    func resourceVersion(in namespace: String) -> ResourceVersion
    func waitUntilSeen(
        _ version: ResourceVersion,
        in namespace: String,
        deadline: TimeSource.Instant?,
        time: TimeSource
    ) async -> Bool
}

extension Store: SeenVersions {}

/// Remembers what was written for a key, so that the key's next run does not decide by stores that have not seen it yet.
///
/// Without it, a reconcile that comes too early would create or change again what it has just created or changed.
package final class WriteBarrier<Key: Hashable & Sendable>: Sendable {
    private struct Write {
        var version: ResourceVersion
        var namespace: String
        var deadline: TimeSource.Instant
    }

    private let stores: [GroupKind: any SeenVersions]
    private let writes = Mutex<[Key: [GroupKind: Write]]>([:])
    private let time: TimeSource
    private let longest: Duration

    /// - Parameters:
    ///   - stores: those that reconciles read. Writes of other kinds need not be waited for.
    ///   - longest: a write older than this is not waited for any more. Longer than a bookmark takes, which tells that a store is up to
    ///     date also when the object that was written is none of those it selects.
    package init(
        stores: [GroupKind: any SeenVersions],
        longest: Duration = .seconds(90),
        time: TimeSource = .system
    ) {
        self.stores = stores
        self.longest = longest
        self.time = time
    }

    /// Notes that something was written for the key, with the version that the server gave it.
    ///
    /// - Parameter namespace: of what was written. All of a kind that is written for one key is in one namespace.
    package func wrote(_ kind: GroupKind, version: ResourceVersion, in namespace: String = "", for key: Key) {
        guard let store = stores[kind], store.resourceVersion(in: namespace) < version else { return }
        let deadline = time.now.advanced(by: longest)
        writes.withLock { writes in
            let known = writes[key]?[kind]?.version ?? version
            writes[key, default: [:]][kind] = Write(
                version: max(known, version),
                namespace: namespace,
                deadline: deadline
            )
        }
    }

    /// Waits until the stores have seen everything that was written for the key, for at most so long.
    ///
    /// - Returns: whether they have. If not, the key should not run yet.
    package func waitUntilSeen(_ key: Key, for limit: Duration) async -> Bool {
        guard let writes = writes.withLock({ $0[key] }) else { return true }
        let now = time.now
        let deadline = now.advanced(by: limit)
        for (kind, write) in writes where write.deadline > now {
            guard let store = stores[kind] else { continue }
            let isSeen = await store.waitUntilSeen(write.version, in: write.namespace, deadline: deadline, time: time)
            guard isSeen else { return false }
        }
        self.writes.withLock { $0[key] = nil }
        return true
    }
}
