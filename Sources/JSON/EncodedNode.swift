/// What an encoder has written so far. A reference, because containers may be filled in any order.
final class EncodedNode {
    enum Content {
        case empty
        case value(JSONValue)
        case array([Content])
        case object([String: Content])
        /// A nested container that may still be written to.
        case node(EncodedNode)

        var value: JSONValue {
            switch self {
            case .empty: .object([:])
            case .value(let value): value
            case .array(let elements): .array(elements.map(\.value))
            case .object(let members): .object(members.mapValues(\.value))
            case .node(let node): node.content.value
            }
        }
    }

    var content = Content.empty

    func set(_ content: Content, forKey key: String) {
        var members: [String: Content] = if case .object(let members) = self.content { members } else { [:] }
        self.content = .empty  // Gives up this copy of the storage, so that the change happens in place.
        members[key] = content
        self.content = .object(members)
    }

    func append(_ content: Content) {
        var elements: [Content] = if case .array(let elements) = self.content { elements } else { [] }
        self.content = .empty
        elements.append(content)
        self.content = .array(elements)
    }

    var count: Int {
        if case .array(let elements) = content { elements.count } else { 0 }
    }
}
