import KubeModel

/// A named way to find objects by values computed from them.
package struct StoreIndex<Object: WireObject>: Sendable {
    package let name: String
    /// The values under which an object is found; pure, as it is called for old states again to take them out.
    package let values: @Sendable (Object) -> [String]

    package init(name: String, values: @escaping @Sendable (Object) -> [String]) {
        self.name = name
        self.values = values
    }
}

extension StoreIndex {
    /// Objects by the namespace they are in.
    package static var namespace: StoreIndex { StoreIndex(name: "namespace") { [$0.key.namespace] } }
}

/// The keys behind each value of one index.
struct IndexTable<Object: WireObject> {
    let index: StoreIndex<Object>
    private var keys: [String: Set<ObjectKey>] = [:]

    init(index: StoreIndex<Object>) { self.index = index }

    func keys(for value: String) -> Set<ObjectKey> { keys[value] ?? [] }

    mutating func replace(_ old: Object?, with new: Object?) {
        let oldValues = old.map(index.values) ?? []
        let newValues = new.map(index.values) ?? []
        guard oldValues != newValues, let key = (new ?? old)?.key else { return }
        for value in oldValues {
            keys[value]?.remove(key)
            if keys[value]?.isEmpty == true { keys[value] = nil }
        }
        keys.giveBackRoom()
        for value in newValues { keys[value, default: []].insert(key) }
    }
}
