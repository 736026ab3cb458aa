import Injection
import JSON
import Testing

/// Copies of injected pods, as `kubectl debug --copy-to` makes them: without labels, and mostly without annotations.
struct StaleSidecarTests {
    private static let original = """
        metadata: {name: web-1, labels: {app: web, kuma.io/mesh: lab}, annotations: {traffic.kuma.io/exclude-outbound-ports: '3306'}}
        spec:
          volumes: [{name: data, emptyDir: {}}]
          initContainers: [{name: migrate, image: i}]
          containers:
          - name: web
            image: nginx
            ports: [{name: http, containerPort: 8080}]
            livenessProbe: {httpGet: {path: /health?x=1, port: 8080}, periodSeconds: 3}
            readinessProbe: {httpGet: {path: /tls, port: 8443, scheme: HTTPS}}
            startupProbe: {tcpSocket: {port: 8080}}
          - name: rpc
            image: rpc
            livenessProbe: {grpc: {port: 50051, service: s}}
            readinessProbe: {exec: {command: [ls]}}
            startupProbe: {httpGet: {path: /8080/x, port: 7000, host: example.com}}
        """

    private static func copy(of pod: JSONValue, annotations: Bool = false) -> JSONValue {
        var copy = pod
        copy["metadata"] = .compact([
            "name": "copy", "annotations": annotations ? pod[path: "metadata", "annotations"] : nil,
        ])
        return copy
    }

    @Test(arguments: [true, false], [NamespaceMetadata.enabled, .plain])
    func aCopyGetsANewSidecar(native: Bool, namespace: NamespaceMetadata) throws {
        let injector = SidecarInjector(.sample(native: native))
        var pod = try yaml(Self.original)
        let first = try injector.inject(pod)
        let outcome = try injector.inject(Self.copy(of: first.object), namespace)
        // As if the pod had been made by hand, in the mesh of its original.
        pod["metadata"] = ["name": "copy", "labels": ["kuma.io/mesh": "lab"]]
        let fresh = try injector.inject(pod)
        #expect(outcome.object == fresh.object)
        #expect(outcome.settings?.mesh == "lab")
        #expect(
            outcome.warnings.first
                == "Pod shop/copy: the sidecar copied from another pod was replaced by a new one, with default settings since the "
                + "annotations were not copied (kubectl debug --keep-annotations)"
        )
        #expect(try injector.inject(outcome.object).action == .skipped(.alreadyInjected))
    }

    @Test func aCopyMayBeOfAnInjectionOfTheOtherKind() throws {
        let first = try SidecarInjector.plain.inject(yaml(Self.original))
        let outcome = try SidecarInjector.native.inject(Self.copy(of: first.object))
        #expect(outcome.names("initContainers") == ["kuma-init", "kuma-sidecar", "migrate"])
        #expect(outcome.names("containers") == ["web", "rpc"])
    }

    @Test func annotationsThatWereCopiedCount() throws {
        let first = try SidecarInjector.native.inject(yaml(Self.original))
        let outcome = try SidecarInjector.native.inject(Self.copy(of: first.object, annotations: true))
        #expect(outcome.settings?.transparentProxy.excludedOutboundPorts.map(\.description) == ["3306"])
        #expect(outcome.warnings == ["Pod shop/copy: the sidecar copied from another pod was replaced by a new one"])
    }

    @Test func aCopyThatMayNotBeInjectedIsTold() throws {
        let first = try SidecarInjector.native.inject(yaml(Self.original))
        var copy = Self.copy(of: first.object)
        copy["metadata"]?["labels"] = ["kuma.io/sidecar-injection": "disabled"]
        let outcome = try SidecarInjector.native.inject(copy)
        #expect(outcome.action == .skipped(.disabledOnPod) && outcome.object == copy)
        #expect(outcome.warnings.first?.hasPrefix("Pod shop/copy: the pod will not start: ") == true)
    }

    @Test func anInjectedPodIsNoCopy() throws {
        let first = try SidecarInjector.native.inject(yaml(Self.original))
        let again = try SidecarInjector.native.inject(first.object)
        #expect(again.action == .skipped(.alreadyInjected) && again.warnings.isEmpty)
    }

    @Test(arguments: ["not json", "{}", "$("])
    func aCopyWhoseBootstrapCannotBeReadIsInjectedAllTheSame(bootstrap: String) throws {
        var first = try SidecarInjector.native.inject(simplePod).object
        first[path: "spec", "initContainers"] = .array(
            (first[path: "spec", "initContainers"]?.arrayValue ?? []).map { container in
                guard container["name"] == "kuma-sidecar" else { return container }
                var container = container
                container["args"] = ["--config-yaml", .string(bootstrap)]
                return container
            }
        )
        let outcome = try SidecarInjector.native.inject(Self.copy(of: first))
        #expect(outcome.settings?.mesh == "default")
        #expect(outcome.names("initContainers") == ["kuma-init", "kuma-sidecar"])
    }
}
