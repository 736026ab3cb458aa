import Dataplanes

/// Selectors by the service that they name, so that only few have to be compared with a tag set.
struct SelectorIndex: Sendable {
    private struct Item: Sendable {
        var index: Int
        var selector: TagSelector
    }

    private var byService: [String: [Item]] = [:]
    /// Those that name no service.
    private var others: [Item] = []

    /// - Parameter selectors: lists of them; matches tell the index of the list.
    init(_ selectors: [[TagSelector]]) {
        for (index, list) in selectors.enumerated() {
            for selector in list {
                let item = Item(index: index, selector: selector)
                if let service = selector.service {
                    byService[service, default: []].append(item)
                } else {
                    others.append(item)
                }
            }
        }
    }

    /// Calls `body` for each selector that matches, with the index of its list; several times for one list if several of it match.
    func forEachMatch(of tags: Tags, _ body: (_ index: Int, _ rank: SelectorRank) -> Void) {
        for items in [byService[tags.service] ?? [], others] {
            for item in items where item.selector.matches(tags) { body(item.index, item.selector.rank) }
        }
    }
}
