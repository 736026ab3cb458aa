import JSON
import KubeModel
import KubeTransport
import TestSupport
import Testing

@testable import KubeClient

@Suite struct WriteFenceTests {
    private static let key = ObjectKey(namespace: "default", name: "web")
    private static let object: JSONValue = [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["namespace": "default", "name": "web"],
    ]

    private static func request(_ method: String, _ path: String, query: Query = Query(), body: JSONValue? = nil)
        -> KubeRequest
    {
        var request = KubeRequest(method: method, path: path)
        request.query = query
        request.body = body
        return request
    }

    @Test func everythingThatWritesChangesStateUnlessItIsTriedOrAsks() {
        var dryRun = Query()
        dryRun.add("fieldManager", "me")
        dryRun.add("dryRun", "All")
        let path = "/apis/apps/v1/namespaces/default/deployments"
        let rows: [(KubeRequest, Bool)] = [
            (Self.request("GET", path), false), (Self.request("HEAD", path), false),
            (Self.request("POST", path), true), (Self.request("PUT", "\(path)/web"), true),
            (Self.request("PATCH", "\(path)/web"), true), (Self.request("DELETE", "\(path)/web"), true),
            (Self.request("PATCH", "\(path)/web/status"), true),
            (Self.request("POST", "/api/v1/namespaces/default/pods/web/eviction"), true),
            (Self.request("POST", path, query: dryRun), false),
            (Self.request("PATCH", "\(path)/web", query: dryRun), false),
            (Self.request("DELETE", "\(path)/web", body: ["dryRun": ["All"]]), false),
            // The field of an object is no option of the request.
            (Self.request("POST", path, body: ["dryRun": ["All"]]), true),
            (Self.request("POST", "/apis/authentication.k8s.io/v1/tokenreviews"), false),
            (Self.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"), false),
            (Self.request("POST", "/apis/authorization.k8s.io/v1/namespaces/x/localsubjectaccessreviews"), false),
            (Self.request("POST", "/apis/example.com/v1/tokenreviews"), true),
            (Self.request("DELETE", "/apis/authentication.k8s.io/v1/tokenreviews"), true),
        ]
        for (request, changes) in rows {
            #expect(request.changesState == changes, "\(request.method) \(request.target)")
        }
    }

    @Test func aClosedFenceLetsReadsPassAndNothingElse() async throws {
        try await withClient(answering: [.json(200, "{}"), .json(200, "{}"), .json(201, "{}")]) { client, script in
            let fenced = client.fenced(by: WriteFence())
            _ = try await fenced.get(.configMaps, Self.key)
            let error = await #expect(throws: KubeError.self) { try await fenced.create(.configMaps, Self.object) }
            #expect(error?.isNotLeading == true)
            #expect(error?.isRetryable == false)
            #expect(error?.isCancelled == false)
            await #expect(throws: KubeError.self) { try await fenced.update(.configMaps, Self.object) }
            await #expect(throws: KubeError.self) { try await fenced.patch(.configMaps, Self.key, .merge([:])) }
            await #expect(throws: KubeError.self) {
                try await fenced.apply(.configMaps, Self.object, options: WriteOptions(fieldManager: "me"))
            }
            await #expect(throws: KubeError.self) { try await fenced.delete(.configMaps, Self.key) }
            await #expect(throws: KubeError.self) { try await fenced.perform("POST", path: "/api/v1/namespaces") }
            _ = try await fenced.create(.configMaps, Self.object, options: WriteOptions(dryRun: true))
            _ = try await fenced.unfenced.create(.configMaps, Self.object)
            #expect(script.requests.map(\.method) == ["GET", "POST", "POST"])
        }
    }

    @Test func anOpenFenceLetsWritesPassUntilItCloses() async throws {
        try await withClient(answering: [.json(201, "{}"), .json(201, "{}")]) { client, script in
            let fence = WriteFence()
            let fenced = client.fenced(by: fence)
            fence.open(until: .now + .seconds(60))
            _ = try await fenced.create(.configMaps, Self.object)
            fence.close()
            await #expect(throws: KubeError.self) { try await fenced.create(.configMaps, Self.object) }
            fence.extend(until: .now + .seconds(60))
            await #expect(throws: KubeError.self) { try await fenced.create(.configMaps, Self.object) }
            fence.open(until: .now + .seconds(60))
            _ = try await fenced.create(.configMaps, Self.object)
            #expect(script.requests.count == 2)
            #expect(fence.lastUnanswered == nil)
        }
    }

    /// A request belongs to the term it was asked for in: neither a retry nor the repetition after a 401 is sent in the next.
    @Test(arguments: [401, 429])
    func whatWasAskedForInOneTermIsNotRepeatedInAnother(status: Int) async throws {
        let fence = WriteFence()
        fence.open(until: .now + .seconds(60))
        try await withClient { connection in
            while try connection.readRequest() != nil {
                // The term ends and another begins before the answer is there.
                fence.close()
                fence.open(until: .now + .seconds(60))
                try connection.respond(status, "{}", headers: ["Retry-After: 1"])
            }
        } _: { client, server in
            let error = await #expect(throws: KubeError.self) {
                try await client.fenced(by: fence).create(.configMaps, Self.object)
            }
            #expect(error?.isNotLeading == true)
            #expect(server.counts.accepted > 0)
        }
    }

    @Test func aWriteThatIsGivenUpUnansweredIsRemembered() async throws {
        let moment = ContinuousClock.now + .seconds(3600)
        let fence = WriteFence(now: { moment })
        try await withClient { connection in
            _ = try connection.readRequest()
            connection.waitForClose()
        } _: { client, _ in
            fence.open(until: .now + .seconds(3))
            let error = await #expect(throws: KubeError.self) {
                try await client.fenced(by: fence).create(.configMaps, Self.object)
            }
            #expect(error?.isNotLeading == true)
            #expect(fence.lastUnanswered == moment)
        }
    }
}
