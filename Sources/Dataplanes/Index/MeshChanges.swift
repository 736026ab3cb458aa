import KubeModel

/// What is different from the last time that it was asked for: exactly that, whatever came in between.
package struct MeshChanges: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        case added, changed, removed

        /// `nil` when there is no difference.
        static func between<Value: Equatable>(_ old: Value?, _ new: Value?) -> Change? {
            switch (old, new) {
            case (nil, nil): nil
            case (nil, _): .added
            case (_, nil): .removed
            case (.some(let old), .some(let new)): old == new ? nil : .changed
            }
        }
    }

    package var dataplanes: [ObjectKey: Change] = [:]
    package var services: [ServiceID: Change] = [:]
    /// Pods whose problems are others than before, perhaps none.
    package var problems: Set<ObjectKey> = []

    package init() {}

    package var isEmpty: Bool { dataplanes.isEmpty && services.isEmpty && problems.isEmpty }
}
