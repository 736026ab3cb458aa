import KubeModel

/// What is said of an inbound: names and values such as `kuma.io/service: web_shop_svc_80` and `version: v1`. Sorted by name, small at rest.
package struct Tags: Hashable, Sendable {
    private let map: FlatMap

    package static let none = Tags([:])

    package init(_ tags: [String: String]) { map = FlatMap(tags) }

    package var count: Int { map.count }
    package var isEmpty: Bool { map.isEmpty }

    package subscript(name: String) -> String? { map[name] }

    /// `kuma.io/service`; empty for tags without one.
    package var service: String { map[TagName.service] ?? "" }

    /// In order of their names.
    package var entries: [(name: String, value: String)] {
        Array(map.entries)
    }

    /// Whether both are the same copy.
    func sharesStorage(with other: Tags) -> Bool { map.sharesStorage(with: other.map) }

    package var dictionary: [String: String] { map.dictionary }
}

extension Tags: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

extension Tags: CustomStringConvertible {
    /// `kuma.io/service=web_shop_svc_80,version=v1`.
    package var description: String { entries.map { "\($0.name)=\($0.value)" }.joined(separator: ",") }
}
