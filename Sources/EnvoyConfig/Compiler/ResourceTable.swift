import EnvoyAPI

/// The entries of a layer while they change. The layer is made anew only if one did.
struct ResourceTable: Sendable {
    private var entries: [[String: ResourceLayer.Entry]]
    private var hasChanged = false
    private(set) var layer: ResourceLayer

    init() {
        entries = ResourceType.allCases.map { _ in [:] }
        layer = .empty
    }

    func resource(_ type: ResourceType, _ name: String) -> EncodedResource? {
        if case .resource(let resource)? = entries[type.rawValue][name] { resource } else { nil }
    }

    /// A resource that cannot be told from the one that is there does not replace it.
    mutating func set(_ resource: EncodedResource) {
        if let present = self.resource(resource.type, resource.name), present.isSame(as: resource) { return }
        entries[resource.type.rawValue][resource.name] = .resource(resource)
        hasChanged = true
    }

    /// Hides what an earlier layer has.
    mutating func hide(_ type: ResourceType, _ name: String) {
        if case .removed? = entries[type.rawValue][name] { return }
        entries[type.rawValue][name] = .removed
        hasChanged = true
    }

    mutating func remove(_ type: ResourceType, _ name: String) {
        guard entries[type.rawValue][name] != nil else { return }
        entries[type.rawValue][name] = nil
        hasChanged = true
    }

    /// Sets what is new, and removes what was there before and is no longer.
    mutating func replace(_ old: [EncodedResource], with new: [EncodedResource]) {
        for resource in old where !new.contains(where: { $0.type == resource.type && $0.name == resource.name }) {
            remove(resource.type, resource.name)
        }
        for resource in new { set(resource) }
    }

    /// Makes the layer anew if an entry changed.
    ///
    /// - Returns: Whether one did.
    mutating func seal() -> Bool {
        guard hasChanged else { return false }
        layer = ResourceLayer(
            Dictionary(uniqueKeysWithValues: ResourceType.allCases.map { ($0, entries[$0.rawValue]) })
        )
        hasChanged = false
        return true
    }
}
