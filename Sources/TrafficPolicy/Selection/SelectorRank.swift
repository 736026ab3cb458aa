import SwiftletAPI

/// How specific a selector is: by how many tags it selects, then by how many of them exactly.
///
/// So two tags of any value outrank one exact tag. Source: Kuma 2.14, `TagSelectorRank`.
package struct SelectorRank: Hashable, Sendable {
    /// Tags that must have one value.
    package var exact: Int
    /// Tags that must be there.
    package var wildcard: Int

    package init(exact: Int = 0, wildcard: Int = 0) {
        self.exact = exact
        self.wildcard = wildcard
    }

    package var total: Int { exact + wildcard }

    /// Of a source and a destination together.
    package static func + (left: SelectorRank, right: SelectorRank) -> SelectorRank {
        SelectorRank(exact: left.exact + right.exact, wildcard: left.wildcard + right.wildcard)
    }
}

extension SelectorRank: Comparable {
    package static func < (left: SelectorRank, right: SelectorRank) -> Bool {
        (left.total, left.exact) < (right.total, right.exact)
    }
}
