/// Values that are empty in a values file.
enum EmptyValue {
    static let all = [
        "image", "features", "webServers", "mesh", "sidecar", "webhooks", "certificates", "metrics", "metrics.service",
        "podDisruptionBudget", "log", "tracing", "leaderElection", "serviceAccount", "crds", "networkPolicy",
        "webhooks.injection", "webhooks.validation", "certificates.certManager", "metrics.serviceMonitor",
        "metrics.prometheusRule", "metrics.dashboard", "sidecar.resources", "sidecar.image", "log.level", "replicas",
        "commonLabels", "podLabels", "extraArgs", "watchNamespaces", "image.pullSecrets",
        "webhooks.injection.timeoutSeconds",
        "terminationGracePeriodSeconds", "leaderElection.leaseDuration",
    ]

    /// `a.b` as values in which it is null.
    static func values(_ path: String) -> String {
        let names = path.split(separator: ".")
        return names.dropLast().map { "{\($0): " }.joined() + "{\(names[names.count - 1]): }"
            + String(repeating: "}", count: names.count - 1)
    }

    /// Where null means none, and what is there then.
    static let removals = [
        ("{sidecar: {resources: {limits: {memory: }}}}", "--sidecar-memory-limit=none"),
        ("{sidecar: {resources: {limits: }}}", "--sidecar-memory-limit=none"),
        ("{sidecar: {resources: {requests: {cpu: }}}}", "--sidecar-cpu-request=none"),
    ]
}
