/// One resource, encoded once and shared by all proxies that get it. A reference: copies cost nothing, identity means equality.
package final class EncodedResource: Sendable {
    package let type: ResourceType
    package let name: String
    /// Of the content alone: equal content has equal versions, in every replica and after every restart.
    package let version: String
    /// The encoded resource message itself, without the `Any` and `Resource` around it.
    package let message: [UInt8]
    /// The object that a rejection is reported on, such as a TrafficRoute; `nil` for what no person wrote.
    package let origin: ResourceOrigin?

    package init(type: ResourceType, name: String, version: String, message: [UInt8], origin: ResourceOrigin?) {
        self.type = type
        self.name = name
        self.version = version
        self.message = message
        self.origin = origin
    }
}

/// The object that a resource follows from.
package struct ResourceOrigin: Hashable, Sendable {
    /// `TrafficRoute`, `Mesh`, ...
    package var kind: String
    /// Cluster-scoped kinds have a name alone; others `namespace/name`.
    package var name: String

    package init(kind: String, name: String) {
        self.kind = kind
        self.name = name
    }
}
