import JSON
import KubeModel
import Synchronization

/// What a reconcile wrote, for ``HotLoopMachine`` to tell progress from a loop. Only hashes are kept.
package final class ReconcileWrites: Sendable {
    /// Compared within this process only.
    package struct Write: Hashable, Sendable {
        package var target: Int
        package var content: Int

        package init(target: Int, content: Int) {
            self.target = target
            self.content = content
        }
    }

    private let writes = Mutex<[Write]>([])

    package init() {}

    /// Notes that something was written, whatever came of it.
    ///
    /// - Parameters:
    ///   - part: of the object, such as `status`, or the field manager where there are several.
    ///   - content: as it was sent; `nil` for a deletion. The times of conditions do not count: they differ each time.
    package func note(_ kind: GroupKind, _ key: ObjectKey, part: String = "", content: JSONValue?) {
        var target = Hasher()
        target.combine(kind)
        target.combine(key)
        target.combine(part)
        let write = Write(target: target.finalize(), content: content.map(\.withoutTransitionTimes).hashValue)
        writes.withLock { $0.append(write) }
    }

    /// In the order in which they were made.
    package var all: [Write] { writes.withLock { $0 } }
}

extension JSONValue {
    fileprivate var withoutTransitionTimes: JSONValue {
        switch self {
        case .object(var members):
            members["lastTransitionTime"] = nil
            return .object(members.mapValues(\.withoutTransitionTimes))
        case .array(let elements): return .array(elements.map(\.withoutTransitionTimes))
        default: return self
        }
    }
}
