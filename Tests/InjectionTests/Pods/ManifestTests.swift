import Injection
import JSON
import Testing

struct ManifestTests {
    private func inject(_ manifest: JSONValue) throws -> InjectionOutcome {
        try SidecarInjector.native.inject(
            manifest: manifest,
            namespace: { $0 == "plain" ? NamespaceMetadata(name: "plain") : .enabled },
            drainToken: "secret"
        )
    }

    private static let template: JSONValue = [
        "metadata": ["labels": ["app": "web"]], "spec": ["containers": [["name": "web"]]],
    ]

    @Test(
        arguments: [
            ("v1", "Pod", []), ("v1", "PodTemplate", ["template"]),
            ("v1", "ReplicationController", ["spec", "template"]),
            ("apps/v1", "Deployment", ["spec", "template"]), ("apps/v1", "StatefulSet", ["spec", "template"]),
            ("apps/v1", "DaemonSet", ["spec", "template"]), ("apps/v1", "ReplicaSet", ["spec", "template"]),
            ("batch/v1", "Job", ["spec", "template"]),
            ("batch/v1", "CronJob", ["spec", "jobTemplate", "spec", "template"]),
            ("batch/v1beta1", "CronJob", ["spec", "jobTemplate", "spec", "template"]),
        ] as [(String, String, [String])]
    )
    func everyWorkloadsPodsGetASidecar(version: String, kind: String, path: [String]) throws {
        var manifest: JSONValue = [:]
        manifest[path: path] = Self.template
        manifest["apiVersion"] = .string(version)
        manifest["kind"] = .string(kind)
        manifest[path: "metadata", "name"] = "web"
        let outcome = try inject(manifest)
        let pod = try #require(outcome.object[path: path])
        #expect(pod[path: "spec", "initContainers"]?.arrayValue?.count == 2)
        #expect(pod[path: "metadata", "annotations", "kuma.io/sidecar-injected"] == "true")
        // Nothing outside of the template, and nothing a second time.
        var rest = outcome.object
        if !path.isEmpty {
            rest[path: path] = Self.template
            #expect(rest == manifest)
        }
        #expect(try inject(outcome.object).object == outcome.object)
    }

    @Test(
        arguments: [
            "{apiVersion: v1, kind: Service, spec: {template: {spec: {containers: [{name: x}]}}}}",
            "{apiVersion: example.com/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: x}]}}}}",
            "{kind: ConfigMap}", "{}", "[]", "7", "{apiVersion: a/b/c, kind: Pod}",
        ]
    )
    func otherObjectsPassThrough(text: String) throws {
        let manifest = try yaml(text)
        let outcome = try inject(manifest)
        #expect(outcome.object == manifest)
        #expect(outcome.action == .notAWorkload)
    }

    @Test(arguments: [
        "{apiVersion: apps/v1, kind: Deployment}", "{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: 7}}",
    ])
    func aWorkloadWithoutATemplateIsLeftToTheServer(text: String) throws {
        let manifest = try yaml(text)
        #expect(try inject(manifest).object == manifest)
    }

    @Test func aListIsAllOrNothing() throws {
        let list = try yaml(
            """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Service, metadata: {name: s}}
            - {apiVersion: v1, kind: Pod, metadata: {name: without, namespace: plain}, spec: {containers: [{name: a}]}}
            - {apiVersion: v1, kind: Pod, metadata: {name: with}, spec: {containers: [{name: a}]}}
            - {kind: PodList, items: [{apiVersion: v1, kind: Pod, spec: {hostNetwork: true, containers: [{name: a}]}}]}
            """
        )
        let outcome = try inject(list)
        #expect(outcome.settings?.mesh == "default")
        #expect(outcome.object["items"]?[0] == list["items"]?[0])
        #expect(outcome.object["items"]?[1] == list["items"]?[1])
        #expect(outcome.object["items"]?[2]?[path: "spec", "initContainers"]?.arrayValue?.count == 2)
        #expect(outcome.warnings.count == 1)
        var bad = list
        bad["items"] = .array((list["items"]?.arrayValue ?? []) + [["apiVersion": "v1", "kind": "Pod"]])
        #expect(throws: InjectionError.self) { try inject(bad) }
    }

    @Test func anErrorNamesTheWorkloadAndItsField() throws {
        let manifest = try yaml(
            """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: report, namespace: shop}
            spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, securityContext: {runAsUser: 5678}}]}}}}}
            """
        )
        let error = try #require(throws: InjectionError.self) { try inject(manifest) }
        #expect(
            error.description.hasPrefix(
                "CronJob shop/report: no sidecar injected: spec.jobTemplate.spec.template.spec.containers[0].securityContext.runAsUser: "
            )
        )
    }
}
