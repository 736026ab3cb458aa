import JSON
import KubeModel
import PollingSupport
import SwiftletAPI
import Testing
import WebServers

/// What is left of a WebServer that was deleted.
@Suite(TestCluster.isThere)
struct DeletionTests {
    /// The garbage collector of an old controller manager learns of a new kind only after 30 s.
    private static let collection = Duration.seconds(60)

    @Test func theClaimStaysAndNothingElse() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", ChildrenTests.everything)
                let resources = ChildRole.allCases.compactMap { $0.resource(in: space.served) }
                for resource in resources { try await space.untilThere(resource) }
                let claim = try await space.untilThere(.persistentVolumeClaims, "data").metadata().uid
                try await space.delete(WebServer.resource)
                for resource in resources { try await space.untilGone(resource, within: Self.collection) }
                try await eventually("the pods are gone", within: Self.collection) {
                    try await space.pods().isEmpty
                }
                #expect(try await space.get(.persistentVolumeClaims, "data").metadata().uid == claim)
            }
        }
    }

    @Test func oneOfTheSameNameConvergesOnceTheOldChildrenAreGone() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", ["webServerImage": "nginx:1.22"])
                let old = try await space.untilThere(.deployments).metadata().uid
                try await space.delete(WebServer.resource)
                let recreated = try await space.createWebServer("web", ["webServerImage": "nginx:1.31"])
                let uid = try recreated.metadata().uid
                try await eventually("the Deployment belongs to the new WebServer", within: Self.collection) {
                    let deployment = try await space.find(.deployments)?.metadata()
                    return deployment?.controller?.uid == uid && deployment?.uid != old
                }
                try await space.untilReady()
                let image = try await space.get(.deployments).image
                #expect(image == "nginx:1.31")
            }
        }
    }
}

extension DynamicObject {
    /// The image of a Deployment's container.
    var image: String? {
        value[path: "spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue
    }
}
