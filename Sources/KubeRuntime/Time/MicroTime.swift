import KubeModel

/// A time of day in microseconds, as `metav1.MicroTime` has it.
package struct MicroTime: Hashable, Sendable, CustomStringConvertible {
    package var microsecondsSinceEpoch: Int64

    package init(microsecondsSinceEpoch: Int64) { self.microsecondsSinceEpoch = microsecondsSinceEpoch }

    package init(secondsSinceEpoch: Double) {
        microsecondsSinceEpoch = Int64((secondsSinceEpoch * 1_000_000).rounded())
    }

    /// RFC 3339 in UTC with six digits of fraction, such as `2026-01-31T23:59:59.000000Z`.
    package var description: String {
        var seconds = microsecondsSinceEpoch / 1_000_000
        var fraction = microsecondsSinceEpoch % 1_000_000
        if fraction < 0 {
            fraction += 1_000_000
            seconds -= 1
        }
        let digits = String(fraction)
        let padding = String(repeating: "0", count: 6 - digits.count)
        return "\(Timestamp(secondsSinceEpoch: seconds).description.dropLast()).\(padding)\(digits)Z"
    }
}
