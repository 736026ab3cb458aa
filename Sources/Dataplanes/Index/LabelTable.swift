/// Names of objects by what their labels, or their selectors, say.
struct LabelTable: Sendable {
    struct Label: Hashable {
        var name: String
        var value: String
    }

    private var names: [Label: Set<String>] = [:]

    subscript(label: Label) -> Set<String> { names[label] ?? [] }

    func count(_ label: Label) -> Int { names[label]?.count ?? 0 }

    mutating func insert(_ name: String, at label: Label) { names[label, default: []].insert(name) }

    mutating func remove(_ name: String, at label: Label) {
        guard let index = names.index(forKey: label) else { return }
        names.values[index].remove(name)
        if names.values[index].isEmpty { names.remove(at: index) }
    }
}
