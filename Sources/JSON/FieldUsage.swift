/// Which members a decode asked for, so that those nobody asked for can be told.
///
/// A tree beside the value that is decoded; a node exists once something looked inside the value there.
final class FieldUsage {
    /// Members asked for; `nil` while the value was not opened as an object.
    private var requested: Set<String>?
    private var children: [FieldPath.Element: FieldUsage] = [:]
    /// The value was taken whole, so that nothing in it is unknown.
    private var isOpaque = false

    func child(_ element: FieldPath.Element) -> FieldUsage {
        if let child = children[element] { return child }
        let child = FieldUsage()
        children[element] = child
        return child
    }

    func openObject() {
        if requested == nil { requested = [] }
    }

    func request(_ key: String) {
        requested?.insert(key)
    }

    func takeWhole() {
        isOpaque = true
    }

    /// The members of `value` nobody asked for, a parent's before its children's, sorted by key.
    func unknownFields(in value: JSONValue) -> [FieldPath] {
        var unknown: [FieldPath] = []
        collect(value, at: [], into: &unknown)
        return unknown
    }

    private func collect(_ value: JSONValue, at path: FieldPath, into unknown: inout [FieldPath]) {
        guard !isOpaque else { return }
        switch value {
        case .object(let members):
            guard let requested else { return }
            for key in members.keys.sorted() {
                let path = path.appending(key: key)
                if !requested.contains(key) {
                    unknown.append(path)
                } else if let child = children[.key(key)], let member = members[key] {
                    child.collect(member, at: path, into: &unknown)
                }
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                children[.index(index)]?.collect(element, at: path.appending(index: index), into: &unknown)
            }
        default:
            break
        }
    }
}
