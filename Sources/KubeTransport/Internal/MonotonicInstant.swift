import Glibc

/// A point on the clock that only runs forward, also while the machine is suspended, in nanoseconds. Cheaper than `ContinuousClock`, whose instants are two
/// words and whose arithmetic is of 128 bits, where every received chunk asks for the time.
struct MonotonicInstant: Sendable, Hashable, Comparable {
    var nanoseconds: Int64

    /// Earlier than any time that the clock shows.
    static let past = Self(nanoseconds: 0)
    /// Later than any deadline.
    static let never = Self(nanoseconds: .max)

    static func now() -> Self {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Self(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates: a deadline too far to express is the farthest one.
    static func + (instant: Self, duration: Duration) -> Self {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return Self(nanoseconds: overflow ? .max : sum)
    }

    func duration(to other: Self) -> Duration {
        .nanoseconds(other.nanoseconds - nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds; negative durations are 0 and what is too long to express is the longest.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || carry ? .max : sum
    }

    /// Milliseconds rounded up, so that what is due in a moment is not asked for at once and again, within what
    /// libcurl's `long` and `epoll_wait`'s `int` both hold.
    var wholeMilliseconds: Int {
        let nanoseconds = nanoseconds
        let milliseconds = nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1)
        return Int(min(milliseconds, Int64(Int32.max)))
    }
}
