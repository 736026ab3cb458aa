import Testing

/// A value that makes no sense, and what the refusal has to name.
struct RefusedValue: Sendable, CustomTestStringConvertible {
    var values: String
    var words: [String]

    init(_ values: String, _ words: String...) {
        self.values = values
        self.words = words
    }

    var testDescription: String { values }

    static let all: [RefusedValue] = typos + types + senses

    private static let typos: [RefusedValue] = [
        RefusedValue("replica: 3", "'replica' not allowed"),
        RefusedValue("image: {tagg: v1}", "/image", "'tagg' not allowed"),
        RefusedValue("features: {webserver: true}", "/features", "'webserver' not allowed"),
        RefusedValue("mesh: {zones: a}", "/mesh", "'zones' not allowed"),
        RefusedValue("sidecar: {resources: {request: {}}}", "/sidecar/resources", "'request' not allowed"),
        RefusedValue("webhooks: {injector: {}}", "/webhooks", "'injector' not allowed"),
        RefusedValue("certificates: {certmanager: {}}", "/certificates", "'certmanager' not allowed"),
        RefusedValue("metrics: {serviceMonitors: {}}", "/metrics", "'serviceMonitors' not allowed"),
        RefusedValue("leaderElection: {leaseduration: 1}", "/leaderElection", "'leaseduration' not allowed"),
        RefusedValue("extraEnv: [{nme: A}]", "/extraEnv/0"),
        RefusedValue("crds: {kept: true}", "/crds", "'kept' not allowed"),
    ]

    private static let types: [RefusedValue] = [
        RefusedValue("replicas: two", "/replicas", "want integer"),
        RefusedValue("replicas: -1", "/replicas", "minimum"),
        RefusedValue("image: {pullPolicy: Sometimes}", "/image/pullPolicy", "'IfNotPresent'"),
        RefusedValue("image: {digest: abc}", "/image/digest"),
        RefusedValue("image: {repository: ''}", "/image/repository"),
        RefusedValue("image: {tag: 1.20}", "/image/tag", "want string"),
        RefusedValue("resources: {limits: {memory: lots}}", "/resources/limits/memory"),
        RefusedValue("resources: {limits: {memory: ''}}", "/resources/limits/memory"),
        RefusedValue("resources: {requests: {cpu: -1}}", "/resources/requests/cpu", "minimum"),
        RefusedValue("sidecar: {initResources: {limits: {memory: 0}}}", "/sidecar/initResources/limits/memory"),
        RefusedValue("sidecar: {resources: {limits: {memory: 0}}}", "/sidecar/resources/limits/memory"),
        RefusedValue("sidecar: {resources: {requests: {cpu: 0m}}}", "/sidecar/resources/requests/cpu"),
        RefusedValue("watchNamespaces: team", "/watchNamespaces", "want array"),
        RefusedValue("watchNamespaces: [Team_A]", "/watchNamespaces/0"),
        RefusedValue("watchNamespaces: [a, a]", "/watchNamespaces"),
        RefusedValue("features: {mesh: 'yes'}", "/features/mesh", "want boolean"),
        RefusedValue("webServers: {workers: 0}", "/webServers/workers"),
        RefusedValue("mesh: {nativeSidecars: auto}", "/mesh/nativeSidecars"),
        RefusedValue("webhooks: {injection: {failurePolicy: Never}}", "/webhooks/injection/failurePolicy", "'Ignore'"),
        RefusedValue("webhooks: {validation: {timeoutSeconds: 31}}", "/webhooks/validation/timeoutSeconds"),
        RefusedValue("certificates: {source: vault}", "/certificates/source", "'certManager'"),
        RefusedValue("certificates: {certManager: {duration: long}}", "/certificates/certManager/duration"),
        RefusedValue("podDisruptionBudget: {maxUnavailable: 0}", "/podDisruptionBudget/maxUnavailable"),
        RefusedValue("log: {level: verbose}", "/log/level", "'debug'"),
        RefusedValue("log: {format: text}", "/log/format", "'json'"),
        RefusedValue("tracing: {otlpEndpoint: 'collector:4317'}", "/tracing/otlpEndpoint"),
        RefusedValue("tracing: {otlpEndpoint: 'https://user:password@collector'}", "/tracing/otlpEndpoint"),
        RefusedValue("tracing: {otlpEndpoint: 'http://collector/?key=a'}", "/tracing/otlpEndpoint"),
        RefusedValue("metrics: {prometheusRule: {runbookURL: wiki}}", "/metrics/prometheusRule/runbookURL"),
        RefusedValue("leaderElection: {leaseDuration: 3601}", "/leaderElection/leaseDuration", "maximum"),
        RefusedValue("leaderElection: {retryPeriod: 0}", "/leaderElection/retryPeriod"),
        RefusedValue("extraArgs: [xds-port=7]", "/extraArgs/0"),
    ]

    private static let senses: [RefusedValue] = [
        RefusedValue("certificates: {source: secret}", "certificates.secretName"),
        RefusedValue("leaderElection: {renewDeadline: 20}", "renewDeadline", "leaseDuration"),
        RefusedValue("leaderElection: {renewDeadline: 12, retryPeriod: 10}", "1.2 times retryPeriod"),
        RefusedValue("leaderElection: {enabled: false}", "replicas", "leaderElection.enabled"),
        RefusedValue("features: {webServers: false, mesh: false}", "nothing to do"),
        RefusedValue("{watchNamespaces: [a], features: {webServers: false}}", "nothing to do"),
        RefusedValue(
            "metrics: {service: {enabled: false}, serviceMonitor: {enabled: true}}",
            "metrics.service.enabled"
        ),
    ]
}
