import Dataplanes

/// The distinct selectors of lists of them, by the service that they name, so that few have to be compared with a tag set: a thousand
/// TrafficRoutes for any caller have one source selector in common.
struct SelectorIndex: Sendable {
    private(set) var selectors: [TagSelector] = []
    /// For each selector, which lists it is in, in order.
    private(set) var owners: [[Int]] = []
    /// Numbers of selectors that name a service.
    private var byService: [String: [Int]] = [:]
    /// Numbers of those that name none.
    private var others: [Int] = []

    init(_ lists: [[TagSelector]]) {
        var numbers: [TagSelector: Int] = [:]
        for (owner, list) in lists.enumerated() {
            for selector in list {
                let number = numbers[selector] ?? add(selector)
                numbers[selector] = number
                if owners[number].last != owner { owners[number].append(owner) }
            }
        }
    }

    private mutating func add(_ selector: TagSelector) -> Int {
        let number = selectors.count
        selectors.append(selector)
        owners.append([])
        if let service = selector.service {
            byService[service, default: []].append(number)
        } else {
            others.append(number)
        }
        return number
    }

    /// The numbers of the selectors that match any of the tag sets, in order.
    func matches(of tagSets: [Tags]) -> [Int] {
        var matches: Set<Int> = []
        for tags in tagSets {
            for numbers in [byService[tags.service] ?? [], others] {
                matches.formUnion(numbers.lazy.filter { selectors[$0].matches(tags) })
            }
        }
        return matches.sorted()
    }
}
