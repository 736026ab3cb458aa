import JSON
import KubeModel
import Testing
import YAML

@testable import Operator

/// What workloads of files would run is taken as running.
struct AssumedWorkloadsTests {
    private func state(_ text: String) throws -> ManifestState {
        let loader = ManifestLoader(defaultNamespace: "shop", standardInput: { Array(text.utf8) })
        return ManifestState(try loader.load(["-"]).map(\.object))
    }

    private func pods(_ text: String) async throws -> [String] {
        try await AssumedWorkloads.inFiles(state(text)).objects.filter { $0.kind == "Pod" }.map(\.name)
    }

    private static func workload(_ kind: String, _ name: String, _ spec: String = "", version: String = "apps/v1")
        -> String
    {
        let template = "{metadata: {labels: {app: \(name)}}, spec: {containers: [{name: c, image: i}]}}"
        let inner =
            kind == "CronJob"
            ? "jobTemplate: {spec: {\(spec.isEmpty ? "" : "\(spec), ")template: \(template)}}" : "template: \(template)"
        let outer = kind == "CronJob" || spec.isEmpty ? inner : "\(spec), \(inner)"
        return "{apiVersion: \(version), kind: \(kind), metadata: {name: \(name)}, spec: {\(outer)}}\n"
    }

    private static let kinds: [(String, [String])] = [
        (workload("Deployment", "d"), ["d-assumed-0"]),
        (workload("Deployment", "d", "replicas: 2"), ["d-assumed-0", "d-assumed-1"]),
        (workload("Deployment", "d", "replicas: 0"), []),
        (workload("Deployment", "d", "replicas: "), ["d-assumed-0"]),
        (workload("StatefulSet", "s", "replicas: 2"), ["s-0", "s-1"]),
        (workload("ReplicaSet", "r"), ["r-assumed-0"]),
        (workload("ReplicationController", "r", version: "v1"), ["r-assumed-0"]),
        (workload("DaemonSet", "d"), ["d-assumed-0"]),
        (
            workload("DaemonSet", "d")
                + "---\n{apiVersion: v1, kind: Node, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Node, metadata: {name: b}}\n",
            ["d-assumed-0", "d-assumed-1"]
        ),
        (
            workload("Job", "j", "parallelism: 3", version: "batch/v1"),
            ["j-assumed-0", "j-assumed-1", "j-assumed-2"]
        ),
        (workload("Job", "j", "suspend: true", version: "batch/v1"), []),
        (workload("CronJob", "c", version: "batch/v1"), ["c-assumed-0"]),
        (workload("CronJob", "c", "parallelism: 2", version: "batch/v1beta1"), ["c-assumed-0", "c-assumed-1"]),
        ("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: []}}\n", ["p"]),
        ("{apiVersion: v1, kind: Pod, metadata: {name: p}, status: {podIP: 10.0.0.1}}\n", []),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n", []),
        ("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {}}\n", []),
        // A dump of a cluster has all of them.
        (
            workload("Deployment", "d")
                + "---\n{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: d}}, status: {podIP: 10.0.0.1}}\n",
            []
        ),
        (
            workload("Deployment", "d")
                + "---\n{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: d-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: d, uid: u}]}, spec: {template: {metadata: {labels: {app: x}}}}}\n",
            ["d-assumed-0"]
        ),
    ]

    @Test(arguments: kinds)
    func eachKindHasItsPods(text: String, expected: [String]) async throws {
        #expect(try await pods(text) == expected)
    }

    @Test func whatNobodyCouldReadIsBounded() async throws {
        let found = try await AssumedWorkloads.inFiles(state(Self.workload("Deployment", "d", "replicas: 2000000000")))
        #expect(found.objects.count == AssumedWorkloads.mostOfOne)
        #expect(found.notes.first?.contains("Deployment shop/d (1000 of 2000000000)") == true)
        let many = (0..<12).map { Self.workload("Deployment", "d\($0)", "replicas: 1000") }.joined(separator: "---\n")
        #expect(try await pods(many).count == AssumedWorkloads.most)
    }

    @Test(
        arguments: [
            ("", true),
            ("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", false),
            (
                "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {kuma.io/sidecar-injection: enabled}}}",
                true
            ),
            (
                "{apiVersion: v1, kind: Namespace, metadata: {name: shop, annotations: {kuma.io/sidecar-injection: enabled}}}",
                true
            ),
            (
                "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {kuma.io/sidecar-injection: disabled}}}",
                false
            ),
        ]
    )
    func theNamespaceOfTheFilesDecidesOnSidecars(namespace: String, hasSidecar: Bool) async throws {
        let found = try await AssumedWorkloads.inFiles(state(Self.workload("Deployment", "d") + "---\n" + namespace))
        #expect((found.objects.first?.annotations["kuma.io/sidecar-injected"] == "true") == hasSidecar)
        #expect(found.notes.contains { $0.contains("namespace shop is not among the files") } == namespace.isEmpty)
    }

    @Test func aServiceWithoutAnAddressGetsOne() async throws {
        let found = try await AssumedWorkloads.inFiles(
            state(
                """
                {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: b}, spec: {clusterIP: 10.0.0.1}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: c}, spec: {clusterIP: None}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: d}, spec: {type: ExternalName, externalName: x}}
                """
            )
        )
        #expect(found.objects.map(\.name) == ["a"])
        #expect(found.objects.first?.value[path: "spec", "clusterIP"] == "198.19.0.1")
        #expect(found.notes == [])
    }

    /// The tutorial's own files, with nothing of it in a cluster.
    @Test func theTutorialCanBeLookedAtBeforeAnythingExists() throws {
        let samples = SwiftletProgram.samples
        let files = ["-f", "\(samples)/canary-workloads.yaml", "-f", "\(samples)/canary-trafficroute.yaml"]
        let run = try SwiftletProgram.run(["reconcile", "--dry-run", "--offline"] + files)
        #expect(run.status == 0)
        #expect(run.output.contains("benigno_kong-mesh-app_svc_5000"), "\(run.output)")
        #expect(run.output.contains("90%") && run.output.contains("10%"), "\(run.output)")
        #expect(run.errors.contains("3 pods are assumed to run"), "\(run.errors)")
        #expect(run.errors.contains("namespace kong-mesh-app is not among the files"))
        let routes = try SwiftletProgram.run(
            ["inspect", "routes", "--destination", "benigno_kong-mesh-app_svc_5000"] + files
        )
        #expect(routes.output.contains("v1 90% (1 endpoint), v2 10% (1 endpoint)"), "\(routes.output)")
        let dataplanes = try SwiftletProgram.run(["inspect", "dataplanes"] + files)
        #expect(dataplanes.output.contains("benigno-v1-assumed-0"), "\(dataplanes.output)")
        #expect(dataplanes.output.contains("198.18.0.1 (assumed)"))
        let documents = try SwiftletProgram.run(["inspect", "dataplanes", "-o", "yaml"] + files)
        #expect(
            documents.output.contains("swiftlet.phys.app/assumed: \"true\"")
                || documents.output.contains("swiftlet.phys.app/assumed: 'true'"),
            "\(documents.output)"
        )
    }
}
