import JSON
import KubeApply
import KubeModel

/// Compares a prediction that was made without the server with what the server made of it, whose defaults do not count.
///
/// A default is a field that nobody owns: `managedFields` has an owner for everything that was ever sent.
struct DefaultedFields {
    let real: DynamicObject?
    private let owned: ManagedFields.Node?

    init(real: DynamicObject?) {
        self.real = real
        owned = real.map { ManagedFields(ofAllBut: "", in: $0).root }
    }

    /// The paths at which the prediction is wrong.
    func differences(from guess: DynamicObject?) -> [String] {
        guard let guess, let real = real?.comparable else {
            return guess == nil && real == nil ? [] : ["the object itself"]
        }
        if let missing = AppliedFields.firstDifference(intent: guess, observed: real) { return [missing] }
        let unstored = unstored(in: guess.value, beside: real.value, at: [])
        guard unstored.isEmpty else { return unstored }
        return surplus(in: real.value, over: guess.value, owned: owned, at: [])
    }

    /// What was predicted and is not there, though it means the same: zero values that the server does not store.
    private func unstored(in guess: JSONValue, beside real: JSONValue?, at path: [String]) -> [String] {
        switch (guess, real) {
        case (_, nil):
            return ["\(path.joined(separator: ".")) is not stored"]
        case (.object(let members), .object(let others)?):
            return members.sorted { $0.key < $1.key }
                .flatMap { unstored(in: $1, beside: others[$0], at: path + [$0]) }
        case (.array(let elements), .array(let others)?):
            return zip(elements, others).flatMap { unstored(in: $0, beside: $1, at: path) }
        default:
            return []
        }
    }

    /// What is in the object, has an owner, and was not predicted.
    private func surplus(
        in real: JSONValue,
        over guess: JSONValue,
        owned: ManagedFields.Node?,
        at path: [String]
    ) -> [String] {
        switch (real, guess) {
        case (.object(let members), .object(let guessed)):
            return members.sorted { $0.key < $1.key }.flatMap { key, value -> [String] in
                let node = owned?.parts[.field(key)]
                guard let other = guessed[key] else {
                    return node == nil ? [] : [(path + [key]).joined(separator: ".")]
                }
                return surplus(in: value, over: other, owned: node, at: path + [key])
            }
        case (.array(let elements), .array(let guessed)):
            guard elements.count == guessed.count else { return [path.joined(separator: ".")] }
            return zip(elements, guessed).flatMap { element, neighbour -> [String] in
                guard let (keys, node) = identity(of: element, in: owned) else {
                    return surplus(in: element, over: neighbour, owned: nil, at: path)
                }
                let other = guessed.first { candidate in keys.allSatisfy { candidate[$0.key] == $0.value } }
                return surplus(in: element, over: other ?? .null, owned: node, at: path)
            }
        default:
            return []
        }
    }

    /// The members that tell which element of a list this is, and who owns what of it.
    private func identity(
        of element: JSONValue,
        in list: ManagedFields.Node?
    ) -> (keys: [String: JSONValue], node: ManagedFields.Node)? {
        for case (.element(let keys), let node) in list?.parts ?? [:]
        where keys.allSatisfy({ element[$0.key] == $0.value }) {
            return (keys, node)
        }
        return nil
    }
}
