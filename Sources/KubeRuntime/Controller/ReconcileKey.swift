import KubeModel

/// What a controller reconciles by: which object it is about.
package protocol ReconcileKey: Hashable, Sendable, CustomStringConvertible {
    var objectKey: ObjectKey { get }
    /// `nil` where all keys of a controller are of one kind, which the controller names.
    var kind: String? { get }
}

extension ObjectKey: ReconcileKey {
    package var objectKey: ObjectKey { self }
    package var kind: String? { nil }
}
