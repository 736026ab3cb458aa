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
