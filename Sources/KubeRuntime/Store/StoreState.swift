import KubeModel

/// The content of a store, without its locks.
struct StoreState<Object: WireObject> {
    private struct Entry {
        var object: Object
        /// The fill in which the object was last seen; older ones are swept when a fill ends.
        var fill: UInt32
    }

    private var entries: [ObjectKey: Entry] = [:]
    private var indexes: [IndexTable<Object>]
    private var fill: UInt32 = 0
    private var isFilling = false
    private(set) var isFilled = false

    init(indexes: [StoreIndex<Object>]) { self.indexes = indexes.map(IndexTable.init) }

    var count: Int { entries.count }
    var objects: [Object] { entries.values.map(\.object) }
    func object(_ key: ObjectKey) -> Object? { entries[key]?.object }

    func keys(index name: String, value: String) -> Set<ObjectKey> {
        guard let table = indexes.first(where: { $0.index.name == name }) else {
            preconditionFailure("the store has no index \(name)")
        }
        return table.keys(for: value)
    }

    mutating func beginFill() {
        fill &+= 1
        isFilling = true
    }

    mutating func keep(_ key: ObjectKey) { entries[key]?.fill = fill }

    /// Ends a fill: what was not seen during it goes.
    mutating func endFill() -> [StoreChange<Object>] {
        guard isFilling else { return [] }
        isFilling = false
        isFilled = true
        let gone = entries.values.filter { $0.fill != fill }.map(\.object)
        for object in gone { remove(object) }
        return gone.map(StoreChange.deleted)
    }

    /// Takes in a state; at most two changes, two when the object was recreated under its name. None when it is known already.
    mutating func put(_ object: Object) -> (StoreChange<Object>?, StoreChange<Object>?) {
        let key = object.key
        let old = entries.updateValue(Entry(object: object, fill: fill), forKey: key)?.object
        if let old, old.resourceVersion == object.resourceVersion, old.uid == object.uid { return (nil, nil) }
        for position in indexes.indices { indexes[position].replace(old, with: object) }
        guard let old else { return (.added(object, isInitial: !isFilled), nil) }
        if old.uid == object.uid { return (.updated(old: old, new: object), nil) }
        return (.deleted(old), .added(object, isInitial: !isFilled))
    }

    /// Takes out an object, given its last state. An old incarnation's deletion does not touch a newer one of its name.
    mutating func delete(_ object: Object) -> StoreChange<Object>? {
        guard let known = entries[object.key]?.object else { return nil }
        guard known.uid == object.uid || known.resourceVersion < object.resourceVersion else { return nil }
        remove(known)
        return .deleted(known.uid == object.uid ? object : known)
    }

    private mutating func remove(_ object: Object) {
        entries[object.key] = nil
        for position in indexes.indices { indexes[position].replace(object, with: nil) }
    }
}
