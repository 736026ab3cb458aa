/// Decides when free memory is given back to the kernel.
///
/// glibc keeps what a burst leaves behind between what lives on, for ever. To look through it takes a moment in which other threads wait for the
/// allocator, so that it is only done where there is much to be had.
package struct MallocTrimMachine: Sendable {
    /// So much must be free beyond what was left by the last trim.
    package static let worthwhile = 4 << 20

    /// What was still counted as free after the last trim: most of it is with the kernel already.
    private var left = 0

    package init() {}

    /// Whether to trim now. If so, ``trimmed(_:)`` is to be told what it led to.
    package mutating func isDue(_ figures: MallocFigures) -> Bool {
        left = min(left, figures.free)
        return figures.free - left >= max(Self.worthwhile, figures.used / 4)
    }

    package mutating func trimmed(_ figures: MallocFigures) { left = figures.free }
}
