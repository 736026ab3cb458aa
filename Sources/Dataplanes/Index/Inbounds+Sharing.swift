extension [Inbound] {
    /// The same inbounds, as one copy with others that are equal, or with copies of tags that others have. The pods of a workload have the same
    /// tags, and mostly the same inbounds.
    func sharing(with others: [[Inbound]]) -> [Inbound] {
        if let equal = others.first(where: { $0 == self }) { return equal }
        return indices.map { index in
            var inbound = self[index]
            for other in others where other.indices.contains(index) && other[index].tags == inbound.tags {
                inbound.tags = other[index].tags
                break
            }
            return inbound
        }
    }
}
