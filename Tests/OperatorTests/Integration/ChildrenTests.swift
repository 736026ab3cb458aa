import JSON
import KubeModel
import SwiftletAPI
import Testing
import WebServers

/// What a WebServer's children are, and that they stay so.
@Suite(TestCluster.isThere)
struct ChildrenTests {
    /// Asks for every child there is.
    static let everything: JSONValue = [
        "webServerImage": "nginx",
        "ingress": ["host": "phys.app", "ingressClass": "nginx"],
        "autoscaling": ["minReplicas": 2, "maxReplicas": 4],
        "disruptionBudget": ["maxUnavailable": 1],
        "persistentVolumeClaim": ["name": "data", "mountPath": "/data", "createIfNotExists": true],
    ]

    /// The children of a WebServer that asks for everything, as this cluster serves them.
    private func children(_ space: TestNamespace) -> [APIResource] {
        ChildRole.allCases.compactMap { $0.resource(in: space.served) }
    }

    @Test func theyBearItsNameItsLabelsItsOwnerReferenceAndOneManagersFields() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                let uid = try await space.createWebServer("web", Self.everything).metadata().uid
                try await space.untilWritten()
                let resources = children(space)
                #expect(resources.count == ChildRole.allCases.count)
                for resource in resources {
                    let child = try await space.untilThere(resource)
                    let metadata = try child.metadata()
                    #expect(metadata.ownerReferences.map(\.uid) == [uid], "\(resource)")
                    #expect(metadata.controller?.uid == uid, "\(resource)")
                    let labels = WebServerNames.labels("web")
                    #expect(labels.allSatisfy { metadata.labels[$0.key] == $0.value }, "\(resource)")
                    #expect(appliers(of: child) == ["swiftlet"], "\(resource)")
                }
                let status = try await appliers(of: space.get(WebServer.resource))
                #expect(status == ["swiftlet-status"])
                let claim = try await space.untilThere(.persistentVolumeClaims, "data")
                #expect(try claim.metadata().ownerReferences.isEmpty)
                #expect(appliers(of: claim) == ["swiftlet"])
            }
        }
    }

    private func appliers(of object: DynamicObject) -> [String?] {
        (object.value[path: "metadata", "managedFields"]?.arrayValue ?? [])
            .filter { $0["operation"] == "Apply" }
            .map { $0["manager"]?.stringValue }
    }

    @Test func aSectionThatIsRemovedRemovesItsChildAndNoOther() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", Self.everything)
                for resource in children(space) { try await space.untilThere(resource) }
                let deployment = try await space.get(.deployments).metadata().uid
                for (role, section) in [
                    (ChildRole.ingress, "ingress"), (.autoscaler, "autoscaling"),
                    (.disruptionBudget, "disruptionBudget"),
                ] {
                    let resource = try #require(role.resource(in: space.served))
                    try await space.patchWebServer("web", [section: .null])
                    try await space.untilGone(resource)
                }
                #expect(try await space.get(.deployments).metadata().uid == deployment)
                _ = try await space.get(.services)
            }
        }
    }

    @Test(arguments: ChildRole.allCases)
    func anEditOfAChildIsUndoneAtOnce(role: ChildRole) async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                let resource = try #require(role.resource(in: space.served))
                try await space.createWebServer("web", Self.everything)
                let before = try await space.untilThere(resource)
                let (path, foreign): ([String], JSONValue) =
                    switch role {
                    case .deployment: (["spec", "template", "metadata", "labels", WebServerNames.managedByLabel], "me")
                    case .service: (["spec", "selector", WebServerNames.instanceLabel], "other")
                    case .ingress: (["spec", "ingressClassName"], "other")
                    case .autoscaler: (["spec", "maxReplicas"], 9)
                    case .disruptionBudget: (["spec", "maxUnavailable"], 2)
                    }
                var change: JSONValue = [:]
                change[path: path] = foreign
                let edited = try await space.patch(resource, "web", change)
                #expect(edited.value[path: path] == foreign)
                let repaired = try await space.untilThere(resource) {
                    $0.value[path: path] == before.value[path: path]
                }
                #expect(repaired.value["spec"] == before.value["spec"])
            }
        }
    }

    @Test(arguments: ChildRole.allCases)
    func aChildThatIsDeletedIsMadeAnew(role: ChildRole) async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                let resource = try #require(role.resource(in: space.served))
                try await space.createWebServer("web", Self.everything)
                let before = try await space.untilThere(resource).metadata().uid
                try await space.delete(resource)
                let after = try await space.untilThere(resource) {
                    $0.value[path: "metadata", "uid"]?.stringValue != before.description
                }
                #expect(try after.metadata().controller?.name == "web")
            }
        }
    }

    /// What others add to what selects: a Service without endpoints, a budget that protects nothing, pods that find no node.
    @Test(arguments: [ChildRole.service, .disruptionBudget, .deployment])
    func whatIsAddedToASelectorIsUndoneAtOnce(role: ChildRole) async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                let resource = try #require(role.resource(in: space.served))
                var spec = Self.everything
                spec["nodeSelector"] = ["kubernetes.io/os": "linux"]
                try await space.createWebServer("web", spec)
                let before = try await space.untilThere(resource)
                let path =
                    switch role {
                    case .service: ["spec", "selector"]
                    case .disruptionBudget: ["spec", "selector", "matchLabels"]
                    default: ["spec", "template", "spec", "nodeSelector"]
                    }
                var change: JSONValue = [:]
                change[path: path + ["canary"]] = "yes"
                let edited = try await space.patch(resource, "web", change)
                #expect(edited.value[path: path + ["canary"]] == "yes")
                let repaired = try await space.untilThere(resource) { $0.value[path: path + ["canary"]] == nil }
                #expect(repaired.value["spec"] == before.value["spec"])
                try await space.untilWritten()
            }
        }
    }

    @Test func aNodeSelectorThatIsTakenOutLeavesNothingOfOthers() async throws {
        try await TestCluster.withNamespace { space in
            let path = ["spec", "template", "spec", "nodeSelector"]
            try await space.withOperator { _ in
                try await space.createWebServer("web", ["nodeSelector": ["disk": "ssd"]])
                try await space.untilThere(.deployments)
            }
            // Both while nobody looks.
            var change: JSONValue = [:]
            change[path: path] = ["zone": "a"]
            try await space.patch(.deployments, "web", change)
            try await space.patchWebServer("web", ["nodeSelector": .null])
            _ = try await space.withOperator { _ in
                try await space.untilThere(.deployments) { $0.value[path: path] == nil }
            }
        }
    }

    /// The names of the variables of the Deployment's container.
    private static func variables(_ deployment: DynamicObject) -> [String?] {
        let containers = deployment.value[path: "spec", "template", "spec", "containers"]
        return (containers?[0]?["env"]?.arrayValue ?? []).map { $0["name"]?.stringValue }
    }

    /// A variable is expanded only in those after it. Servers before 1.24 append what is new.
    @Test func variablesKeepTheOrderOfTheSpecAndRollOutOnce() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", ["env": [["name": "URL", "value": "http://db:5432"]]])
                try await space.untilReady()
                let variables: JSONValue = [
                    ["name": "HOST", "value": "db"], ["name": "URL", "value": "http://$(HOST):5432"],
                ]
                try await space.patchWebServer("web", ["env": variables])
                let deployment = try await space.untilThere(.deployments) { Self.variables($0) == ["HOST", "URL"] }
                #expect(deployment.value[path: "spec", "paused"] == nil)
                try await space.untilReady()
                // One set of pods before, and one after.
                #expect(try await space.list(.replicaSets).count == 2)

                // Turned round by somebody else, and by the spec.
                let turned: JSONValue = [["name": "URL", "value": "x"], ["name": "HOST", "value": "db"]]
                try await space.patch(
                    .deployments,
                    "web",
                    [
                        "spec": [
                            "template": ["spec": ["containers": [["name": "web", "image": "nginx", "env": turned]]]]
                        ]
                    ]
                )
                try await space.untilThere(.deployments) { Self.variables($0) == ["HOST", "URL"] }
                try await space.patchWebServer("web", ["env": .array((variables.arrayValue ?? []).reversed())])
                try await space.untilThere(.deployments) { Self.variables($0) == ["URL", "HOST"] }
                // Nothing that the operator gives up is left by a correction.
                try await space.patchWebServer("web", ["env": .null])
                try await space.untilThere(.deployments) { Self.variables($0) == [] }
            }
        }
    }

    @Test func somebodyElsesFieldsStayAsTheyAre() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer()
                try await space.untilThere(.services)
                let change: JSONValue = [
                    "metadata": ["annotations": ["example.com/note": "keep"], "labels": ["team": "a"]],
                    "spec": ["sessionAffinity": "ClientIP"],
                ]
                try await space.patch(.services, "web", change)
                // Makes the operator write the Service again.
                try await space.patchWebServer("web", ["service": ["port": 8080]])
                let service = try await space.untilThere(.services) {
                    $0.value[path: "spec", "ports"]?[0]?["port"] == 8080
                }
                #expect(service.value[path: "metadata", "annotations", "example.com/note"] == "keep")
                #expect(service.value[path: "metadata", "labels", "team"] == "a")
                #expect(service.value[path: "spec", "sessionAffinity"] == "ClientIP")
            }
        }
    }
}

extension APIResource {
    fileprivate static let replicaSets = APIResource(
        group: "apps",
        version: "v1",
        kind: "ReplicaSet",
        plural: "replicasets"
    )
}
