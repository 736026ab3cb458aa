import KubeModel

/// In which version the server serves the kinds that not every Kubernetes has; `nil` for one it does not serve.
package struct ServedKinds: Hashable, Sendable {
    package var ingress: APIResource?
    package var ingressClass: APIResource?
    package var autoscaler: APIResource?
    package var disruptionBudget: APIResource?

    package init(
        ingress: APIResource?,
        ingressClass: APIResource?,
        autoscaler: APIResource?,
        disruptionBudget: APIResource?
    ) {
        self.ingress = ingress
        self.ingressClass = ingressClass
        self.autoscaler = autoscaler
        self.disruptionBudget = disruptionBudget
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
