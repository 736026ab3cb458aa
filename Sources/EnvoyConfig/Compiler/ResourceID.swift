import EnvoyAPI

/// What a resource is told by.
package struct ResourceID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var type: ResourceType
    package var name: String

    package init(type: ResourceType, name: String) {
        self.type = type
        self.name = name
    }

    /// `cluster web_shop_svc_80`.
    package var description: String { "\(type) \(name)" }

    package static func < (left: ResourceID, right: ResourceID) -> Bool {
        (left.type, left.name) < (right.type, right.name)
    }
}
