import Injection
import JSON
import Testing

struct InjectionDecisionTests {
    /// A row: labels and annotations of the pod, of the namespace, and what comes of it.
    struct Row: Sendable, CustomTestStringConvertible {
        var labels: [String: String] = [:]
        var annotations: [String: String] = [:]
        var namespaceLabels: [String: String] = [:]
        var namespaceAnnotations: [String: String] = [:]
        /// `mesh:<name>`, a reason, or what an error says.
        var outcome: String

        var testDescription: String { "\(labels) \(annotations) \(namespaceLabels) \(namespaceAnnotations)" }
    }

    private static func on(_ value: String = "enabled") -> [String: String] { ["kuma.io/sidecar-injection": value] }

    static let rows: [Row] = [
        Row(outcome: "not_requested"),
        Row(labels: on(), outcome: "mesh:default"),
        Row(annotations: on(), outcome: "mesh:default"),
        Row(namespaceLabels: on(), outcome: "mesh:default"),
        Row(namespaceAnnotations: on(), outcome: "mesh:default"),
        Row(labels: on("true"), outcome: "mesh:default"),
        Row(labels: on("yes"), outcome: "mesh:default"),
        Row(labels: on("disabled"), namespaceLabels: on(), outcome: "disabled_on_pod"),
        Row(labels: on("false"), namespaceLabels: on(), outcome: "disabled_on_pod"),
        Row(annotations: on("no"), namespaceLabels: on(), outcome: "disabled_on_pod"),
        Row(namespaceLabels: on("disabled"), outcome: "disabled_on_namespace"),
        // A label outranks an annotation, the pod its namespace.
        Row(labels: on(), annotations: on("disabled"), outcome: "mesh:default"),
        Row(labels: on("disabled"), annotations: on(), outcome: "disabled_on_pod"),
        Row(namespaceLabels: on("disabled"), namespaceAnnotations: on(), outcome: "disabled_on_namespace"),
        Row(annotations: on(), namespaceLabels: on("disabled"), outcome: "mesh:default"),
        // What is not understood is refused, and not taken for one or the other.
        Row(
            labels: on("Enabled"),
            outcome: #"Pod shop/web-*: no sidecar injected: metadata.labels[kuma.io/sidecar-injection]: "Enabled""#
        ),
        Row(annotations: on(""), outcome: #"metadata.annotations[kuma.io/sidecar-injection]: """#),
        Row(
            namespaceAnnotations: on("on"),
            outcome: #"Namespace shop: no sidecar injected: metadata.annotations[kuma.io/sidecar-injection]: "on""#
        ),
        Row(labels: on("disabled"), namespaceLabels: on("nonsense"), outcome: "disabled_on_pod"),
        // Exceptions come before everything, bad values too.
        Row(labels: ["openshift.io/build.name": "b"], namespaceLabels: on(), outcome: "exception_label"),
        Row(
            labels: ["openshift.io/deployer-pod-for.name": ""].merging(on("nonsense")) { $1 },
            outcome: "exception_label"
        ),
        Row(annotations: ["openshift.io/build.name": "b"], namespaceLabels: on(), outcome: "mesh:default"),
        // The mesh.
        Row(labels: on().merging(["kuma.io/mesh": "blue"]) { $1 }, outcome: "mesh:blue"),
        Row(
            labels: on().merging(["kuma.io/mesh": "blue"]) { $1 },
            annotations: ["kuma.io/mesh": "red"],
            outcome: "mesh:blue"
        ),
        Row(annotations: on().merging(["kuma.io/mesh": "red"]) { $1 }, outcome: "mesh:red"),
        Row(
            labels: on(),
            namespaceLabels: ["kuma.io/mesh": "green"],
            namespaceAnnotations: ["kuma.io/mesh": "grey"],
            outcome: "mesh:green"
        ),
        Row(labels: on(), namespaceAnnotations: ["kuma.io/mesh": "grey"], outcome: "mesh:grey"),
        Row(labels: on().merging(["kuma.io/mesh": ""]) { $1 }, outcome: "mesh:default"),
        Row(
            labels: on(),
            annotations: ["kuma.io/mesh": "No Mesh"],
            outcome: "metadata.annotations[kuma.io/mesh]: \"No Mesh\""
        ),
        Row(annotations: on().merging(["kubernetes.io/config.mirror": "x"]) { $1 }, outcome: "mirror_pod"),
        Row(
            annotations: ["kubernetes.io/config.mirror": "x"],
            namespaceAnnotations: on("nonsense"),
            outcome: "mirror_pod"
        ),
    ]

    /// Nothing is held against those that could have no sidecar anyway: a slip in an annotation of `kube-system` must not keep the network
    /// from coming up.
    @Test(
        arguments: [
            (["hostNetwork": true], "host_network"), (["nodeSelector": ["kubernetes.io/os": "windows"]], "windows"),
        ] as [(JSONValue, String)]
    )
    func nothingIsHeldAgainstThoseThatCannotHaveOne(_ spec: JSONValue, _ reason: String) throws {
        var pod = simplePod
        for (name, value) in spec.objectValue ?? [:] { pod[path: "spec", .init(name)] = value }
        let namespace = NamespaceMetadata(name: "kube-system", labels: [:], annotations: Self.on("yess"))
        guard case .skipped(let found) = try SidecarInjector.native.inject(pod, namespace).action else {
            Issue.record("it is not skipped")
            return
        }
        #expect(found.rawValue == reason)
    }

    @Test(arguments: rows)
    func whoeverAsksGetsASidecar(row: Row) throws {
        var pod = simplePod
        pod[path: "metadata", "labels"] = .strings(row.labels)
        pod[path: "metadata", "annotations"] = .strings(row.annotations)
        let namespace = NamespaceMetadata(
            name: "shop",
            labels: row.namespaceLabels,
            annotations: row.namespaceAnnotations
        )
        do {
            let outcome = try SidecarInjector.native.inject(pod, namespace)
            switch outcome.action {
            case .injected(let settings): #expect("mesh:\(settings.mesh)" == row.outcome)
            case .skipped(let reason):
                #expect(reason.rawValue == row.outcome)
                #expect(outcome.object == pod)
                #expect(outcome.metricLabels == ("skipped", row.outcome))
            case .notAWorkload: Issue.record("a pod is a workload")
            }
        } catch let error as InjectionError {
            #expect(error.description.contains(row.outcome), "\(error)")
            #expect(error.metricLabels == ("failed", "invalid_setting"))
        }
    }

    @Test func everyReasonHasWordsOfItsOwn() {
        let reasons = InjectionReason.allCases
        #expect(Set(reasons.map(\.words)).count == reasons.count)
        #expect(Set(reasons.map(\.rawValue)).count == reasons.count)
    }
}
