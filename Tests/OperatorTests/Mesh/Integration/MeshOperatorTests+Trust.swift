import FoundationEssentials
import Injection
import JSON
import KubeClient
import KubeModel
import PollingSupport
import Testing

@testable import Operator

extension MeshOperatorTests {
    private static let secret = "swiftlet-certificates"

    private func text(_ space: TestNamespace, secret key: String) async throws -> String? {
        try await space.find(.secrets, Self.secret)?.value[path: "data", key]?.stringValue
            .flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    private func told(_ space: TestNamespace) async throws -> JSONValue? {
        try await space.find(.configMaps, SecretFile.configMapName)?.value["data"]
    }

    @Test func namespacesWithSidecarsAreToldWhomToTrustAndThatIsKept() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh { _, _ in
                try await eventually("there are certificates") { try await text(space, secret: "ca.crt") != nil }
                #expect(try await told(space) == nil)
                try await space.annotate(["kuma.io/sidecar-injection": "enabled"])
                let authorities = try await text(space, secret: "ca.crt") ?? ""
                let wanted = JSONValue.strings(TrustBundle.data(authorities))
                try await eventually("it is told") { try await told(space) == wanted }
                let version = try await space.find(.configMaps, SecretFile.configMapName)?.resourceVersion
                try await always("it is written once", for: .seconds(2)) {
                    try await space.find(.configMaps, SecretFile.configMapName)?.resourceVersion == version
                }

                try await space.patch(.configMaps, SecretFile.configMapName, ["data": ["ca.crt": "another"]])
                try await eventually("a change is reverted") { try await told(space) == wanted }
                try await space.client.delete(.configMaps, space.key(SecretFile.configMapName))
                try await eventually("it is written again") { try await told(space) == wanted }

                // Without its key the authority issues nothing more: another one is introduced.
                try await space.patch(.secrets, Self.secret, ["data": ["ca.key": .null]])
                try await eventually("sidecars are told of the next authority before it issues") {
                    let told = try await told(space)?["ca.crt"]?.stringValue ?? ""
                    return told.contains(authorities) && told != authorities
                }
            }
        }
    }

    @Test func aConfigMapOfSomebodyElseIsLeftAsItIs() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.create(.configMaps, SecretFile.configMapName, ["data": ["ca.crt": "theirs"]])
            try await space.withMesh { _, _ in
                try await space.annotate(["kuma.io/sidecar-injection": "enabled"])
                try await space.untilInjecting()
                try await always("it stays", for: .seconds(2)) { try await told(space) == ["ca.crt": "theirs"] }
            }
        }
    }

    @Test func aDeletedSecretIsRestoredWithTheSameAuthority() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh { _, _ in
                try await eventually("there are certificates") { try await text(space, secret: "ca.key") != nil }
                let former = try await space.find(.secrets, Self.secret)
                try await space.client.delete(.secrets, space.key(Self.secret))
                let restored = try await eventually("the Secret is there again") {
                    try await space.find(.secrets, Self.secret).flatMap { $0.uid == former?.uid ? nil : $0 }
                }
                #expect(restored.value["data"] == former?.value["data"])
                #expect(restored.labels == former?.labels)
            }
        }
    }

    @Test func uninstallKeepsTheAuthorityUnlessItIsToldOtherwise() async throws {
        try await TestNamespace.withMeshNamespace { space in
            let own = ["app.kubernetes.io/name": "swiftlet"]
            let data: JSONValue = ["data": ["ca.crt": "eA=="]]
            try await space.create(.secrets, Self.secret, data, labels: own)
            try await space.create(.secrets, "empty", labels: own)
            let subject = "Secret \(space.name)/\(Self.secret)"
            let kept = try await uninstall(space, isDryRun: true) { $0.removesOperator = true }
            #expect(kept.contains("kept \(subject), whose authority running sidecars trust: --certificates removes it"))
            #expect(kept.contains("would delete Secret \(space.name)/empty"))
            let removed = try await uninstall(space, isDryRun: true) {
                $0.removesOperator = true
                $0.removesCertificates = true
            }
            #expect(removed.contains("would delete \(subject)"))
        }
    }
}
