import KubeApply
import KubeModel

/// What differs between versions of Kubernetes: in which version the server serves the kinds that not every one has (`nil` for one it does not
/// serve), what it knows of them, and how it merges.
package struct ServedKinds: Hashable, Sendable {
    package var ingress: APIResource?
    package var ingressClass: APIResource?
    package var autoscaler: APIResource?
    package var disruptionBudget: APIResource?
    /// Whether a PodDisruptionBudget has `unhealthyPodEvictionPolicy`: on by default since 1.27.
    package var hasUnhealthyPodEvictionPolicy: Bool
    package var applySemantics: ApplySemantics

    package init(
        ingress: APIResource?,
        ingressClass: APIResource?,
        autoscaler: APIResource?,
        disruptionBudget: APIResource?,
        hasUnhealthyPodEvictionPolicy: Bool = true,
        applySemantics: ApplySemantics = .current
    ) {
        self.ingress = ingress
        self.ingressClass = ingressClass
        self.autoscaler = autoscaler
        self.disruptionBudget = disruptionBudget
        self.hasUnhealthyPodEvictionPolicy = hasUnhealthyPodEvictionPolicy
        self.applySemantics = applySemantics
    }

    /// What a current Kubernetes serves; assumed where there is no server to ask.
    package static let current = ServedKinds(
        ingress: .ingresses,
        ingressClass: .ingressClasses,
        autoscaler: .horizontalPodAutoscalers,
        disruptionBudget: .podDisruptionBudgets
    )

    /// The versions that this operator can write, best first.
    package static let autoscalerVersions = ["v2", "v2beta2", "v1"]
    package static let disruptionBudgetVersions = ["v1", "v1beta1"]
}
