import JSON
import KubeModel
import Testing

@testable import Operator

struct SlippedPodTests {
    private static let enabled = ["kuma.io/sidecar-injection": "enabled"]
    private static let replicaSet: JSONValue = [
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-7d4b9", "uid": "rs", "controller": true,
    ]

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var labels: [String: String] = [:]
        var annotations: [String: String] = [:]
        var owner: JSONValue? = replicaSet
        var spec: JSONValue = ["containers": [["name": "app"]]]
        var phase = "Running"
        var isDeleted = false
        var namespace = (labels: enabled, annotations: [String: String]())
        /// `nil` for a pod that is as it should be.
        var words: String?
        var mayBeRestarted = false

        var pod: JSONValue {
            [
                "metadata": .compact([
                    "name": "web-1", "namespace": "shop", "uid": "uid", "labels": .strings(labels),
                    "annotations": .strings(annotations),
                    "ownerReferences": owner.map { [$0] },
                    "deletionTimestamp": isDeleted ? "2026-01-01T00:00:00Z" : nil,
                ]),
                "spec": spec, "status": ["phase": .string(phase)],
            ]
        }
    }

    private static let asked = (
        labels: enabled, annotations: [SlippedPod.restartAnnotation: "true"]
    )

    private static func owned(by kind: String) -> JSONValue {
        var owner = replicaSet
        owner["kind"] = .string(kind)
        return owner
    }

    @Test(arguments: [
        Row(testDescription: "of an enabled namespace", words: "ReplicaSet web-7d4b9 makes another"),
        Row(
            testDescription: "of an annotated namespace",
            namespace: ([:], ["kuma.io/sidecar-injection": "true"]),
            words: "Delete it"
        ),
        Row(testDescription: "enabled itself", labels: enabled, namespace: ([:], [:]), words: "Delete it"),
        Row(testDescription: "nobody asked", namespace: ([:], [:])),
        Row(testDescription: "disabled itself", labels: ["kuma.io/sidecar-injection": "disabled"]),
        Row(testDescription: "disabled namespace", namespace: (["kuma.io/sidecar-injection": "no"], [:])),
        Row(testDescription: "has a sidecar of the name", spec: ["containers": [["name": "kuma-sidecar"]]]),
        Row(testDescription: "host network", spec: ["hostNetwork": true, "containers": [["name": "app"]]]),
        Row(testDescription: "exempt", labels: ["openshift.io/build.name": "x"]),
        Row(testDescription: "static", annotations: ["kubernetes.io/config.mirror": "x"]),
        Row(testDescription: "has succeeded", phase: "Succeeded"),
        Row(testDescription: "has failed", phase: "Failed"),
        Row(testDescription: "goes already", isDeleted: true),
        Row(testDescription: "without a controller", owner: nil, words: "create it again"),
        Row(
            testDescription: "its mesh is missing",
            labels: ["kuma.io/mesh": "lab"],
            namespace: asked,
            words: "There is no Mesh \"lab\""
        ),
        Row(
            testDescription: "it would be refused",
            annotations: ["kuma.io/envoy-admin-port": "x"],
            namespace: asked,
            words: "does not help: Pod shop/web-1: no sidecar injected"
        ),
        Row(testDescription: "restart asked", namespace: asked, words: "It is evicted", mayBeRestarted: true),
        Row(
            testDescription: "restart asked in other words",
            namespace: (enabled, [SlippedPod.restartAnnotation: "yes"]),
            words: "let the namespace's annotation"
        ),
        Row(
            testDescription: "restart asked of a StatefulSet",
            owner: owned(by: "StatefulSet"),
            namespace: asked,
            words: "It is evicted",
            mayBeRestarted: true
        ),
        Row(
            testDescription: "restart asked of a Job, whose work would be lost",
            owner: owned(by: "Job"),
            namespace: asked,
            words: "Run Job web-7d4b9 again"
        ),
        Row(
            testDescription: "restart asked without a controller",
            owner: nil,
            namespace: asked,
            words: "create it again"
        ),
    ])
    func podsWithoutTheirSidecarAreFound(_ row: Row) throws {
        let namespace = try MeshSample.namespace(labels: row.namespace.labels, annotations: row.namespace.annotations)
        let found = try SlippedPod(
            pod: row.pod,
            namespace: namespace,
            injector: MeshSample.injector,
            meshes: ["default"]
        )
        #expect((found != nil) == (row.words != nil))
        #expect(found?.note.contains(row.words ?? "") ?? true, "\(found?.note ?? "")")
        #expect(found?.mayBeRestarted ?? false == row.mayBeRestarted)
        // What is watched of a pod rules none out that has slipped.
        let pod: Pod = try MeshSample.read(row.pod)
        if found != nil { #expect(SlippedPod.isPossible(pod, namespace: namespace)) }
    }

    @Test(arguments: [
        Row(testDescription: "nobody asked", namespace: ([:], [:])),
        Row(testDescription: "injected", annotations: ["kuma.io/sidecar-injected": "true"]),
        Row(testDescription: "disabled itself", labels: ["kuma.io/sidecar-injection": "disabled"]),
        Row(testDescription: "disabled namespace", namespace: (["kuma.io/sidecar-injection": "no"], [:])),
        Row(testDescription: "has ended", phase: "Succeeded"),
        Row(testDescription: "goes already", isDeleted: true),
    ])
    func mostPodsAreRuledOutByWhatIsWatchedOfThem(_ row: Row) throws {
        let namespace = try MeshSample.namespace(labels: row.namespace.labels, annotations: row.namespace.annotations)
        #expect(!SlippedPod.isPossible(try MeshSample.read(row.pod), namespace: namespace))
    }

    @Test func aPodOfANamespaceThatIsNotKnownYetWaitsForIt() throws {
        #expect(!SlippedPod.isPossible(try MeshSample.read(Row(testDescription: "").pod), namespace: nil))
    }

    @Test func peopleAreToldWhereTheyLook() throws {
        func subject(_ owner: JSONValue?) throws -> String {
            let pod = try SlippedPod(
                pod: Row(testDescription: "", owner: owner).pod,
                namespace: try MeshSample.namespace(labels: Self.enabled),
                injector: MeshSample.injector,
                meshes: ["default"]
            )
            let subject = try #require(pod).subject
            return "\(subject.kind.apiVersion) \(subject.kind.kind) \(subject.name) \(subject.uid)"
        }
        #expect(try subject(Self.replicaSet) == "apps/v1 ReplicaSet web-7d4b9 rs")
        #expect(try subject(nil) == "v1 Pod web-1 uid")
        var other = Self.replicaSet
        other["controller"] = false
        #expect(try subject(other) == "v1 Pod web-1 uid")
    }
}
