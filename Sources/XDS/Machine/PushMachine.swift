import EnvoyAPI

/// Decides what one delta stream is told, and when. Pure: time comes in, what to do comes out.
///
/// # Order
/// 1. New and changed clusters go out first. Endpoints go out whenever they change, and for every changed cluster, since Envoy
///    keeps the ACK of a changed cluster until its endpoints come.
/// 2. Listeners and routes go out when the clusters are acknowledged, which then means that they are warm.
/// 3. What is no more is removed when listeners and routes are acknowledged. While one of those is rejected nothing is removed that
///    the version Envoy keeps may need.
///
/// Clusters, listeners and routes of one snapshot go through these steps before those of the next one begin; of those that come
/// meanwhile only the newest is kept. Endpoints and secrets are always those of the newest.
///
/// # Rejections
/// A response that is rejected is sent again in parts until the culprit is alone. That one is not sent again before it changes;
/// everything else goes on. An answer counts however late it comes, also when another response has been sent meanwhile, and a resource of
/// which the client accepts a version is not rejected any more. Listeners and routes of the same origin as a cluster that the client lacks because it rejected it are held back.
///
/// # Assumptions
/// A `ClusterLoadAssignment` has the name of its cluster. Listeners and routes name the clusters of the same snapshot.
package struct PushMachine: ~Copyable {
    let sharing: PushSharing
    let options: PushOptions
    /// By ``ResourceType/rawValue``.
    var states = ResourceType.allCases.map(TypeState.init)
    /// What clusters, listeners and routes are brought to.
    var current: ProxySnapshot?
    /// What they are brought to next.
    var next: ProxySnapshot?
    /// The generation last reported as delivered.
    var reported: UInt64?
    private var lastNonce: UInt64 = 0

    package init(sharing: PushSharing, options: PushOptions = PushOptions()) {
        self.sharing = sharing
        self.options = options
    }

    /// What the client does not accept now.
    package var rejections: [PushRejection] { states.flatMap { $0.rejected.values }.sorted { $0.name < $1.name } }

    /// Of ``rejections`` the first few of each object that they follow from, and of what follows from none: enough to tell people.
    package var reportedRejections: [PushRejection] {
        var counts: [ResourceOrigin?: Int] = [:]
        return rejections.filter { rejection in
            counts[rejection.origin, default: 0] += 1
            return counts[rejection.origin, default: 0] <= Self.reportedPerOrigin
        }
    }

    private static let reportedPerOrigin = 5
    /// The most that is kept of what the client says of one resource.
    static let longRejection = 2 << 10
    /// The same, when all of it is more than ``PushOptions/rejectionBytes``.
    static let shortRejection = 128

    /// What the client said of all that it rejects.
    var rejectionBytes: Int { states.reduce(0) { $0 + $1.rejected.values.reduce(0) { $0 + $1.message.utf8.count } } }

    /// How many names the next step may have to look at, apart from those that it brings.
    package var weight: Int { states.reduce(0) { $0 + $1.weight + $1.rejected.count } }

    /// When ``expire(now:)`` is to be called, if nothing else is before.
    package var deadline: ContinuousClock.Instant? {
        guard let batch = states[.cluster].inFlight, !batch.isOverdue, batch.hasResources else { return nil }
        return batch.sentAt + options.clusterPatience
    }

    /// Takes the newest snapshot.
    package mutating func publish(_ snapshot: ProxySnapshot, now: ContinuousClock.Instant) -> [PushAction] {
        var actions: [PushAction] = []
        if let current {
            var newest = snapshot
            if let waiting = next ?? (reported == current.generation ? nil : current) {
                newest.changedAt = [waiting.changedAt, snapshot.changedAt].compactMap(\.self).min()
            }
            next = newest
        } else {
            // Whoever comes new waited for no event.
            current = snapshot
            current?.changedAt = nil
        }
        advance(now, &actions)
        return actions
    }

    /// Stops waiting for an ACK that did not come in time.
    package mutating func expire(now: ContinuousClock.Instant) -> [PushAction] {
        var actions: [PushAction] = []
        guard let deadline, deadline <= now else { return actions }
        states[.cluster].inFlight?.isOverdue = true
        advance(now, &actions)
        return actions
    }

    /// Takes a request.
    ///
    /// - Throws: ``XDSError/Code/tooLarge`` when the client asks for too many names; the stream is then to be ended.
    package mutating func receive(
        _ request: DeltaRequest,
        now: ContinuousClock.Instant
    ) throws(XDSError) -> [PushAction] {
        var actions: [PushAction] = []
        guard let type = ResourceType(typeURL: request.typeURL) else { return actions }
        if !request.nonce.isEmpty { answer(type, request.nonce, request.failure, &actions) }
        try subscribe(type, request)
        advance(now, &actions)
        return actions
    }

    /// Brings everything forward as far as it goes.
    private mutating func advance(_ now: ContinuousClock.Instant, _ actions: inout [PushAction]) {
        guard var current else { return }
        while true {
            for type in ResourceType.allCases where states[type].isRequested {
                let target = type.isGated || type == .cluster ? current : next ?? current
                if states[type].rebase(to: target, sharing.differences) { actions.append(.rejectionsChanged(new: nil)) }
            }
            send(now, &actions)
            guard let next, states[.cluster].isAnswered, states[.listener].isAnswered, states[.route].isAnswered else {
                break
            }
            current = next
            self.current = next
            self.next = nil
        }
        guard reported != current.generation, states[.cluster].isRequested, states[.listener].isRequested,
            states.allSatisfy({ $0.inFlight == nil && $0.overdue.isEmpty })
        else { return }
        reported = current.generation
        for type in ResourceType.allCases { states[type].names.share(sharing.nameSets) }
        actions.append(.delivered(generation: current.generation, changedAt: current.changedAt))
    }

    mutating func makeNonce() -> String {
        lastNonce += 1
        return String(lastNonce)
    }
}

/// What the streams of a server share.
package final class PushSharing: Sendable {
    package let differences = LayerDifferences()
    package let nameSets = NameSets()
    package let encoder = ResponseEncoder()

    package init() {}
}

extension [TypeState] {
    subscript(_ type: ResourceType) -> TypeState {
        get { self[type.rawValue] }
        _modify { yield &self[type.rawValue] }
    }
}

extension ResourceType {
    /// Whether it waits for clusters.
    var isGated: Bool { self == .listener || self == .route }
}
