import EnvoyAPI

/// What the client of a stream has of one type, and what it is to get.
///
/// What it has is not listed: it has what is in `base`, of the names it asks for, except for what `behind` tells. So a stream at rest
/// holds a reference to a snapshot that all share, and nothing else.
struct TypeState {
    let type: ResourceType
    /// Whether the client has asked for this type.
    var isRequested = false
    var isWildcard = false
    /// Asked for by name.
    var names = NameSet()
    var base: ProxySnapshot?
    /// What the client has where that isn't what `base` has.
    var behind: [String: ClientCopy] = [:]
    /// Names to be answered even if the client has what there is, or there is nothing.
    var owed: Set<String> = []
    /// Whether a response is due even if there is nothing to say: the first to a wildcard is what Envoy starts on.
    var owesResponse = false
    /// Names that are sent in groups of their own, since a response that held them was rejected.
    var suspects: [[String]] = []
    var rejected: [String: PushRejection] = [:]
    var inFlight: PushBatch?
    /// Batches whose answer did not come in time and that another one followed, in the order in which they were sent.
    var overdue: [PushBatch] = []

    /// The most batches that are kept in ``overdue``. The answer to an older one says nothing any more.
    static let overdueLimit = 8

    init(_ type: ResourceType) { self.type = type }

    func watches(_ name: String) -> Bool { isWildcard || names.contains(name) }

    func resource(_ name: String) -> EncodedResource? { base?.resource(type, name) }

    /// Whether a response can be sent: one at a time.
    var isFree: Bool { isRequested && (inFlight?.isOverdue ?? true) }

    /// Whether nothing is on its way whose answer somebody waits for.
    var isAnswered: Bool { inFlight?.isOverdue ?? true }

    /// How many names a step may have to look at.
    var weight: Int { behind.count + owed.count }

    /// Puts a batch in the place of the one before, which is overdue if there is one.
    mutating func track(_ batch: PushBatch) {
        if let inFlight {
            overdue.append(inFlight)
            if overdue.count > Self.overdueLimit { overdue.removeFirst() }
        }
        inFlight = batch
    }

    /// Takes out the batch that is answered. Clients answer in order, so nothing is expected any more for those sent before it.
    ///
    /// - Returns: `nil` for a nonce that nobody waits for; whether the batch was followed by others, which are not answered yet.
    mutating func takeAnswered(_ nonce: String) -> (batch: PushBatch, isFollowed: Bool)? {
        if let batch = inFlight, batch.nonce == nonce {
            inFlight = nil
            overdue = []
            return (batch, false)
        }
        guard let index = overdue.firstIndex(where: { $0.nonce == nonce }) else { return nil }
        let batch = overdue[index]
        overdue.removeFirst(index + 1)
        return (batch, true)
    }

    /// Notes what the client had before the oldest batch with this name that is not answered yet.
    ///
    /// - Returns: whether there is such a batch. What the client has then depends on its answer.
    mutating func amendFollowing(_ name: String, had copy: ClientCopy) -> Bool {
        for index in overdue.indices where overdue[index].amend(name, had: copy) { return true }
        return inFlight?.amend(name, had: copy) ?? false
    }

    /// Takes back rejections of resources of which the client has accepted a version since.
    ///
    /// - Parameter isFollowed: the batch is an old one: it speaks for the versions that it had, and for no others.
    /// - Returns: whether there were any.
    mutating func accept(_ batch: PushBatch, isFollowed: Bool) -> Bool {
        guard !rejected.isEmpty else { return false }
        let count = rejected.count
        for entry in batch.entries {
            guard let rejection = rejected[entry.name] else { continue }
            if !isFollowed || rejection.version == entry.resource?.version { rejected[entry.name] = nil }
        }
        return rejected.count != count
    }

    /// Whether a resource is to be sent; not what the client rejected, nor what goes with what it rejected.
    func isSendable(_ resource: EncodedResource, _ held: Set<ResourceOrigin>) -> Bool {
        if rejected[resource.name]?.version == resource.version { return false }
        return resource.origin.map { !held.contains($0) } ?? true
    }

    func hasUpserts(_ held: Set<ResourceOrigin>) -> Bool {
        behind.keys.contains { name in resource(name).map { isSendable($0, held) } ?? false }
    }

    var hasRemovals: Bool { behind.contains { $0.value != .none && resource($0.key) == nil } }

    /// Whether the client has all there is, and accepted all.
    var isConverged: Bool {
        guard isRequested else { return true }
        return isAnswered && rejected.isEmpty && !behind.keys.contains { resource($0) != nil }
            && !owed.contains { resource($0) != nil || behind[$0] == ClientCopy.none }
    }

    /// Makes another snapshot the one to reach.
    ///
    /// - Returns: whether a rejection is past, since what was rejected is no longer wanted.
    mutating func rebase(to snapshot: ProxySnapshot, _ differences: LayerDifferences) -> Bool {
        if let base, base.layers.elementsEqual(snapshot.layers, by: ===) { return false }
        for name in differences.names(of: type, from: base, to: snapshot) where behind[name] == nil && watches(name) {
            behind[name] = ClientCopy(resource(name))
        }
        base = snapshot
        settle()
        guard !rejected.isEmpty else { return false }
        let count = rejected.count
        rejected = rejected.filter { resource($0.key)?.version == $0.value.version }
        return rejected.count != count
    }

    /// Forgets differences that are none.
    mutating func settle() {
        guard base != nil, !behind.isEmpty else { return }
        behind = behind.filter { $0.value != ClientCopy(resource($0.key)) }
        if behind.isEmpty { behind = [:] }
    }

    /// Gives back the memory of a start: what is removed from dictionaries leaves its room behind.
    mutating func shrink() {
        if behind.isEmpty { behind = [:] }
        if owed.isEmpty { owed = [] }
    }

    mutating func forget(_ name: String) {
        behind[name] = nil
        owed.remove(name)
        rejected[name] = nil
    }
}
