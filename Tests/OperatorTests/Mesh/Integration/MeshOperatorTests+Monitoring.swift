import JSON
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import PollingSupport
import SwiftletAPI
import Testing

@testable import Operator

extension MeshOperatorTests {
    @Test func whatIsScrapedIsWhatTheCatalogSays() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh { _, registry in
                try await space.annotate(["kuma.io/sidecar-injection": "enabled"])
                try await space.untilInjecting()
                registry.register(ProcessMetrics())
                let text = registry.text()
                #expect(ExposedMetrics.faults(in: text, catalog: .swiftlet) == [])
                #expect(text.split(separator: "\n").count { $0.hasPrefix("# TYPE") } > 35)
            }
        }
        let wrong = "# TYPE store_objects counter\nstore_objects{color=\"a\\\"b\"} 1\n"
        let faults = ExposedMetrics.faults(in: wrong, catalog: .swiftlet)
        #expect(faults == ["store_objects is a counter", "store_objects has the labels [\"color\"]"])
    }

    @Test func theDoctorSeesAnInstallOnARealServer() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh { _, _ in
                try await space.annotate(["kuma.io/sidecar-injection": "enabled"])
                try await space.untilInjecting()
                _ = try await space.client.create(.deployments, Self.deployment(space))
                let place = InstallState.Place(namespace: space.name)
                let doctor = Doctor(
                    client: space.client,
                    discovery: Discovery(client: space.client),
                    namespace: nil,
                    install: place,
                    now: TimeSource.system.wall.timestamp
                )
                let findings = try await doctor.examine()
                func finding(_ subject: String) -> Doctor.Finding? { findings.first { $0.subject == subject } }
                for resource in [WebServer.resource, Mesh.resource, TrafficRoute.resource] {
                    let definition = finding("definition \(resource.plural).\(resource.group)")
                    #expect(definition?.message == "is in force, and of this version")
                }
                #expect(finding("deployment swiftlet")?.message == "has no ready pod of 1")
                #expect(finding("certificate tls")?.severity == .ok, "\(findings)")
                #expect(finding("certificate xds")?.severity == .ok)
                let injector = finding("MutatingWebhookConfiguration swiftlet-injector")
                #expect(injector?.message == "is registered and trusts the operator; refuses while it is away")
                // The account of the Deployment may nothing, whoever asks.
                let rights = finding("rights")
                #expect(rights?.severity == .problem)
                let account = "system:serviceaccount:\(space.name):default"
                #expect(rights?.message.hasPrefix("\(account) may nothing of what the operator needs") == true)
                #expect(DoctorReport(findings).hasProblems)
            }
        }
    }

    private static func deployment(_ space: TestNamespace) -> JSONValue {
        let labels: JSONValue = ["app.kubernetes.io/name": "swiftlet", "kuma.io/sidecar-injection": "disabled"]
        return [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": "swiftlet", "namespace": .string(space.name), "labels": labels],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app.kubernetes.io/name": "swiftlet"]],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": ["containers": [["name": "swiftlet", "image": "swiftlet"]]],
                ],
            ],
        ]
    }
}
