import KubeModel

extension Controller {
    /// Reconciles the keys that a change of any object of the store concerns. Those of an initial list have low priority.
    ///
    /// - Parameter keys: quick; called in the order of the changes. Of a change it may look at the old and the new state, so that an
    ///   object which moves from one key to another concerns both.
    package func watch<Object>(
        _ store: Store<Object>,
        keys: @escaping @Sendable (StoreChange<Object>) -> [Key]
    ) {
        store.onChange { [queue] change in
            for key in keys(change) { queue.add(key, priority: change.priority) }
        }
    }

    /// Reconciles one key that a change concerns, now or when others have come that the same run sees to.
    ///
    /// - Parameter call: quick; called in the order of the changes. `nil` for a change that leads to nothing.
    package func watch<Object>(
        _ store: Store<Object>,
        call: @escaping @Sendable (StoreChange<Object>) -> (key: Key, delay: Duration)?
    ) {
        store.onChange { [queue] change in
            guard let (key, delay) = call(change) else { return }
            queue.add(key, priority: change.priority, after: delay)
        }
    }
}

extension Controller where Key == ObjectKey {
    /// Reconciles the objects of the store themselves. A new generation ends the key's back-off.
    ///
    /// - Parameters:
    ///   - generation: of an object.
    ///   - concerns: whether a change that leaves the generation as it is calls for a reconcile. Changes of the status that the
    ///     reconcile itself wrote should not.
    package func watchPrimary<Object>(
        _ store: Store<Object>,
        generation: @escaping @Sendable (Object) -> Int64,
        concerns: @escaping @Sendable (_ old: Object, _ new: Object) -> Bool = { _, _ in true }
    ) {
        store.onChange { [queue] change in
            if case .updated(let old, let new) = change {
                if generation(old) != generation(new) {
                    queue.reset(change.key)
                } else if !concerns(old, new) {
                    return
                }
            }
            queue.add(change.key, priority: change.priority)
        }
        forgetDeleted(in: store)
    }

    /// Takes the keys of objects that go while this process stands by out of the queue, where they would gather until it leads: for controllers
    /// that have nothing to do for an object that is gone. To be called after what adds the keys.
    ///
    /// - Parameter keeps: keys for which there is something to do all the same.
    package func forgetDeleted<Object>(
        in store: Store<Object>,
        unless keeps: @escaping @Sendable (ObjectKey) -> Bool = { _ in false }
    ) {
        store.onChange { [queue, term] change in
            guard case .deleted = change, !term.isUnderWay, !keeps(change.key) else { return }
            queue.drop(change.key)
        }
    }
}

extension StoreChange {
    var priority: WorkPriority {
        if case .added(_, isInitial: true) = self { .low } else { .normal }
    }
}
