/// Objects that were made once for equal keys, as long as somebody holds them.
struct WeakTable<Key: Hashable & Sendable, Value: AnyObject & Sendable>: Sendable {
    private struct Reference: Sendable {
        weak var value: Value?
    }

    private var references: [Key: Reference] = [:]
    /// How many there may be before those that nobody holds are looked for.
    private var limit = 64

    subscript(key: Key) -> Value? { references[key]?.value }

    mutating func insert(_ value: Value, for key: Key) {
        if references.count >= limit {
            references = references.filter { $0.value.value != nil }
            limit = max(64, references.count * 2)
        }
        references[key] = Reference(value: value)
    }
}
