import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import Testing

/// Volumes of WebServers.
@Suite(TestCluster.isThere)
struct StorageTests {
    private func section(create: Bool = false, _ name: String = "data") -> JSONValue {
        [
            "persistentVolumeClaim": [
                "name": .string(name), "mountPath": "/usr/share/nginx/html", "createIfNotExists": .bool(create),
            ]
        ]
    }

    private func createClaim(
        _ space: TestNamespace,
        _ name: String = "data",
        mode: String = "ReadWriteOnce"
    ) async throws {
        try await space.create(
            .persistentVolumeClaims,
            name,
            [
                "spec": [
                    "accessModes": [.string(mode)], "resources": ["requests": ["storage": "1Gi"]],
                    "storageClassName": .string(space.name),
                ]
            ]
        )
    }

    @Test func aMissingClaimIsToldAndWaitedFor() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", section())
                let bound = try await space.untilCondition("StorageBound", .no, "PersistentVolumeClaimNotFound")
                #expect(bound.message.contains("\"data\" does not exist in namespace \(space.name)"))
                #expect(bound.message.contains("createIfNotExists: true"))
                try await space.untilCondition("Ready", .no, "PersistentVolumeClaimNotFound")
                #expect(try await space.list(.persistentVolumeClaims).isEmpty)

                try await createClaim(space)
                try await space.untilCondition("StorageBound", .no, "Pending")
                try await space.withVolume {
                    try await space.untilReady()
                    let storage = try await space.untilCondition("StorageBound", .yes, "Bound")
                    #expect(storage.message.contains("strategy Recreate"))
                }
            }
        }
    }

    @Test func aClaimIsCreatedAsAskedFor() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer(
                    "web",
                    [
                        "persistentVolumeClaim": [
                            "name": "data", "mountPath": "/data", "createIfNotExists": true, "size": "2Gi",
                            "storageClass": .string(space.name), "accessModes": ["ReadWriteMany", "ReadOnlyMany"],
                        ]
                    ]
                )
                let claim = try await space.untilThere(.persistentVolumeClaims, "data")
                #expect(claim.value[path: "spec", "resources", "requests", "storage"] == "2Gi")
                #expect(claim.value[path: "spec", "storageClassName"]?.stringValue == space.name)
                #expect(claim.value[path: "spec", "accessModes"] == ["ReadWriteMany", "ReadOnlyMany"])
            }
        }
    }

    @Test func theStrategyFollowsTheVolumeOnALiveDeployment() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                func strategy(_ type: String) async throws {
                    try await space.untilThere(.deployments) {
                        $0.value[path: "spec", "strategy", "type"]?.stringValue == type
                    }
                    // Nothing was refused.
                    let reconciling = try await space.untilWritten().status?.conditions[type: "Reconciling"]
                    #expect(reconciling?.reason != "WriteFailed", "\(reconciling?.message ?? "")")
                }
                try await createClaim(space, "once", mode: "ReadWriteOnce")
                try await createClaim(space, "many", mode: "ReadWriteMany")
                try await space.createWebServer()
                try await strategy("RollingUpdate")
                try await space.patchWebServer("web", section("once"))
                try await strategy("Recreate")
                try await space.patchWebServer("web", ["persistentVolumeClaim": ["name": "many"]])
                try await strategy("RollingUpdate")
                try await space.patchWebServer("web", ["persistentVolumeClaim": ["name": "once"]])
                try await strategy("Recreate")
                try await space.patchWebServer("web", ["persistentVolumeClaim": .null])
                try await strategy("RollingUpdate")
            }
        }
    }

    private func section(_ name: String) -> JSONValue { section(create: false, name) }
}

extension TestNamespace {
    /// Runs `body` while there is a volume for the claims of the storage class that is named like this namespace.
    fileprivate func withVolume(_ body: () async throws -> Void) async throws {
        let volumes = APIResource(
            group: "",
            version: "v1",
            kind: "PersistentVolume",
            plural: "persistentvolumes",
            isNamespaced: false
        )
        let value: JSONValue = [
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": .string(name)],
            "spec": [
                "accessModes": ["ReadWriteOnce"], "capacity": ["storage": "1Gi"], "storageClassName": .string(name),
                "hostPath": ["path": "/nowhere"], "persistentVolumeReclaimPolicy": "Retain",
            ],
        ]
        _ = try await client.create(volumes, value)
        var failure: (any Error)?
        do { try await body() } catch { failure = error }
        try await client.delete(volumes, ObjectKey(namespace: "", name: name))
        if let failure { throw failure }
    }
}
