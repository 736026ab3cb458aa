import KubeApply
import KubeClient
import KubeModel
import WebServers

extension ServedKinds {
    /// The best version of each optional kind that the server serves and this operator can write.
    ///
    /// - Parameter version: of the server.
    package init(_ served: ServedResources, version: ServerVersion) {
        func preferred(_ resource: APIResource, _ versions: [String]) -> APIResource? {
            served.preferred(for: resource.groupKind, among: versions)
        }
        self.init(
            ingress: preferred(.ingresses, ["v1"]),
            ingressClass: preferred(.ingressClasses, ["v1"]),
            autoscaler: preferred(.horizontalPodAutoscalers, Self.autoscalerVersions),
            disruptionBudget: preferred(.podDisruptionBudgets, Self.disruptionBudgetVersions),
            hasUnhealthyPodEvictionPolicy: (version.major, version.minor) >= (1, 27),
            applySemantics: ApplySemantics(major: version.major, minor: version.minor)
        )
    }
}
