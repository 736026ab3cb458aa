/// The version the API server gave to one state of an object.
///
/// Comparable as numbers: guaranteed by Kubernetes' API conventions since 1.35 and true of every etcd-backed server before.
package struct ResourceVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var number: UInt64

    package init(_ number: UInt64) { self.number = number }

    /// `nil` when the text is no number.
    package init?(_ text: String) {
        guard let number = UInt64(text) else { return nil }
        self.number = number
    }

    package var description: String { String(number) }

    package static func < (left: ResourceVersion, right: ResourceVersion) -> Bool { left.number < right.number }
}
