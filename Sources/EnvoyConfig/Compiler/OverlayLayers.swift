import EnvoyAPI
import TrafficPolicy

/// One layer for each distinct view, shared by all proxies that have it.
struct OverlayLayers: Sendable {
    /// Which of the layers; `nil` for the view in which nothing is decided.
    typealias ID = Int?

    private var layers: [Int: OverlayLayer] = [:]
    private var ids: [RouteView: Int] = [:]
    private var countOfUsers: [Int: Int] = [:]
    private var next = 0
    /// Where proxies of a layer went in this step: a thousand that go the same way need the views compared, not hashed, and those that
    /// share their storage not even that.
    private var moves: [ID: [(view: RouteView, id: ID)]] = [:]

    func layer(_ id: ID) -> ResourceLayer { id.flatMap { layers[$0] }?.layer ?? .empty }

    mutating func update(
        _ services: Set<String>,
        assignments: [EncodedResource],
        _ context: OverlayLayer.Context,
        _ shared: inout SharedResources
    ) throws(EnvoyConfigError) {
        for id in layers.keys {
            // Taken out while it changes, so that nothing is copied.
            guard var layer = layers.removeValue(forKey: id) else { continue }
            for assignment in assignments { layer.update(assignment: assignment) }
            try layer.update(services, context, &shared)
            _ = layer.seal()
            layers[id] = layer
        }
    }

    /// Moves one proxy from its present layer to that of a view.
    mutating func move(
        from old: ID,
        to view: RouteView,
        _ context: OverlayLayer.Context,
        _ shared: inout SharedResources
    ) throws(EnvoyConfigError) -> ID {
        let id = try find(view, from: old, context, &shared)
        if let id { countOfUsers[id, default: 0] += 1 }
        leave(old)
        return id
    }

    /// One proxy no longer uses it.
    mutating func leave(_ id: ID) {
        if let id { countOfUsers[id, default: 0] -= 1 }
    }

    /// To be called at the end of a step: forgets what no proxy uses.
    mutating func finish() {
        moves = [:]
        for (id, count) in countOfUsers where count <= 0 {
            countOfUsers[id] = nil
            if let layer = layers.removeValue(forKey: id) { ids[layer.view] = nil }
        }
    }

    private mutating func find(
        _ view: RouteView,
        from old: ID,
        _ context: OverlayLayer.Context,
        _ shared: inout SharedResources
    ) throws(EnvoyConfigError) -> ID {
        if view.decided.isEmpty { return nil }
        if let move = moves[old]?.first(where: { $0.view == view }) { return move.id }
        let id: Int
        if let old, layers[old]?.view == view {
            id = old
        } else if let known = ids[view] {
            id = known
        } else {
            id = next
            next += 1
            var layer = old.flatMap { layers[$0] } ?? OverlayLayer()
            try layer.move(to: view, context, &shared)
            _ = layer.seal()
            layers[id] = layer
            ids[view] = id
            countOfUsers[id] = 0
        }
        moves[old, default: []].append((view, id))
        // To compare with many costs more than the hash.
        if moves[old, default: []].count > 8 { moves[old, default: []].removeFirst() }
        return id
    }
}
