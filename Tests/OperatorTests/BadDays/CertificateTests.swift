import Foundation
import JSON
import KubeClient
import KubeModel
import PollingSupport
import SwiftletAPI
import Testing
import XDS

@testable import KubeAdmission
@testable import Operator

extension BadClusterDays {
    /// Everything was down for longer than certificates live.
    @Suite struct Certificates {
        @Test func whatExpiredMeanwhileIsMadeAnewAtOnce() async throws {
            try await TestNamespace.withMeshNamespace { space in
                let mesh = try MeshProcess(space)
                try await LiveOperator.run(mesh.flags()) { _ in
                    try await space.enable()
                    try await space.untilAnswered()
                }
                let expired = try await expire(space)
                let start = ContinuousClock.now
                try await LiveOperator.run(mesh.flags()) { live in
                    try await space.untilAnswered()
                    let passed = ContinuousClock.now - start
                    BadDayOptions.tell("pods are injected \(passed) after the start")
                    // A change of authority with nothing to hurry for takes half a minute.
                    #expect(passed < .seconds(25))
                    let pod = try await space.client.create(.pods, space.pod("web"))
                    #expect(pod.hasSidecar)
                    try await space.start(pod, address: "10.244.0.7")

                    let secret = try await space.get(.secrets, "swiftlet-certificates").value["data"]
                    let state = CertificateState(data: secret, names: ["tls", "xds"])
                    #expect(state.faults.isEmpty && state.authorities[expired] == nil)
                    // As a sidecar does, which has the bundle from its injection.
                    let id = ProxyID(mesh: Mesh.defaultName, namespace: space.name, name: "web").description
                    var options = SimulatedProxies.Options(port: Int(mesh.xdsPort), nodeIDs: [id])
                    options.trustedRoots = Array(state.bundle.pem.utf8)
                    options.authorizations[id] = "Bearer \(try await space.token(for: pod))"
                    let proxies = try SimulatedProxies(options)
                    proxies.start()
                    do {
                        try await eventually("the sidecar is connected and told") {
                            try await live.metric("swiftlet_xds_deliveries_total") >= 1
                        }
                    } catch {
                        try await proxies.stop()
                        throw error
                    }
                    try await proxies.stop()
                    let ready = try await live.page("/readyz?verbose")
                    #expect(ready?.status == 200, "\(ready?.text ?? "")")
                }
            }
        }

        /// Puts into the Secret, and into the registration, what has expired a month ago.
        ///
        /// - Returns: the expired authority.
        private func expire(_ space: TestNamespace) async throws -> AuthorityID {
            let now = Timestamp(secondsSinceEpoch: Int64(Date().timeIntervalSince1970))
            let then = now.advanced(by: .seconds(-90 * 86400))
            let authority = try CertificateAuthority(named: "expired", now: then, validity: .seconds(60 * 86400))
            var texts = ["ca.crt": authority.pem, "ca.key": try authority.keyPEM()]
            for name in ["tls", "xds"] {
                let request = CertificateRequest(
                    name: name,
                    dnsNames: ["swiftlet.\(space.name).svc"],
                    ipAddresses: ["127.0.0.1"]
                )
                let leaf = try authority.issue(request, now: then, validity: .seconds(30 * 86400))
                (texts["\(name).crt"], texts["\(name).key"]) = (leaf.chainPEM, leaf.keyPEM)
            }
            let data = texts.mapValues { JSONValue.string(Data($0.utf8).base64EncodedString()) }
            try await space.patch(.secrets, "swiftlet-certificates", ["data": .object(data)])
            let registration = ObjectKey(namespace: "", name: InjectorWebhooks.name)
            let stored = try await space.client.get(.mutatingWebhookConfigurations, registration)
            let bundle = JSONValue.string(Data(authority.pem.utf8).base64EncodedString())
            let webhooks = try #require(stored["webhooks"]?.arrayValue)
            try #require(!webhooks.isEmpty)
            let changes = webhooks.indices.map {
                JSONPatchOperation.replace(path: "/webhooks/\($0)/clientConfig/caBundle", value: bundle)
            }
            _ = try await space.client.patch(.mutatingWebhookConfigurations, registration, .json(changes))
            return authority.id
        }
    }
}
