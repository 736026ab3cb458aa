import KubeClient

/// What was found when something was looked for: a look that fails says so and stops no other.
package enum Observed<Value: Sendable>: Sendable {
    case found(Value)
    case absent
    /// Why it could not be looked at.
    case unreadable(String)

    package var value: Value? { if case .found(let value) = self { value } else { nil } }
    package var isAbsent: Bool { if case .absent = self { true } else { false } }
    package var obstacle: String? { if case .unreadable(let why) = self { why } else { nil } }

    /// What is made of the value, if one was found.
    func map<Other: Sendable>(_ transform: (Value) -> Other) -> Observed<Other> {
        switch self {
        case .found(let value): .found(transform(value))
        case .absent: .absent
        case .unreadable(let why): .unreadable(why)
        }
    }

    /// Looks, by one request.
    init(_ look: () async throws(KubeError) -> Value) async {
        do {
            self = .found(try await look())
        } catch {
            self = error.isNotFound ? .absent : .unreadable("\(error)")
        }
    }
}
