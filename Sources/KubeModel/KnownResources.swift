/// The built-in kinds this operator touches, in the versions it prefers. What a server really serves is discovered; where a kind
/// has older versions that still do, discovery picks one of them.
extension APIResource {
    package static let namespaces = APIResource(
        group: "",
        version: "v1",
        kind: "Namespace",
        plural: "namespaces",
        isNamespaced: false
    )
    package static let nodes = APIResource(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    package static let pods = APIResource(group: "", version: "v1", kind: "Pod", plural: "pods")
    package static let services = APIResource(group: "", version: "v1", kind: "Service", plural: "services")
    package static let secrets = APIResource(group: "", version: "v1", kind: "Secret", plural: "secrets")
    package static let configMaps = APIResource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
    package static let limitRanges = APIResource(group: "", version: "v1", kind: "LimitRange", plural: "limitranges")
    package static let resourceQuotas = APIResource(
        group: "",
        version: "v1",
        kind: "ResourceQuota",
        plural: "resourcequotas"
    )
    package static let persistentVolumeClaims = APIResource(
        group: "",
        version: "v1",
        kind: "PersistentVolumeClaim",
        plural: "persistentvolumeclaims"
    )
    package static let deployments = APIResource(
        group: "apps",
        version: "v1",
        kind: "Deployment",
        plural: "deployments"
    )
    package static let ingresses = APIResource(
        group: "networking.k8s.io",
        version: "v1",
        kind: "Ingress",
        plural: "ingresses"
    )
    package static let ingressClasses = APIResource(
        group: "networking.k8s.io",
        version: "v1",
        kind: "IngressClass",
        plural: "ingressclasses",
        isNamespaced: false
    )
    package static let horizontalPodAutoscalers = APIResource(
        group: "autoscaling",
        version: "v2",
        kind: "HorizontalPodAutoscaler",
        plural: "horizontalpodautoscalers"
    )
    package static let podDisruptionBudgets = APIResource(
        group: "policy",
        version: "v1",
        kind: "PodDisruptionBudget",
        plural: "poddisruptionbudgets"
    )
    package static let events = APIResource(group: "events.k8s.io", version: "v1", kind: "Event", plural: "events")
    package static let customResourceDefinitions = APIResource(
        group: "apiextensions.k8s.io",
        version: "v1",
        kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        isNamespaced: false
    )
    package static let selfSubjectAccessReviews = APIResource(
        group: "authorization.k8s.io",
        version: "v1",
        kind: "SelfSubjectAccessReview",
        plural: "selfsubjectaccessreviews",
        isNamespaced: false
    )
    package static let subjectAccessReviews = APIResource(
        group: "authorization.k8s.io",
        version: "v1",
        kind: "SubjectAccessReview",
        plural: "subjectaccessreviews",
        isNamespaced: false
    )
    package static let tokenReviews = APIResource(
        group: "authentication.k8s.io",
        version: "v1",
        kind: "TokenReview",
        plural: "tokenreviews",
        isNamespaced: false
    )
    package static let mutatingWebhookConfigurations = APIResource(
        group: "admissionregistration.k8s.io",
        version: "v1",
        kind: "MutatingWebhookConfiguration",
        plural: "mutatingwebhookconfigurations",
        isNamespaced: false
    )
    package static let validatingWebhookConfigurations = APIResource(
        group: "admissionregistration.k8s.io",
        version: "v1",
        kind: "ValidatingWebhookConfiguration",
        plural: "validatingwebhookconfigurations",
        isNamespaced: false
    )
    package static let leases = APIResource(
        group: "coordination.k8s.io",
        version: "v1",
        kind: "Lease",
        plural: "leases"
    )
    package static let endpointSlices = APIResource(
        group: "discovery.k8s.io",
        version: "v1",
        kind: "EndpointSlice",
        plural: "endpointslices"
    )
}
