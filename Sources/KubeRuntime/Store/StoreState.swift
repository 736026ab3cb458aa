import KubeModel

/// The content of a store, without its locks.
struct StoreState<Object: WireObject> {
    /// A class, so that an object that goes leaves a pointer's room behind in the table and not its own.
    private final class Entry {
        let object: Object
        /// The fill in which the object was last seen; older ones are swept when a fill ends.
        var fill: UInt32

        init(_ object: Object, fill: UInt32) {
            self.object = object
            self.fill = fill
        }
    }

    /// How far the lists of one part have come.
    private struct Fill {
        var number: UInt32 = 0
        var isFilling = false
        var isFilled = false
    }

    private var entries: [ObjectKey: Entry] = [:]
    private var indexes: [IndexTable<Object>]
    /// By namespace where each is listed on its own; else the one for all, under the empty name.
    private var fills: [String: Fill]
    private let isParted: Bool

    init(indexes: [StoreIndex<Object>], namespaces: [String] = []) {
        self.indexes = indexes.map(IndexTable.init)
        isParted = !namespaces.isEmpty
        let parts = isParted ? namespaces : [""]
        fills = Dictionary(parts.map { ($0, Fill()) }) { first, _ in first }
    }

    private func part(of key: ObjectKey) -> String { isParted ? key.namespace : "" }
    private func fill(of key: ObjectKey) -> Fill { fills[part(of: key)] ?? Fill() }

    var count: Int { entries.count }
    var isFilled: Bool { fills.values.allSatisfy(\.isFilled) }

    /// Whether a whole list of what is in a namespace has been taken in.
    func isFilled(in namespace: String) -> Bool { fills[isParted ? namespace : ""]?.isFilled ?? false }

    func count(in namespace: String) -> Int {
        isParted ? entries.keys.count { $0.namespace == namespace } : entries.count
    }

    var objects: [Object] { entries.values.map(\.object) }
    func object(_ key: ObjectKey) -> Object? { entries[key]?.object }

    func keys(index name: String, value: String) -> Set<ObjectKey> {
        guard let table = indexes.first(where: { $0.index.name == name }) else {
            preconditionFailure("the store has no index \(name)")
        }
        return table.keys(for: value)
    }

    mutating func beginFill(in part: String) {
        fills[part]?.number &+= 1
        fills[part]?.isFilling = true
    }

    mutating func keep(_ key: ObjectKey) {
        let number = fill(of: key).number
        entries[key]?.fill = number
    }

    /// Ends a fill: what was not seen during it goes.
    mutating func endFill(in part: String) -> [StoreChange<Object>] {
        guard let fill = fills[part], fill.isFilling else { return [] }
        fills[part]?.isFilling = false
        fills[part]?.isFilled = true
        let gone = entries.values.filter { $0.fill != fill.number && self.part(of: $0.object.key) == part }.map(
            \.object
        )
        for object in gone { remove(object) }
        return gone.map(StoreChange.deleted)
    }

    /// Takes in a state; at most two changes, two when the object was recreated under its name. None when it is known already.
    mutating func put(_ object: Object) -> (StoreChange<Object>?, StoreChange<Object>?) {
        let key = object.key
        let fill = fill(of: key)
        let old = entries.updateValue(Entry(object, fill: fill.number), forKey: key)?.object
        if let old, old.resourceVersion == object.resourceVersion, old.uid == object.uid { return (nil, nil) }
        for position in indexes.indices { indexes[position].replace(old, with: object) }
        guard let old else { return (.added(object, isInitial: !fill.isFilled), nil) }
        if old.uid == object.uid { return (.updated(old: old, new: object), nil) }
        return (.deleted(old), .added(object, isInitial: !fill.isFilled))
    }

    /// Takes out an object, given its last state. An old incarnation's deletion does not touch a newer one of its name.
    mutating func delete(_ object: Object) -> StoreChange<Object>? {
        guard let known = entries[object.key]?.object else { return nil }
        guard known.uid == object.uid || known.resourceVersion < object.resourceVersion else { return nil }
        remove(known)
        // Handlers compare with what they were told; the object's last state may have been told to none of them.
        return .deleted(known)
    }

    private mutating func remove(_ object: Object) {
        entries[object.key] = nil
        entries.giveBackRoom()
        for position in indexes.indices { indexes[position].replace(object, with: nil) }
    }
}
