/// Everything that one proxy is to have: layers of resources, of which later ones shadow earlier ones by type and name.
///
/// Layers are what makes a push cheap: the resources of a mesh are one layer that all its proxies share, the services that are routed
/// otherwise for some proxies a second one that these share, and what is a proxy's own (its inbounds) a third, small one. What changed
/// between two layers is found once for all that share them.
package struct ProxySnapshot: Sendable {
    package var layers: [ResourceLayer]
    /// Grows with every change of the mesh that it is about.
    package var generation: UInt64
    /// When the first of the events was seen that this snapshot follows from; `nil` when it follows from none, such as a start.
    package var changedAt: ContinuousClock.Instant?
    /// The uid of the pod that it is for; `nil` where pods of the same name are not told apart.
    package var incarnation: String?

    package init(
        layers: [ResourceLayer],
        generation: UInt64,
        changedAt: ContinuousClock.Instant? = nil,
        incarnation: String? = nil
    ) {
        self.layers = layers
        self.generation = generation
        self.changedAt = changedAt
        self.incarnation = incarnation
    }

    /// The resource that counts, `nil` when there is none.
    package func resource(_ type: ResourceType, _ name: String) -> EncodedResource? {
        for layer in layers.reversed() {
            switch layer.entry(type, name) {
            case .resource(let resource): return resource
            case .removed: return nil
            case nil: continue
            }
        }
        return nil
    }
}

/// An immutable set of resources. A reference: the same layer is the same content.
package final class ResourceLayer: Sendable {
    package enum Entry: Sendable {
        case resource(EncodedResource)
        /// Hides what an earlier layer has.
        case removed
    }

    /// By type (``ResourceType/rawValue``) and name.
    private let entries: [[String: Entry]]

    package static let empty = ResourceLayer([:])

    package init(_ entries: [ResourceType: [String: Entry]]) {
        self.entries = ResourceType.allCases.map { entries[$0] ?? [:] }
    }

    package func entry(_ type: ResourceType, _ name: String) -> Entry? { entries[type.rawValue][name] }

    package func entries(of type: ResourceType) -> [String: Entry] { entries[type.rawValue] }
}
