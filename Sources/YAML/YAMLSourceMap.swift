import JSON

/// Where each value of a document is written.
struct YAMLSourceMap: Sendable, Hashable {
    enum Children: Sendable, Hashable {
        case none
        case elements([YAMLSourceMap])
        case members([String: YAMLSourceMap])
    }

    /// The key of a member, so that the line names the field; the value itself otherwise.
    var location: YAMLLocation
    let children: Children
    /// What it costs to build the value once more, see ``YAMLLimits/expandedBytes``.
    let cost: Int
    /// Levels of nesting: 0 for a scalar.
    let height: Int

    /// The place of the value at `path`, or of the nearest value around it.
    func location(of path: FieldPath) -> YAMLLocation {
        var map = self
        for element in path.elements {
            switch (element, map.children) {
            case (.key(let key), .members(let members)):
                guard let child = members[key] else { return map.location }
                map = child
            case (.index(let index), .elements(let elements)) where elements.indices.contains(index):
                map = elements[index]
            default:
                return map.location
            }
        }
        return map.location
    }
}
