import KubeModel

/// The objects that a WebServer owns, all named after it. Its claim is not among them: nobody owns data.
///
/// To add a child: a case here, its intent in `Children/`, and its line in ``WebServerPlanner/intent(for:role:of:)``.
package enum ChildRole: String, CaseIterable, Hashable, Sendable {
    case deployment
    case service
    case ingress
    case autoscaler
    case disruptionBudget

    /// How the kind is served; `nil` when it is not.
    package func resource(in served: ServedKinds) -> APIResource? {
        switch self {
        case .deployment: .deployments
        case .service: .services
        case .ingress: served.ingress
        case .autoscaler: served.autoscaler
        case .disruptionBudget: served.disruptionBudget
        }
    }

    package var kind: String {
        switch self {
        case .deployment: "Deployment"
        case .service: "Service"
        case .ingress: "Ingress"
        case .autoscaler: "HorizontalPodAutoscaler"
        case .disruptionBudget: "PodDisruptionBudget"
        }
    }
}
