import JSON

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
