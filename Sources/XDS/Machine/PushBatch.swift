import EnvoyAPI

/// What a client has of a name.
enum ClientCopy: Equatable {
    case none
    case version(String)
    /// It rejected a response with several resources, of which Envoy may have applied this one. To be sent or removed again in any case.
    ///
    /// - Parameter mayLack: it may have none at all.
    case unsure(mayLack: Bool)

    init(_ resource: EncodedResource?) { self = resource.map { .version($0.version) } ?? .none }

    var mayBeNone: Bool {
        switch self {
        case .none: true
        case .version: false
        case .unsure(let mayLack): mayLack
        }
    }

    /// This, or else what a client was sent.
    func or(_ sent: ClientCopy) -> ClientCopy {
        self == sent ? self : .unsure(mayLack: mayBeNone || sent.mayBeNone)
    }
}

/// A response that was sent and is not acknowledged yet.
struct PushBatch {
    struct Entry {
        var name: String
        /// What the client had before, and still has after a NACK of this entry alone.
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

    /// What may be wrong with the batch. That there is nothing of a name is nothing that a client can reject.
    var suspicious: [Entry] { entries.filter { $0.resource != nil || $0.previous != .none } }

    /// Notes what the client had of a name before this batch.
    ///
    /// - Returns: whether the batch has the name.
    mutating func amend(_ name: String, had copy: ClientCopy) -> Bool {
        guard let index = entries.firstIndex(where: { $0.name == name }) else { return false }
        entries[index].previous = copy
        return true
    }

    /// In which groups to send these names again after a NACK, so that what is good gets through and the culprit is found.
    ///
    /// Envoy names the resources it minds for clusters and listeners, then these go alone. Otherwise each NACK halves the batch.
    static func suspects(_ entries: [Entry], after message: String) -> [[String]] {
        let words = Self.words(in: message)
        let named = entries.filter { $0.resource != nil && words.contains($0.name[...]) }.map(\.name)
        if !named.isEmpty, named.count <= 8 {
            let isNamed = Set(named)
            let others = entries.map(\.name).filter { !isNamed.contains($0) }
            return (others.isEmpty ? [] : [others]) + named.map { [$0] }
        }
        let names = entries.map(\.name)
        let middle = names.count / 2
        return [Array(names[..<middle]), Array(names[middle...])].filter { !$0.isEmpty }
    }

    /// The words of a message without the punctuation around them. Work in proportion to the message, however many names it is searched for.
    private static func words(in message: String) -> Set<Substring> {
        let marks: Set<Character> = [":", ";", ",", ".", "'", "\"", "(", ")", "[", "]", "`"]
        var words: Set<Substring> = []
        for word in message.split(whereSeparator: { $0 == " " || $0 == "," || $0.isNewline }) {
            var word = word
            words.insert(word)
            while let first = word.first, marks.contains(first) { word.removeFirst() }
            while let last = word.last, marks.contains(last) { word.removeLast() }
            words.insert(word)
        }
        return words
    }
}
