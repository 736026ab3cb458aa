import KubeModel
import Synchronization

/// The objects of one kind as far as they were seen, kept by a ``Reflector`` and read by everyone.
///
/// Guarantees:
/// - Reads are synchronous and see whole changes only. An object is readable before the version that brought it counts as seen.
/// - Handlers are called one change at a time, in the order of the changes, after the change is readable and outside the lock that
///   readers take: a handler may read this store and any other. It must be quick, and must neither write to this store nor add a
///   handler to it, which would wait for itself.
/// - A handler that is added late is first told of every object that is there.
package final class Store<Object: WireObject>: Sendable {
    package typealias Handler = @Sendable (StoreChange<Object>) -> Void

    /// Held while a change is made and told, so that changes are told in order. Always taken before `state`.
    private let handlers = Mutex<[Handler]>([])
    private let state: Mutex<StoreState<Object>>
    /// By namespace where each is listed on its own; else the one for all, under the empty name.
    private let seen: [String: ObservedValue<ResourceVersion>]

    /// - Parameter namespaces: those that are listed and watched one by one, each by a reflector of its own; empty when one list brings
    ///   everything. What is told of a `namespace` below has to be one of these, or nothing.
    package init(indexes: [StoreIndex<Object>] = [], namespaces: [String] = []) {
        state = Mutex(StoreState(indexes: indexes, namespaces: namespaces))
        let parts = namespaces.isEmpty ? [""] : namespaces
        seen = Dictionary(parts.map { ($0, ObservedValue(ResourceVersion(0))) }) { first, _ in first }
    }

    // MARK: - Reading

    package func get(_ key: ObjectKey) -> Object? { state.withLock { $0.object(key) } }
    package func all() -> [Object] { state.withLock { $0.objects } }
    package var count: Int { state.withLock { $0.count } }

    package func count(in namespace: String) -> Int { state.withLock { $0.count(in: namespace) } }

    /// Whether a whole list has been taken in once, of each namespace where they are listed one by one; it stays so.
    package var isFilled: Bool { state.withLock { $0.isFilled } }

    /// Whether a whole list of what is in a namespace has been taken in once; it stays so.
    package func isFilled(in namespace: String) -> Bool { state.withLock { $0.isFilled(in: namespace) } }

    /// - Precondition: the store was made with an index of this name.
    package func keys(index name: String, value: String) -> Set<ObjectKey> {
        state.withLock { $0.keys(index: name, value: value) }
    }

    /// - Precondition: the store was made with an index of this name.
    package func byIndex(_ name: String, value: String) -> [Object] {
        state.withLock { state in state.keys(index: name, value: value).compactMap { state.object($0) } }
    }

    /// The version up to which every change is in this store; 0 before the first list is complete.
    package var resourceVersion: ResourceVersion { seen.values.map(\.value).min() ?? ResourceVersion(0) }

    /// The version up to which every change in a namespace is in this store. There is nothing to see of a namespace that is none of this
    /// store's.
    package func resourceVersion(in namespace: String) -> ResourceVersion {
        (seen[""] ?? seen[namespace])?.value ?? ResourceVersion(.max)
    }

    /// Waits until every change up to `version` in a namespace is in this store.
    ///
    /// - Returns: whether it is; `false` when the deadline came first or the task was cancelled.
    package func waitUntilSeen(
        _ version: ResourceVersion,
        in namespace: String = "",
        deadline: TimeSource.Instant?,
        time: TimeSource = .system
    ) async -> Bool {
        guard let seen = seen[""] ?? seen[namespace] else { return true }
        return await seen.wait(until: deadline, time: time) { $0 >= version }
    }

    /// Adds a handler of changes; it is called for each object that is there before this returns.
    package func onChange(_ handler: @escaping Handler) {
        handlers.withLock { handlers in
            for object in all() { handler(.added(object, isInitial: true)) }
            handlers.append(handler)
        }
    }

    // MARK: - Writing

    /// Begins to take in a whole list, in place. Until ``endFill(in:resourceVersion:)`` nothing counts as seen that the list brings.
    /// A fill that was begun and not ended is given up.
    package func beginFill(in namespace: String = "") { state.withLock { $0.beginFill(in: namespace) } }

    /// Takes in an object of the list, or as it was added or modified. A state that is known already changes nothing.
    package func put(_ object: Object) {
        change { $0.put(object) }
    }

    /// Spares an object, whose present state could not be read, from being swept when the fill ends.
    package func keep(_ key: ObjectKey) { state.withLock { $0.keep(key) } }

    /// Ends a fill: every object that it did not bring counts as deleted, in its last known state.
    package func endFill(in namespace: String = "", resourceVersion: ResourceVersion) {
        handlers.withLock { handlers in
            for change in state.withLock({ $0.endFill(in: namespace) }) { Self.tell(change, handlers) }
        }
        // A server restored from a backup may list older versions than before; what was seen then is no measure any more.
        seen[namespace]?.update { $0 = resourceVersion }
    }

    /// Takes out an object, given the state in which it was deleted.
    package func delete(_ object: Object) {
        change { ($0.delete(object), nil) }
    }

    /// Notes that every change up to `version` has been taken in.
    package func advance(to version: ResourceVersion, in namespace: String = "") {
        seen[namespace]?.update { $0 = max($0, version) }
    }

    private func change(
        _ body: (inout StoreState<Object>) -> (StoreChange<Object>?, StoreChange<Object>?)
    ) {
        handlers.withLock { handlers in
            let (first, second) = state.withLock { body(&$0) }
            if let first { Self.tell(first, handlers) }
            if let second { Self.tell(second, handlers) }
        }
    }

    private static func tell(_ change: StoreChange<Object>, _ handlers: [Handler]) {
        for handler in handlers { handler(change) }
    }
}
