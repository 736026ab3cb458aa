import JSON
import SwiftletAPI
import TrafficPolicy

/// What there is to say about a Mesh before it is stored. Pure.
struct MeshReview {
    let mesh: Mesh
    /// As it is stored; `nil` for a new one.
    let old: Mesh?

    var verdict: ValidationVerdict {
        ValidationVerdict(Self.findings(mesh), before: old.map(Self.findings))
    }

    private static func findings(_ mesh: Mesh) -> [FieldError] {
        mesh.validate() + inactive(mesh)
    }

    static func inactive(_ mesh: Mesh) -> [FieldError] {
        mesh.inactiveFields.map { .warning($0, "is accepted, but has no effect yet") }
    }
}

/// What there is to say about a TrafficRoute before it is stored. Pure.
struct TrafficRouteReview {
    let route: TrafficRoute
    /// As it is stored; `nil` for a new one.
    let old: TrafficRoute?
    /// What is hardly meant by it, as the dry run tells it.
    let lints: [RouteLint]

    var verdict: ValidationVerdict {
        ValidationVerdict(
            route.validate() + lints.filter { $0.kind != .invalid }.map(\.finding),
            before: old.map { $0.validate() }
        )
    }
}
