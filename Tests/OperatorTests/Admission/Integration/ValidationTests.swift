import JSON
import KubeClient
import KubeModel
import PollingSupport
import SwiftletAPI
import Testing
import WebServers

@testable import Operator

/// The validator as people see it through a real API server.
@Suite(TestCluster.isThere, .timeLimit(.minutes(20)))
struct ValidationTests {
    private static let host: JSONValue = ["webServerImage": "nginx:1.27", "ingress": ["host": "phys.app"]]

    @Test func whatIsInvalidIsRefusedWithAllItsFieldsAndWhatIsRightIsStored() async throws {
        try await TestCluster.withNamespace { space in
            // Stored before anybody validated.
            try await space.createWebServer("before", ["ingress": ["host": "phys.app:80"], "replicas": 0])
            try await space.withValidation {
                let refusal = await #expect(throws: KubeError.self) {
                    try await space.createWebServer("web", ["webServerImage": "a b", "ingress": ["host": "http://x"]])
                }
                let status = try #require(refusal?.status)
                #expect(status.code == 422 && status.reason == "Invalid")
                #expect(
                    status.message.contains("spec.ingress.host: ") && status.message.contains("spec.webServerImage: ")
                )

                // What was wrong before does not keep people from editing the rest, nor from deleting it.
                try await space.patchWebServer("before", ["replicas": 1])
                try await space.patch(WebServer.resource, "before", ["metadata": ["labels": ["a": "b"]]])
                await #expect(throws: KubeError.self) {
                    try await space.patchWebServer("before", ["webServerImage": "a b"])
                }
                try await space.delete(WebServer.resource, "before")

                try await space.createWebServer("web", Self.host)
                // The operator's own writes pass. What it decides by is what it has seen.
                try await space.untilWritten("web")
                try await space.untilThere(served(space))
                let second = await #expect(throws: KubeError.self) {
                    try await space.createWebServer("second", Self.host)
                }
                #expect(
                    second?.status?.message.contains(
                        "spec.ingress: host phys.app with path / is taken by WebServer \"web\""
                    )
                        == true,
                    "\(String(describing: second))"
                )
            }
        }
    }

    private func served(_ space: TestNamespace) throws -> APIResource { try #require(space.served.ingress) }

    /// A webhook that nobody answers is no webhook; the reconciler keeps the host with whom it is.
    @Test func aSecondWebServerOnAHostIsNotServedWhenNoWebhookRefusedItAndIsOnceTheFirstIsGone() async throws {
        try await TestCluster.withNamespace { space in
            let ingress = try served(space)
            try await space.withOperator { _ in
                try await space.createWebServer("first", Self.host)
                try await space.untilThere(ingress, "first")
                try await space.createWebServer("second", Self.host)
                let condition = try await space.untilCondition("IngressAdmitted", .no, "HostTaken", of: "second")
                #expect(condition.message.contains("WebServer \"first\" has host phys.app with path / already"))
                #expect(try await space.find(ingress, "second") == nil)
                #expect(try await space.webServer("second").status?.url?.contains("phys.app") != true)

                try await space.delete(WebServer.resource, "first")
                try await space.untilThere(ingress, "second")
                try await space.untilCondition("IngressAdmitted", .unknown, "AddressNotPublished", of: "second")
            }
        }
    }

    /// Nothing of ours may keep a cluster from working when we are gone.
    @Test func withoutTheOperatorEverythingPassesThatTheSchemaLets() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withValidation {}
            // As if it had been left behind.
            var left = ValidatorWebhooks(target: .url("https://127.0.0.1:1"))
            left.namespaces = [space.name]
            left.operatorNamespace = space.name
            _ = try await space.client.create(.validatingWebhookConfigurations, left.configuration.object)
            let outcome: Result<Void, any Error>
            do {
                try await space.createWebServer("web", ["webServerImage": "a b"])
                outcome = .success(())
            } catch { outcome = .failure(error) }
            try await space.client.delete(.validatingWebhookConfigurations, space.validator)
            try outcome.get()
        }
    }
}
