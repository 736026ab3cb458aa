import Dataplanes

/// Tags that must be there, each with its value or, for `*`, with any.
package struct TagSelector: Hashable, Sendable {
    /// Stands for any value.
    package static let anyValue = "*"

    package let tags: Tags
    package let rank: SelectorRank
    /// `tags` once more, ready for matching.
    private let conditions: [Condition]

    private struct Condition: Hashable, Sendable {
        var name: String
        /// `nil` for any.
        var value: String?
    }

    package init(_ match: [String: String]) {
        tags = Tags(match)
        conditions = tags.entries.map { Condition(name: $0.name, value: $0.value == Self.anyValue ? nil : $0.value) }
        let wildcards = conditions.count { $0.value == nil }
        rank = SelectorRank(exact: conditions.count - wildcards, wildcard: wildcards)
    }

    /// Whether the tags are among those of `candidate`. A selector without tags matches all.
    package func matches(_ candidate: Tags) -> Bool {
        conditions.allSatisfy { condition in
            guard let value = candidate[condition.name] else { return false }
            return condition.value == nil || condition.value == value
        }
    }

    /// The one service that it selects; `nil` if it does not say or takes any.
    var service: String? {
        conditions.first { $0.name == TagName.service }?.value
    }
}
