import JSON
import Testing

/// A value that is set otherwise, and what is seen of it in the objects that are rendered.
struct ChangedValue: Sendable, CustomTestStringConvertible {
    /// YAML.
    var values: String
    /// Texts in what is rendered, and not without the change.
    var shows: [String]
    /// Texts in what is rendered without the change, and not with it.
    var hides: [String]

    init(_ values: String, shows: String..., hides: [String] = []) {
        self.values = values
        self.shows = shows
        self.hides = hides
    }

    var testDescription: String { values }

    /// Every documented value, changed.
    static let all: [ChangedValue] = naming + pods + features + webhooks + certificates + monitoring + running

    private static let naming: [ChangedValue] = [
        ChangedValue("nameOverride: lower", shows: "name: swiftlet-lower"),
        ChangedValue("fullnameOverride: other", shows: "name: other", "--lease-name=other", "--operator-service=other"),
        ChangedValue("commonLabels: {team: web}", shows: "team: web"),
        ChangedValue(
            "serviceAccount: {create: false}",
            shows: "serviceAccountName: default",
            hides: ["kind: ServiceAccount\nmeta"]
        ),
        ChangedValue("serviceAccount: {name: robot}", shows: "serviceAccountName: robot"),
        ChangedValue("serviceAccount: {annotations: {role: arn}}", shows: "role: arn"),
        ChangedValue("crds: {install: false}", shows: "", hides: ["kind: CustomResourceDefinition"]),
        ChangedValue("crds: {keep: false}", shows: "", hides: ["helm.sh/resource-policy: keep"]),
    ]

    private static let pods: [ChangedValue] = [
        ChangedValue("image: {repository: mirror.example/swiftlet}", shows: "image: mirror.example/swiftlet:"),
        ChangedValue(
            "image: {tag: v9}",
            shows: "image: docker.io/swiftlet/swiftlet:v9",
            "--init-image=docker.io/swiftlet/swiftlet:v9"
        ),
        ChangedValue(
            "image: {digest: 'sha256:\(String(repeating: "a", count: 64))'}",
            shows: "image: docker.io/swiftlet/swiftlet@sha256:aaaa"
        ),
        ChangedValue("image: {pullPolicy: Always}", shows: "imagePullPolicy: Always"),
        ChangedValue("image: {pullSecrets: [{name: registry}]}", shows: "- name: registry"),
        ChangedValue("replicas: 3", shows: "replicas: 3"),
        ChangedValue(
            "resources: {requests: {cpu: 321m, memory: 200Mi}, limits: {memory: 2Gi}}",
            shows: "cpu: 321m",
            "memory: 200Mi",
            "memory: 2Gi"
        ),
        ChangedValue("resources: {requests: {cpu: 0.5, memory: 1e8}}", shows: "cpu: \"0.5\"", "memory: \"1e+08\""),
        ChangedValue("priorityClassName: system-cluster-critical", shows: "priorityClassName: system-cluster-critical"),
        ChangedValue("nodeSelector: {disk: fast}", shows: "disk: fast"),
        ChangedValue("tolerations: [{key: control, operator: Exists}]", shows: "key: control"),
        ChangedValue(
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: gpu, operator: DoesNotExist}]}]}}}",
            shows: "key: gpu"
        ),
        ChangedValue(
            "topologySpreadConstraints: [{maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]",
            shows: "topologyKey: zone",
            hides: ["topologyKey: kubernetes.io/hostname"]
        ),
        ChangedValue("podAnnotations: {a: b}", shows: "a: b"),
        ChangedValue("podLabels: {sidecar: 'no'}", shows: "sidecar: \"no\""),
        ChangedValue("terminationGracePeriodSeconds: 77", shows: "terminationGracePeriodSeconds: 77"),
        ChangedValue("podDisruptionBudget: {enabled: false}", shows: "", hides: ["kind: PodDisruptionBudget"]),
        ChangedValue("podDisruptionBudget: {maxUnavailable: 50%}", shows: "maxUnavailable: 50%"),
    ]

    private static let features: [ChangedValue] = [
        ChangedValue(
            "watchNamespaces: [team-a, team-b]",
            shows: "--namespace=team-a",
            "--namespace=team-b",
            "namespace: team-a",
            "name: swiftlet-webservers",
            hides: [
                "kind: ClusterRole\nmeta", "kind: ClusterRoleBinding", "WebhookConfiguration\nmeta", "tokenreviews",
            ]
        ),
        ChangedValue("features: {webServers: false}", shows: "--no-web-servers", hides: ["- persistentvolumeclaims"]),
        ChangedValue(
            "features: {mesh: false}",
            shows: "--no-mesh",
            hides: ["- tokenreviews", "kind: MutatingWebhookConfiguration", "containerPort: 5678"]
        ),
        ChangedValue(
            "features: {injection: false}",
            shows: "--no-injection",
            hides: ["- pods/eviction", "kind: MutatingWebhookConfiguration"]
        ),
        ChangedValue(
            "features: {validation: false}",
            shows: "--no-validation",
            hides: ["- validatingwebhookconfigurations", "kind: ValidatingWebhookConfiguration"]
        ),
        ChangedValue("webServers: {workers: 9}", shows: "--workers=9"),
        ChangedValue(
            "webServers: {allowedIngressAnnotations: [example.com/team, 'example.org/*']}",
            shows: "--allowed-ingress-annotations=example.com/team",
            "--allowed-ingress-annotations=example.org/*"
        ),
        ChangedValue("mesh: {zone: north}", shows: "--zone=north"),
        ChangedValue("mesh: {createDefault: false}", shows: "--no-default-mesh"),
        ChangedValue("mesh: {nativeSidecars: false}", shows: "--no-native-sidecars"),
        ChangedValue("sidecar: {image: 'envoy:1'}", shows: "--sidecar-image=envoy:1"),
        ChangedValue("sidecar: {initImage: 'init:1'}", shows: "--init-image=init:1"),
        ChangedValue("sidecar: {initResources: {requests: {cpu: 75m}}}", shows: "--init-cpu-request=75m"),
        ChangedValue("sidecar: {initResources: {requests: {memory: 99Mi}}}", shows: "--init-memory-request=99Mi"),
        ChangedValue("sidecar: {initResources: {limits: {cpu: 2}}}", shows: "--init-cpu-limit=2"),
        ChangedValue("sidecar: {initResources: {limits: {memory: 1Gi}}}", shows: "--init-memory-limit=1Gi"),
        ChangedValue("sidecar: {initResources: {limits: {cpu: ''}}}", shows: "--init-cpu-limit=none"),
        ChangedValue("sidecar: {initResources: {limits: null}}", shows: "--init-memory-limit=none"),
        ChangedValue("sidecar: {resources: {requests: {cpu: 75m}}}", shows: "--sidecar-cpu-request=75m"),
        ChangedValue("sidecar: {resources: {requests: {memory: 99Mi}}}", shows: "--sidecar-memory-request=99Mi"),
        ChangedValue("sidecar: {resources: {limits: {cpu: 2}}}", shows: "--sidecar-cpu-limit=2"),
        ChangedValue("sidecar: {resources: {limits: {memory: 1Gi}}}", shows: "--sidecar-memory-limit=1Gi"),
        ChangedValue("sidecar: {resources: {requests: {cpu: ''}}}", shows: "--sidecar-cpu-request=none"),
        ChangedValue("sidecar: {resources: {requests: {memory: ''}}}", shows: "--sidecar-memory-request=none"),
        ChangedValue("sidecar: {resources: {limits: {memory: ''}}}", shows: "--sidecar-memory-limit=none"),
        ChangedValue("sidecar: {resources: {limits: {cpu: '', memory: null}}}", shows: "--sidecar-memory-limit=none"),
        ChangedValue("sidecar: {resources: {limits: null}}", shows: "--sidecar-memory-limit=none"),
        ChangedValue("sidecar: {resources: {requests: {cpu: 0.5}}}", shows: "--sidecar-cpu-request=0.5"),
        ChangedValue("sidecar: {resources: {limits: {memory: 134217728}}}", shows: "--sidecar-memory-limit=1.34"),
        ChangedValue("sidecar: {resources: {limits: {memory: 1.5e9}}}", shows: "--sidecar-memory-limit=1.5e+09"),
    ]

    private static let webhooks: [ChangedValue] = [
        ChangedValue("webhooks: {connections: 300}", shows: "--webhook-connections=300"),
        ChangedValue("webhooks: {connectionsPerAddress: 100}", shows: "--webhook-connections-per-address=100"),
        ChangedValue("webhooks: {excludedNamespaces: [vault]}", shows: "- vault", hides: ["- kube-public"]),
        ChangedValue("webhooks: {injection: {failurePolicy: Ignore}}", shows: "", hides: ["failurePolicy: Fail"]),
        ChangedValue("webhooks: {injection: {timeoutSeconds: 29}}", shows: "timeoutSeconds: 29"),
        ChangedValue("webhooks: {validation: {failurePolicy: Fail}}", shows: ""),
        ChangedValue("webhooks: {validation: {timeoutSeconds: 28}}", shows: "timeoutSeconds: 28"),
    ]

    private static let certificates: [ChangedValue] = [
        ChangedValue("certificates: {keep: false}", shows: "", hides: ["\"helm.sh/resource-policy\": keep"]),
        ChangedValue(
            "certificates: {source: secret, secretName: given}",
            shows: "--certificate-secret=given",
            hides: ["kind: Secret\nmeta"]
        ),
        ChangedValue(
            "certificates: {source: certManager}",
            shows: "kind: Issuer",
            "kind: Certificate\n",
            "cert-manager.io/inject-ca-from: swiftlet-system/swiftlet-tls",
            "--certificate-secret=swiftlet-tls"
        ),
        ChangedValue(
            "certificates: {source: certManager, certManager: {issuerRef: {name: company, kind: ClusterIssuer, group: cert-manager.io}}}",
            shows: "name: company"
        ),
        ChangedValue("certificates: {source: certManager, certManager: {duration: 99h}}", shows: "duration: 99h"),
        ChangedValue("certificates: {source: certManager, certManager: {renewBefore: 9h}}", shows: "renewBefore: 9h"),
    ]

    private static let monitoring: [ChangedValue] = [
        ChangedValue("metrics: {service: {enabled: false}}", shows: "", hides: ["name: swiftlet-metrics"]),
        ChangedValue("metrics: {service: {annotations: {scrape: 'true'}}}", shows: "scrape: \"true\""),
        ChangedValue("metrics: {serviceMonitor: {enabled: true}}", shows: "kind: ServiceMonitor"),
        ChangedValue("metrics: {serviceMonitor: {enabled: true, interval: 7s}}", shows: "interval: 7s"),
        ChangedValue(
            "metrics: {serviceMonitor: {enabled: true, labels: {release: prometheus}}}",
            shows: "release: prometheus"
        ),
        ChangedValue("metrics: {prometheusRule: {enabled: true}}", shows: "kind: PrometheusRule"),
        ChangedValue(
            "metrics: {prometheusRule: {enabled: true, labels: {release: prometheus}}}",
            shows: "release: prometheus"
        ),
        ChangedValue(
            "metrics: {prometheusRule: {enabled: true, runbookURL: 'https://wiki.example/RUNBOOK.md'}}",
            shows: "runbook_url: https://wiki.example/RUNBOOK.md#swiftletdown"
        ),
        ChangedValue("metrics: {dashboard: {enabled: true}}", shows: "grafana_dashboard: \"1\"", "swiftlet.json"),
        ChangedValue(
            "metrics: {dashboard: {enabled: true, labels: {grafana_dashboard: other}}}",
            shows: "grafana_dashboard: other"
        ),
        ChangedValue("metrics: {dashboard: {enabled: true, labels: {folder: mesh}}}", shows: "folder: mesh"),
        ChangedValue("networkPolicy: {enabled: true}", shows: "kind: NetworkPolicy"),
        ChangedValue(
            "networkPolicy: {enabled: true, metricsFrom: [{namespaceSelector: {matchLabels: {name: monitoring}}}]}",
            shows: "name: monitoring"
        ),
        ChangedValue(
            "networkPolicy: {enabled: true, egress: [{ports: [{port: 6443, protocol: TCP}]}]}",
            shows: "port: 6443"
        ),
    ]

    private static let running: [ChangedValue] = [
        ChangedValue("log: {level: debug}", shows: "--log-level=debug"),
        ChangedValue("log: {format: json}", shows: "--log-format=json"),
        ChangedValue(
            "tracing: {otlpEndpoint: 'http://collector:4318'}",
            shows: "--otlp-endpoint=http://collector:4318"
        ),
        ChangedValue(
            "{replicas: 1, leaderElection: {enabled: false}}",
            shows: "--no-leader-election",
            "type: Recreate",
            hides: ["- leases", "type: RollingUpdate"]
        ),
        ChangedValue("leaderElection: {leaseDuration: 30}", shows: "--lease-duration=30"),
        ChangedValue("leaderElection: {renewDeadline: 12}", shows: "--renew-deadline=12"),
        ChangedValue("leaderElection: {renewDeadline: 12, retryPeriod: 9.9}", shows: "--retry-period=9.9"),
        ChangedValue("leaderElection: {retryPeriod: 0.5}", shows: "--retry-period=0.5"),
        ChangedValue("extraArgs: [--xds-port=7]", shows: "--xds-port=7"),
        ChangedValue("extraEnv: [{name: HTTPS_PROXY, value: 'http://proxy'}]", shows: "name: HTTPS_PROXY"),
    ]
}
