/// A small cache of what was made last, so that the pods of a workload share their tags, and mostly all of their inbounds.
///
/// Fixed in size, and wholly transparent: with or without it, equal values come out.
struct RecentInbounds: Sendable {
    private static let size = 1024

    private var tags: [Tags?] = Array(repeating: nil, count: size)
    private var inbounds: [[Inbound]?] = Array(repeating: nil, count: size)

    mutating func share(_ list: [Inbound]) -> [Inbound] {
        guard !list.isEmpty else { return [] }
        let slot = list.hashValue & (Self.size - 1)
        if let seen = inbounds[slot], seen == list { return seen }
        let shared = list.map { inbound in
            var inbound = inbound
            inbound.tags = share(inbound.tags)
            return inbound
        }
        inbounds[slot] = shared
        return shared
    }

    private mutating func share(_ value: Tags) -> Tags {
        let slot = value.hashValue & (Self.size - 1)
        if let seen = tags[slot], seen == value { return seen }
        tags[slot] = value
        return value
    }
}
