import EnvoyAPI
import Synchronization

/// Finds out which resources differ between two layers, once for all streams that go from the one to the other.
package final class LayerDifferences: Sendable {
    /// Layers are held weakly: what is kept here must not keep the resources of past generations.
    private struct Known {
        weak var old: ResourceLayer?
        weak var new: ResourceLayer?
        let names: [[String]]
    }

    private struct Key: Hashable {
        let old: ObjectIdentifier
        let new: ObjectIdentifier
    }

    private struct State {
        var known: [Key: Known] = [:]
        var order: [Key] = []
        var found = 0
    }

    private static let limit = 256

    private let state = Mutex(State())

    package init() {}

    /// How many differences were worked out rather than remembered.
    var workedOut: Int { state.withLock { $0.found } }

    /// Names whose entries may differ between the snapshots, sorted within a layer. A name may come twice, and what is hidden by a later layer is
    /// there too: look at what counts.
    func names(of type: ResourceType, from old: ProxySnapshot?, to new: ProxySnapshot) -> [String] {
        var result: [String] = []
        let oldLayers = old?.layers ?? []
        for index in 0..<max(oldLayers.count, new.layers.count) {
            let before = index < oldLayers.count ? oldLayers[index] : .empty
            let after = index < new.layers.count ? new.layers[index] : .empty
            guard before !== after else { continue }
            let names = names(from: before, to: after)[type.rawValue]
            if result.isEmpty { result = names } else { result.append(contentsOf: names) }
        }
        return result
    }

    private func names(from old: ResourceLayer, to new: ResourceLayer) -> [[String]] {
        let key = Key(old: ObjectIdentifier(old), new: ObjectIdentifier(new))
        return state.withLock { state in
            if let known = state.known[key], known.old === old, known.new === new { return known.names }
            let names = ResourceType.allCases.map { Self.names(of: $0, from: old, to: new) }
            state.found += 1
            if state.known.updateValue(Known(old: old, new: new, names: names), forKey: key) == nil {
                state.order.append(key)
            }
            if state.order.count > Self.limit { state.known[state.order.removeFirst()] = nil }
            return names
        }
    }

    private static func names(of type: ResourceType, from old: ResourceLayer, to new: ResourceLayer) -> [String] {
        let before = old.entries(of: type)
        let after = new.entries(of: type)
        var names: [String] = []
        for (name, entry) in after where !isSame(before[name], entry) { names.append(name) }
        for name in before.keys where after[name] == nil { names.append(name) }
        return names.sorted()
    }

    private static func isSame(_ old: ResourceLayer.Entry?, _ new: ResourceLayer.Entry) -> Bool {
        switch (old, new) {
        case (.resource(let old)?, .resource(let new)): old === new || old.version == new.version
        case (.removed?, .removed): true
        default: false
        }
    }
}
