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

/// A value with what is known about its text.
struct YAMLNode: Sendable {
    let value: JSONValue
    var map: YAMLSourceMap

    init(value: JSONValue, map: YAMLSourceMap) {
        self.value = value
        self.map = map
    }

    init(scalar value: JSONValue, at location: YAMLLocation, size: Int) {
        let cost = YAMLLimits.nodeCost + size
        self.init(value: value, map: YAMLSourceMap(location: location, children: .none, cost: cost, height: 0))
    }

    init(array elements: [YAMLNode], at location: YAMLLocation) {
        let map = YAMLSourceMap(
            location: location,
            children: .elements(elements.map(\.map)),
            cost: elements.reduce(YAMLLimits.nodeCost) { $0 + $1.map.cost },
            height: 1 + (elements.lazy.map(\.map.height).max() ?? 0)
        )
        self.init(value: .array(elements.map(\.value)), map: map)
    }

    init(object members: [String: YAMLNode], at location: YAMLLocation) {
        let map = YAMLSourceMap(
            location: location,
            children: .members(members.mapValues(\.map)),
            cost: members.reduce(YAMLLimits.nodeCost) { $0 + $1.key.utf8.count + $1.value.map.cost },
            height: 1 + (members.values.lazy.map(\.map.height).max() ?? 0)
        )
        self.init(value: .object(members.mapValues(\.value)), map: map)
    }

    /// This node, found through the text at `location`.
    func placed(at location: YAMLLocation) -> YAMLNode {
        var node = self
        node.map.location = location
        return node
    }
}
