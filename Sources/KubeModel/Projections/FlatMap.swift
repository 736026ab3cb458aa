/// A map of texts that is small at rest: one array, names and values in turn. For the few dozen entries of labels and annotations a scan finds
/// a name as fast as hashing it.
package struct FlatMap: Hashable, Sendable {
    private let texts: [String]

    /// No entries; takes no memory of its own.
    package static let empty = FlatMap(texts: [])

    private init(texts: [String]) { self.texts = texts }

    /// Entries in name, value, name, value order. Equal maps must have equal order; API servers sort by name.
    ///
    /// - Precondition: an even number.
    init(alternating texts: [String]) {
        precondition(texts.count.isMultiple(of: 2))
        self.init(texts: texts)
    }

    package init(_ entries: [String: String]) {
        self.init(texts: entries.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }

    /// The annotation in which kubectl keeps the whole object as it was last applied: as large as the object, and never asked for.
    package static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    /// An object's annotations but for ``lastApplied``.
    package init(annotations: [String: String]) {
        var annotations = annotations
        annotations[Self.lastApplied] = nil
        self.init(annotations)
    }

    /// The same entries without the spare room of an array that grew.
    var compact: FlatMap {
        FlatMap(
            texts: Array(unsafeUninitializedCapacity: texts.count) { room, count in
                count = room.initialize(fromContentsOf: texts)
            }
        )
    }

    package var count: Int { texts.count / 2 }
    package var isEmpty: Bool { texts.isEmpty }

    package subscript(name: String) -> String? {
        for index in stride(from: 0, to: texts.count, by: 2) where texts[index] == name { return texts[index + 1] }
        return nil
    }

    /// Of the values alone: what maps of a kind differ in is rarely a name.
    package func hash(into hasher: inout Hasher) {
        for index in stride(from: 1, to: texts.count, by: 2) { hasher.combine(texts[index]) }
    }

    /// In the order in which they are kept: by name, for maps that came from an API server or a dictionary.
    package var entries: some Sequence<(name: String, value: String)> {
        stride(from: 0, to: texts.count, by: 2).lazy.map { (name: texts[$0], value: texts[$0 + 1]) }
    }

    /// Whether both are the same copy, for tests of what is small at rest.
    package func sharesStorage(with other: FlatMap) -> Bool {
        texts.withUnsafeBufferPointer { left in
            other.texts.withUnsafeBufferPointer { left.baseAddress == $0.baseAddress }
        }
    }

    /// As a dictionary, for what needs one, such as ``LabelSelector/matches(_:)``.
    package var dictionary: [String: String] {
        var result = [String: String](minimumCapacity: count)
        for index in stride(from: 0, to: texts.count, by: 2) { result[texts[index]] = texts[index + 1] }
        return result
    }
}

extension FlatMap: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
