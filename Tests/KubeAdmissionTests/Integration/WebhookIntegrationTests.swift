import JSON
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import PollingSupport
import Testing

/// Webhooks that a real API server calls, with certificates that they make themselves.
@Suite(RealCluster.isThere, .timeLimit(.minutes(20))) struct WebhookIntegrationTests {
    private static let handlers: [String: AdmissionHandler] = [
        "/mutate": { request in
            guard request.object?[path: "data", "mutate"] != nil else { return .allowed() }
            return .allowed(patch: [["op": "add", "path": "/data/mutated", "value": .string(request.user.name)]])
        },
        "/validate": { request in
            if request.object?[path: "data", "wait"] != nil { try await Task.sleep(for: .seconds(60)) }
            let warnings = ["this is only a test", request.isDryRun ? "dry" : "wet"]
            guard request.object?[path: "data", "bad"] == nil else {
                return .denied("bad is not allowed here", code: 422, reason: "Invalid", warnings: warnings)
            }
            return .allowed(warnings: warnings)
        },
    ]

    /// Runs replicas with two configurations: a mutating webhook, which calls the first one, and two validating ones, one for each.
    ///
    /// - Parameter timeout: how long the API server waits for an answer, in seconds.
    private func withReplicas(
        _ count: Int = 1,
        policy: RotationPolicy = RotationPolicy(),
        timeout: Int = 5,
        _ body: (KubeClient, _ namespace: String, [WebhookReplica]) async throws -> Void
    ) async throws {
        try await RealCluster.withNamespace { client, namespace in
            let replicas = try (0..<count).map { _ in
                try WebhookReplica(
                    client,
                    namespace,
                    policy: policy,
                    configurations: [namespace],
                    handlers: Self.handlers
                )
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for replica in replicas { group.addTask { try await replica.run() } }
                var failure: (any Error)?
                do {
                    var ports: [Int] = []
                    for replica in replicas { ports.append(try await replica.server.boundPort()) }
                    try await install(client, namespace, ports, timeout)
                    for replica in replicas {
                        try await eventually("a replica is ready") { replica.isReady }
                    }
                    try await eventually("the webhooks are called") {
                        try await isCalled(client, namespace)
                    }
                    try await body(client, namespace, replicas)
                } catch {
                    failure = error
                }
                for resource in [APIResource.mutatingWebhookConfigurations, .validatingWebhookConfigurations] {
                    do {
                        try await client.delete(resource, ObjectKey(namespace: "", name: namespace))
                    } catch let error as KubeError where error.isNotFound {
                        // It was never installed.
                    }
                }
                group.cancelAll()
                try await group.waitForAll()
                if let failure { throw failure }
            }
        }
    }

    private func install(_ client: KubeClient, _ namespace: String, _ ports: [Int], _ timeout: Int = 5) async throws {
        let mutating = WebhookManifests.webhook("mutate", namespace, port: ports[0], path: "/mutate", timeout: timeout)
        let validating = ports.enumerated().map { index, port in
            WebhookManifests.webhook("validate\(index)", namespace, port: port, path: "/validate", timeout: timeout)
        }
        // Applied by somebody else, whom our bundle must not bother.
        let installer = WriteOptions(fieldManager: "installer")
        for (resource, webhooks) in [
            (APIResource.mutatingWebhookConfigurations, [mutating]), (.validatingWebhookConfigurations, validating),
        ] {
            let object = WebhookManifests.configuration(resource, namespace, webhooks)
            _ = try await client.apply(resource, object, options: installer)
        }
    }

    /// API servers learn of a configuration a moment after it was written, and fail the calls until they know its bundle.
    private func isCalled(_ client: KubeClient, _ namespace: String) async throws -> Bool {
        do {
            let object = WebhookManifests.configMap(namespace, "probe", ["mutate": "", "bad": ""])
            _ = try await client.create(.configMaps, object, options: WriteOptions(dryRun: true))
            return false
        } catch {
            return error.message.contains("bad is not allowed here")
        }
    }

    @Test func `a ConfigMap is changed, and another one denied with our words`() async throws {
        try await withReplicas { client, namespace, _ in
            let object = WebhookManifests.configMap(namespace, "good", ["mutate": "please"])
            let created = try await client.create(.configMaps, object)
            #expect(created[path: "data", "mutated"]?.stringValue?.isEmpty == false)

            let error = await #expect(throws: KubeError.self) {
                _ = try await client.create(.configMaps, WebhookManifests.configMap(namespace, "bad", ["bad": "x"]))
            }
            #expect(error?.status?.code == 422)
            #expect(
                error?.message.contains("denied the request: bad is not allowed here") == true,
                "\(String(describing: error))"
            )

            let late = await #expect(throws: KubeError.self) {
                _ = try await client.create(.configMaps, WebhookManifests.configMap(namespace, "slow", ["wait": "x"]))
            }
            // Our 504 comes a moment before the API server gives up itself; a busy machine may turn that round.
            let words = "failed calling webhook \"validate0.example.com\""
            #expect(late?.message.contains(words) == true, "\(String(describing: late))")

            let secret = try await client.get(.secrets, ObjectKey(namespace: namespace, name: "webhook-certificates"))
            #expect(secret["type"] == "kubernetes.io/tls")
            #expect(
                secret["data"]?.objectValue?.keys.sorted()
                    == ["ca.crt", "ca.key", "tls.crt", "tls.key", "xds.crt", "xds.key"]
            )
        }
    }

    @Test func `a bundle that somebody overwrites is published again, and applies by others do not conflict`()
        async throws
    {
        try await withReplicas { client, namespace, replicas in
            let resource = APIResource.validatingWebhookConfigurations
            let key = ObjectKey(namespace: "", name: namespace)
            func bundle() async throws -> JSONValue? {
                try await client.get(resource, key)["webhooks"]?[0]?[path: "clientConfig", "caBundle"]
            }
            let published = try await bundle()
            #expect(published?.stringValue?.isEmpty == false)
            let operation = JSONPatchOperation.remove(path: "/webhooks/0/clientConfig/caBundle")
            _ = try await client.patch(resource, key, .json([operation]))
            try await eventually("the bundle is back") { try await bundle() == published }

            let port = try await replicas[0].server.boundPort()
            try await install(client, namespace, [port])
            #expect(try await bundle() == published)
        }
    }

    /// Authorities and certificates change every few seconds while two replicas serve and share the Secret.
    @Test func `certificates change under load, and no call fails`() async throws {
        var policy = RotationPolicy()
        policy.authorityValidity = .seconds(40)
        policy.leafValidity = .seconds(14)
        policy.backdating = .seconds(2)
        policy.propagation = .seconds(3)
        policy.retirementGrace = .seconds(2)
        // Whether calls fail is what matters here, not how long they take.
        try await withReplicas(2, policy: policy, timeout: 30) { client, namespace, replicas in
            let key = ObjectKey(namespace: namespace, name: "webhook-certificates")
            let end = ContinuousClock.now + .seconds(75)
            var authorities: [Set<String>] = [[], []]
            var certificates: Set<AuthorityID> = []
            var shared: Set<String> = []
            let calls = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        var calls = 0
                        while ContinuousClock.now < end {
                            let object = WebhookManifests.configMap(namespace, "load-\(worker)", ["mutate": ""])
                            let options = WriteOptions(dryRun: true)
                            let answer = try await client.create(.configMaps, object, options: options)
                            #expect(answer[path: "data", "mutated"] != nil)
                            calls += 1
                        }
                        return calls
                    }
                }
                while ContinuousClock.now < end {
                    for (index, replica) in replicas.enumerated() {
                        let served = try #require(replica.keeper.certificate()?.current)
                        authorities[index].insert(served.issuer.description)
                        certificates.insert(served.certificate.id)
                    }
                    if let text = try await client.get(.secrets, key)[path: "data", "tls.crt"]?.stringValue {
                        shared.insert(text)
                    }
                    try await Task.sleep(for: .milliseconds(200))
                }
                return try await group.reduce(0, +)
            }
            // What either replica showed was in the Secret that both share.
            #expect(certificates.count <= shared.count + 1)
            #expect(certificates.count >= 5)
            #expect(authorities.allSatisfy { $0.count >= 3 })
            #expect(authorities[0] == authorities[1])
            #expect(calls > 100)
        }
    }
}
