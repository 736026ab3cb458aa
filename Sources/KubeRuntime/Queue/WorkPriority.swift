/// How urgent a key is.
package enum WorkPriority: Int, Sendable, CaseIterable, Comparable {
    /// What came with an initial list or a resync: thousands at once, and nobody waits for one of them.
    case low = -100
    case normal = 0

    package static func < (left: WorkPriority, right: WorkPriority) -> Bool { left.rawValue < right.rawValue }
}
