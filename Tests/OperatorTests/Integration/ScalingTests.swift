import JSON
import KubeClient
import KubeModel
import PollingSupport
import SwiftletAPI
import Testing
import WebServers

/// How many pods there are, and who says so.
@Suite(TestCluster.isThere)
struct ScalingTests {
    @Test func theScaleSubresourceScales() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer()
                try await space.untilReady()
                try await space.patch(WebServer.resource, "web", ["spec": ["replicas": 3]], subresource: "scale")
                try await space.untilReady()
                let scale = try await space.client.get(WebServer.resource, space.key("web"), subresource: "scale")
                #expect(scale[path: "spec", "replicas"] == 3)
                #expect(scale[path: "status", "replicas"] == 3)
                let selector = scale[path: "status", "selector"]?.stringValue ?? ""
                #expect(selector == "app.kubernetes.io/instance=web,app.kubernetes.io/name=webserver")
                #expect(try await space.pods().count == 3)
            }
        }
    }

    @Test func noReplicasAreAStateOfItsOwn() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", ["replicas": 2])
                try await space.untilReady()
                try await space.patchWebServer("web", ["replicas": 0])
                try await space.untilCondition("DeploymentAvailable", .yes, "ScaledToZero")
                try await space.untilReady()
                try await eventually("there are no pods") { try await space.pods().isEmpty }
                #expect(try await space.webServer().status?.replicas == 0)
                try await space.patchWebServer("web", ["replicas": 1])
                try await space.untilReady()
                #expect(try await space.pods().count == 1)
            }
        }
    }

    @Test func anAutoscalerTakesOverAndGivesBackWithoutADip() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                let autoscaler = try #require(space.served.autoscaler)
                try await space.createWebServer("web", ["replicas": 5])
                try await space.untilWritten()
                let begin = try await space.get(.deployments).metadata().resourceVersion
                try await space.patchWebServer("web", ["autoscaling": ["minReplicas": 2, "maxReplicas": 9]])
                try await space.untilThere(autoscaler)
                try await space.untilThere(.deployments) { $0.isManaged("replicas", by: "swiftlet") == false }
                // As the autoscaler does.
                try await space.patch(.deployments, "web", ["spec": ["replicas": 7]], subresource: "scale")
                // Makes the operator write the Deployment again.
                try await space.patchWebServer("web", ["webServerImage": "nginx:1.22"])
                try await space.untilThere(.deployments) { $0.image == "nginx:1.22" }
                try await space.patchWebServer("web", ["autoscaling": .null, "replicas": 4])
                try await space.untilGone(autoscaler)
                let end = try await space.untilThere(.deployments) {
                    $0.value[path: "spec", "replicas"] == 4 && $0.isManaged("replicas", by: "swiftlet")
                }
                let counts = try await space.replicaCounts(from: begin, to: end)
                #expect(counts == [5, 7, 4])
            }
        }
    }
}

extension DynamicObject {
    /// Whether a field of the spec is owned by what `manager` applied.
    fileprivate func isManaged(_ field: String, by manager: String) -> Bool {
        (value[path: "metadata", "managedFields"]?.arrayValue ?? []).contains {
            $0["manager"]?.stringValue == manager && $0["operation"] == "Apply"
                && $0[path: "fieldsV1", "f:spec", "f:\(field)"] != nil
        }
    }
}

extension TestNamespace {
    /// Every number of replicas that the Deployment was told to have between two of its versions, without repetitions.
    fileprivate func replicaCounts(from begin: ResourceVersion, to end: DynamicObject) async throws -> [Int64] {
        let options = WatchOptions(namespace: name, resourceVersion: begin.description, timeoutSeconds: 20)
        let last = try end.metadata().resourceVersion
        var counts: [Int64] = [5]
        let events = try await client.watch(.deployments, as: DynamicObject.self, options: options)
        for try await event in events {
            guard case .modified(let deployment) = event else { continue }
            let count = deployment.value[path: "spec", "replicas"]?.intValue ?? -1
            if count != counts.last { counts.append(count) }
            if try deployment.metadata().resourceVersion >= last { break }
        }
        return counts
    }
}
