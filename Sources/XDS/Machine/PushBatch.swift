import EnvoyAPI

/// What a client has of a name.
enum ClientCopy: Equatable {
    case none
    case version(String)

    init(_ resource: EncodedResource?) { self = resource.map { .version($0.version) } ?? .none }
}

/// A response that was sent and is not acknowledged yet.
struct PushBatch {
    struct Entry {
        var name: String
        /// What the client had before, and has again after a NACK.
        var previous: ClientCopy
        /// `nil` for a removal, or for a name that there is nothing of.
        var resource: EncodedResource?
    }

    var nonce: String
    var entries: [Entry]
    var sentAt: ContinuousClock.Instant
    /// The ACK did not come in time; nobody waits for it any more.
    var isOverdue = false

    var hasResources: Bool { entries.contains { $0.resource != nil } }

    /// In which groups to send it again after a NACK, so that what is good gets through and the culprit is found.
    ///
    /// Envoy names the resources it minds for clusters and listeners, then these go alone. Otherwise each NACK halves the batch.
    func suspects(after message: String) -> [[String]] {
        let named = entries.filter { $0.resource != nil && message.contains($0.name) }.map(\.name)
        if !named.isEmpty, named.count <= 8 {
            let others = entries.map(\.name).filter { !named.contains($0) }
            return (others.isEmpty ? [] : [others]) + named.map { [$0] }
        }
        let names = entries.map(\.name)
        let middle = names.count / 2
        return [Array(names[..<middle]), Array(names[middle...])]
    }
}
