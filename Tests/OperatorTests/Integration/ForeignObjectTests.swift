import JSON
import KubeApply
import KubeClient
import KubeModel
import Operator
import PollingSupport
import SwiftletAPI
import Testing
import WebServers

/// Objects that bear a WebServer's name and are not its own.
@Suite(TestCluster.isThere)
struct ForeignObjectTests {
    private static let deploymentSpec: JSONValue = [
        "replicas": 0, "selector": ["matchLabels": ["app": "theirs"]],
        "template": [
            "metadata": ["labels": ["app": "theirs"]],
            "spec": ["containers": [["name": "theirs", "image": "theirs"]]],
        ],
    ]
    private static let serviceSpec: JSONValue = ["selector": ["app": "theirs"], "ports": [["port": 99]]]

    @Test(arguments: [ChildRole.deployment, .service])
    func aForeignObjectIsLeftAloneAndNamedUntilItIsGone(role: ChildRole) async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { log in
                let resource = try #require(role.resource(in: space.served))
                let spec = role == .deployment ? Self.deploymentSpec : Self.serviceSpec
                try await space.create(resource, "web", ["spec": spec])
                let before = try await space.settled(resource)
                try await space.createWebServer()
                let stalled = try await space.untilCondition("Stalled", .yes, "NameConflict")
                #expect(stalled.message.contains("\(resource.groupKind) \(space.name)/web"))
                #expect(stalled.message.contains("not owned by this WebServer"))
                try await space.untilCondition("Ready", .no, "NameConflict")
                // The other children do not wait for this one.
                try await space.untilThere(role == .deployment ? .services : .deployments)
                let after = try await space.get(resource)
                #expect(try after.metadata().resourceVersion == before.metadata().resourceVersion)

                try await space.delete(resource)
                try await eventually("the WebServer has one of its own") {
                    try await space.find(resource)?.metadata().controller?.name == "web"
                }
                try await space.untilReady()
            }
        }
    }

    /// The race between looking and creating, without the luck that it takes.
    @Test func aForeignObjectThatAppearsWhileOneIsCreatedIsLeftAsItWas() async throws {
        try await TestCluster.withNamespace { space in
            let spec: JSONValue = ["selector": ["a": "b"], "ports": [["port": 80, "protocol": "TCP"]]]
            let foreign = try await space.create(.services, "web", ["spec": spec], labels: ["app": "theirs"])
            // One that exists, else the cluster would collect what it owns.
            let owner = try await space.createWebServer().metadata()
            let reference = OwnerReference(
                apiVersion: WebServer.resource.apiVersion,
                kind: WebServer.resource.kind,
                name: owner.name,
                uid: owner.uid
            )
            let intent: JSONValue = [
                "apiVersion": "v1", "kind": "Service",
                "metadata": [
                    "name": "web", "namespace": .string(space.name), "labels": ["team": "ours"],
                    "ownerReferences": [reference.json],
                ],
                "spec": spec,
            ]
            let creation = PlannedAction.Apply(
                resource: .services,
                intent: DynamicObject(intent),
                manager: WebServerNames.manager,
                mode: .create,
                reason: "a test"
            )
            let executor = PlanExecutor(client: space.client)
            let error = await #expect(throws: KubeError.self) { try await executor.perform(.apply(creation)) }
            #expect(error?.isConflict == true)
            let after = try await space.get(.services)
            #expect(after.withoutServerFields() == foreign.withoutServerFields())
            #expect(after.value[path: "metadata", "managedFields"]?.arrayValue?.count == 1)

            // What one made oneself, when the server is asked twice, stays.
            try await space.delete(.services)
            let first = try await executor.perform(.apply(creation))
            let second = try await executor.perform(.apply(creation))
            #expect(first == second)
        }
    }

    @Test func aForeignClaimOfTheNameThatIsAskedForIsUsedAndNeverAltered() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                let claim: JSONValue = [
                    "spec": [
                        "accessModes": ["ReadWriteMany"], "storageClassName": .string(space.name),
                        "resources": ["requests": ["storage": "3Gi"]],
                    ]
                ]
                try await space.create(.persistentVolumeClaims, "data", claim)
                let before = try await space.settled(.persistentVolumeClaims, "data")
                try await space.createWebServer(
                    "web",
                    [
                        "persistentVolumeClaim": [
                            "name": "data", "mountPath": "/data", "createIfNotExists": true, "size": "9Gi",
                            "storageClass": "other",
                        ]
                    ]
                )
                try await space.untilWritten()
                try await space.patchWebServer("web", ["persistentVolumeClaim": ["size": "10Gi"]])
                try await space.untilWritten()
                let after = try await space.get(.persistentVolumeClaims, "data")
                #expect(try after.metadata().resourceVersion == before.metadata().resourceVersion)
                #expect(after.value["spec"] == before.value["spec"])
                // Its access modes count, not those that the spec would have given it.
                let strategy = try await space.get(.deployments).value[path: "spec", "strategy", "type"]
                #expect(strategy == "RollingUpdate")
            }
        }
    }
}

extension TestNamespace {
    /// The object once nobody has written it for a while: controllers of the cluster write to new objects, too.
    func settled(_ resource: APIResource, _ object: String = "web") async throws -> DynamicObject {
        var last = try await get(resource, object)
        var unchanged = 0
        return try await eventually("\(resource) \(object) is left alone") {
            let present = try await get(resource, object)
            unchanged = present == last ? unchanged + 1 : 0
            last = present
            return unchanged < 20 ? nil : present
        }
    }
}
