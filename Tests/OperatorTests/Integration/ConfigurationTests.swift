import JSON
import KubeModel
import SwiftletAPI
import Testing
import WebServers

/// ConfigMaps and Secrets that WebServers mount.
@Suite(TestCluster.isThere)
struct ConfigurationTests {
    private static let spec: JSONValue = [
        "configFrom": [
            ["configMap": ["name": "site"], "mountPath": "/site"],
            ["secret": ["name": "keys", "optional": true], "mountPath": "/keys"],
        ]
    ]

    private func digest(_ deployment: DynamicObject) -> String {
        let path = ["spec", "template", "metadata", "annotations", WebServerNames.configAnnotation]
        return deployment.value[path: path]?.stringValue ?? ""
    }

    /// Waits until the pods are told of other content than before.
    private func untilRolled(_ space: TestNamespace, from before: String) async throws -> String {
        digest(try await space.untilThere(.deployments) { !digest($0).isEmpty && digest($0) != before })
    }

    @Test func theContentRollsThePodsAndNothingElseDoes() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.create(.configMaps, "site", ["data": ["index.html": "one"]])
                try await space.createWebServer("web", Self.spec)
                try await space.untilReady()
                let one = digest(try await space.get(.deployments))
                try await space.patch(.configMaps, "site", ["data": ["index.html": "two"]])
                let two = try await untilRolled(space, from: one)
                try await space.create(.secrets, "keys", ["stringData": ["key": "secret"]])
                let three = try await untilRolled(space, from: two)
                try await space.patch(.secrets, "keys", ["stringData": ["key": "other"]])
                let four = try await untilRolled(space, from: three)
                try await space.untilReady()

                // Labels are not content, and other objects are not ours.
                let generation = try await space.get(.deployments).metadata().generation
                try await space.patch(.configMaps, "site", ["metadata": ["labels": ["team": "a"]]])
                try await space.create(.configMaps, "unrelated", ["data": ["a": "b"]])
                // A change that is seen after those says that they were seen.
                try await space.patch(.configMaps, "site", ["data": ["index.html": "three"]])
                _ = try await untilRolled(space, from: four)
                #expect(try await space.get(.deployments).metadata().generation == generation + 1)
            }
        }
    }

    @Test func aMissingConfigMapIsToldUntilItIsThere() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", Self.spec)
                let told = try await space.untilCondition("Ready", .no, "ConfigMapNotFound")
                #expect(told.message.contains("ConfigMap \"site\" of spec.configFrom does not exist"))
                #expect(told.message.contains("optional: true"))
                try await space.create(.configMaps, "site", ["data": ["index.html": "one"]])
                try await space.untilReady()
            }
        }
    }
}
