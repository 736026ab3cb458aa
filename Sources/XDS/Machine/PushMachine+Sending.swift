import EnvoyAPI
import NIOCore

extension PushMachine {
    /// Sends what may be sent now, one response at most for each type.
    mutating func send(_ now: ContinuousClock.Instant, _ actions: inout [PushAction]) {
        send(.cluster, removing: false, now, &actions)
        send(.endpoint, removing: false, now, &actions)
        send(.secret, removing: false, now, &actions)
        guard clustersAreWarm else { return }
        send(.listener, removing: true, now, &actions)
        send(.route, removing: false, now, &actions)
        guard nothingOldIsUsed else { return }
        send(.cluster, removing: true, now, &actions)
        send(.route, removing: true, now, &actions)
        guard next == nil, states[.cluster].isAnswered, !states[.cluster].hasRemovals else { return }
        forgetEndpointsOfRemovedClusters()
        send(.endpoint, removing: true, now, &actions)
        send(.secret, removing: true, now, &actions)
    }

    /// Whether routes may name the clusters of the current snapshot.
    private var clustersAreWarm: Bool {
        let clusters = states[.cluster]
        guard clusters.isRequested else { return true }
        return !(clusters.inFlight.map { $0.hasResources && !$0.isOverdue } ?? false) && !clusters.hasUpserts([])
    }

    /// Whether listeners and routes are those of the current snapshot, and so use nothing that it lacks.
    private var nothingOldIsUsed: Bool {
        states[.listener].isRequested && states[.listener].isConverged && states[.route].isConverged
    }

    /// Origins with a cluster that the client rejected and has no earlier version of.
    private var heldOrigins: Set<ResourceOrigin> {
        let clusters = states[.cluster]
        guard !clusters.rejected.isEmpty else { return [] }
        return Set(
            clusters.rejected.values.filter { clusters.behind[$0.name]?.mayBeNone ?? false }.compactMap(\.origin)
        )
    }

    /// Envoy stops asking for the endpoints of a cluster by itself when the cluster is removed.
    private mutating func forgetEndpointsOfRemovedClusters() {
        guard states[.cluster].isRequested, !states[.endpoint].behind.isEmpty else { return }
        for (name, copy) in states[.endpoint].behind where copy != .none {
            if states[.endpoint].resource(name) == nil, states[.cluster].resource(name) == nil {
                states[.endpoint].behind[name] = nil
            }
        }
    }

    private mutating func send(
        _ type: ResourceType,
        removing: Bool,
        _ now: ContinuousClock.Instant,
        _ actions: inout [PushAction]
    ) {
        guard states[type].isFree, states[type].base != nil else { return }
        let state = states[type]
        guard !state.behind.isEmpty || !state.owed.isEmpty || state.owesResponse else { return }
        let held = type.isGated ? heldOrigins : []
        var entries: [PushBatch.Entry] = []
        if state.suspects.isEmpty {
            entries = self.entries(of: state.pending, type, removing, held)
        } else {
            let suspects = Set(state.suspects.joined())
            entries = self.entries(of: state.pending.filter { !suspects.contains($0) }, type, removing, held)
            var index = 0
            while entries.isEmpty, index < states[type].suspects.count {
                let group = states[type].suspects[index]
                let isPending = Set(group.filter { state.behind[$0] != nil || state.owed.contains($0) })
                entries = self.entries(of: isPending.sorted(), type, removing, held)
                // What waits for its removal stays suspect until then. The other groups go on: the removal may wait for them.
                if entries.isEmpty, !removing, isPending.contains(where: { state.resource($0) == nil }) {
                    index += 1
                } else {
                    states[type].suspects.remove(at: index)
                }
            }
        }
        guard !entries.isEmpty || state.owesResponse else { return }
        commit(entries, type, now, &actions)
    }

    /// What to send of these names.
    private mutating func entries(
        of names: [String],
        _ type: ResourceType,
        _ removing: Bool,
        _ held: Set<ResourceOrigin>
    ) -> [PushBatch.Entry] {
        var entries: [PushBatch.Entry] = []
        var bytes = 0
        for name in names {
            let state = states[type]
            // What the client has is the base's unless something else is known.
            let previous = state.behind[name] ?? ClientCopy(state.resource(name))
            if let resource = state.resource(name) ?? earlierResource(type, name, previous) {
                guard state.isSendable(resource, held) else {
                    states[type].owed.remove(name)
                    continue
                }
                bytes += ResponseEncoder.size(of: resource)
                if bytes > options.responseBytes, !entries.isEmpty { break }
                entries.append(PushBatch.Entry(name: name, previous: previous, resource: resource))
            } else if previous == .none ? state.owed.contains(name) : removing {
                bytes += ByteBuffer.protobufSize(ofField: name.utf8.count)
                if bytes > options.responseBytes, !entries.isEmpty { break }
                entries.append(PushBatch.Entry(name: name, previous: previous, resource: nil))
            }
        }
        return entries
    }

    /// A cluster that is about to be removed, and whose endpoints are gone from the newest snapshot, is still to become warm.
    private func earlierResource(_ type: ResourceType, _ name: String, _ previous: ClientCopy) -> EncodedResource? {
        guard previous == .none, next != nil, type == .endpoint || type == .secret else { return nil }
        return current?.resource(type, name)
    }

    private mutating func commit(
        _ entries: [PushBatch.Entry],
        _ type: ResourceType,
        _ now: ContinuousClock.Instant,
        _ actions: inout [PushAction]
    ) {
        let nonce = makeNonce()
        states[type].owesResponse = false
        for entry in entries {
            states[type].owed.remove(entry.name)
            let copy = ClientCopy(entry.resource)
            states[type].behind[entry.name] = copy == ClientCopy(states[type].resource(entry.name)) ? nil : copy
            if type == .cluster, entry.resource != nil, states[.endpoint].names.contains(entry.name) {
                states[.endpoint].owed.insert(entry.name)
            }
        }
        states[type].shrink()
        states[type].track(PushBatch(nonce: nonce, entries: entries, sentAt: now))
        actions.append(
            .send(
                PushResponse(
                    type: type,
                    nonce: nonce,
                    resources: entries.compactMap(\.resource),
                    removed: entries.filter { $0.resource == nil }.map(\.name)
                )
            )
        )
    }
}

extension TypeState {
    /// Names that something is to be said of, sorted.
    fileprivate var pending: [String] {
        var names = Array(behind.keys)
        names.append(contentsOf: owed.filter { behind[$0] == nil })
        return names.sorted()
    }
}
