import JSON
import KubeModel
import KubeTransport
import Logging
import Synchronization
import TestSupport
import Testing

@testable import KubeClient

@Suite struct KubeClientTests {
    private static let key = ObjectKey(namespace: "shop", name: "web")
    private static let ok = Script.Answer.json(200, #"{"kind":"Widget"}"#)

    @Test func everyVerbSendsWhatTheAPIConventionsSay() async throws {
        let answers = [Script.Answer](repeating: Self.ok, count: 8)
        try await withClient(answering: answers) { client, script in
            let object: JSONValue = ["metadata": ["namespace": "shop", "name": "web"]]
            let options = WriteOptions(fieldManager: "me", dryRun: true)
            _ = try await client.get(Widget.resource, Self.key, subresource: "scale")
            _ = try await client.create(Widget.resource, object, options: options)
            _ = try await client.update(Widget.resource, object, subresource: "status")
            _ = try await client.patch(Widget.resource, Self.key, .merge(["a": 1]), options: options)
            _ = try await client.patch(Widget.resource, Self.key, .json([.remove(path: "/a")]))
            _ = try await client.apply(Widget.resource, object, options: WriteOptions(fieldManager: "me", force: true))
            try await client.delete(Widget.resource, Self.key, options: DeleteOptions(uid: UID("u")))
            _ = try await client.perform("GET", path: "/version")
            let lines = script.requests.map { "\($0.method) \($0.path) \($0.header("Content-Type") ?? "-")" }
            let base = "/apis/example.org/v1/namespaces/shop/widgets"
            #expect(
                lines == [
                    "GET \(base)/web/scale -",
                    "POST \(base)?fieldManager=me&dryRun=All application/json",
                    "PUT \(base)/web/status application/json",
                    "PATCH \(base)/web?fieldManager=me&dryRun=All application/merge-patch+json",
                    "PATCH \(base)/web application/json-patch+json",
                    "PATCH \(base)/web?fieldManager=me&force=true application/apply-patch+yaml",
                    "DELETE \(base)/web application/json",
                    "GET /version -",
                ]
            )
            #expect(script.requests.allSatisfy { $0.header("User-Agent") == "swiftlet-tests" })
            #expect(String(decoding: script.requests[5].body, as: UTF8.self) == object.encodedText())
        }
    }

    @Test func anUnknownTokenIsInvalidatedAndTheRequestSentOnceMore() async throws {
        let credentials = CountingCredentials()
        let refused = Script.Answer.json(401, #"{"message":"Unauthorized","reason":"Unauthorized"}"#)
        try await withClient(answering: [refused, Self.ok, refused, refused], credentials: credentials) {
            client,
            script in
            _ = try await client.get(Widget.resource, Self.key)
            #expect(script.requests.map { $0.header("Authorization") } == ["Bearer token-1", "Bearer token-2"])
            let error = await #expect(throws: KubeError.self) { try await client.get(Widget.resource, Self.key) }
            #expect(error?.isUnauthorized == true)
            #expect(credentials.invalidations == 2)
            #expect(script.requests.count == 4)
        }
    }

    @Test func aMissingCredentialIsAnErrorOfItsOwn() async throws {
        struct NoCredentials: CredentialSource {
            struct Missing: Error {}
            func credentials() async throws -> Credentials { throw Missing() }
            func invalidate(_ credentials: Credentials) async {}
        }
        try await withClient(answering: [], credentials: NoCredentials()) { client, script in
            let error = await #expect(throws: KubeError.self) { try await client.get(Widget.resource, Self.key) }
            guard case .credentials = error?.code else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(script.requests.isEmpty)
        }
    }

    @Test func impersonationGoesIntoHeaderFields() async throws {
        let impersonation = Impersonation(user: "jane", groups: ["a", "b"])
        try await withClient(answering: [Self.ok], impersonation: impersonation) { client, script in
            _ = try await client.get(Widget.resource, Self.key)
            let fields = script.requests[0].headers.filter { $0.name.hasPrefix("Impersonate") }
            #expect(fields.map(\.value) == ["jane", "a", "b"])
        }
    }

    @Test func aBusyServerIsAskedAgainWhenItSaysSo() async throws {
        let busy = Script.Answer.json(429, #"{"message":"storage is (re)initializing"}"#, headers: ["Retry-After: 1"])
        let time = InstantClock()
        try await withClient(answering: [busy, busy, Self.ok], clock: time.clock) { client, script in
            _ = try await client.create(Widget.resource, ["metadata": ["name": "web", "namespace": "shop"]])
            #expect(script.requests.count == 3)
            #expect(time.sleeps == [.seconds(1), .seconds(1)])
        }
    }

    @Test func aServerThatWantsALongPauseIsNotAskedAgain() async throws {
        let busy = Script.Answer.json(503, "", headers: ["Retry-After: 60"])
        let time = InstantClock()
        try await withClient(answering: [busy], clock: time.clock) { client, script in
            let error = await #expect(throws: KubeError.self) { try await client.get(Widget.resource, Self.key) }
            #expect(error?.retryAfter == .seconds(60))
            #expect(error?.isRetryable == true)
            #expect(script.requests.count == 1)
        }
    }

    @Test func aServerThatIsNotThereIsTriedFiveTimes() async throws {
        let time = InstantClock()
        let transport = try Transport()
        let nobody = try RefusingPort()
        defer { nobody.release() }
        let client = KubeClient(
            configuration: ClusterConfiguration(server: try ServerURL(parsing: nobody.url)),
            transport: transport,
            userAgent: "swiftlet-tests",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            clock: time.clock
        )
        let error = await #expect(throws: KubeError.self) { try await client.perform("POST", path: "/x", body: [:]) }
        guard case .transport(let cause) = error?.code else { return #expect(Bool(false)) }
        #expect(cause.code == .connect)
        #expect(time.sleeps == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
        await transport.shutdown()
    }

    @Test func errorsNameVerbAndObject() async throws {
        let answer = Script.Answer.json(404, #"{"message":"widgets \"web\" not found","reason":"NotFound"}"#)
        try await withClient(answering: [answer, Self.ok]) { client, _ in
            let error = await #expect(throws: KubeError.self) {
                try await client.patch(Widget.resource, Self.key, .merge([:]), subresource: "status")
            }
            let text = #"patch widgets.example.org/status shop/web: 404 NotFound: widgets "web" not found"#
            #expect(error?.description == text)
            let decoding = await #expect(throws: KubeError.self) {
                try await client.get(Widget.resource, Self.key, as: DynamicObject.self)
            }
            guard case .decoding = decoding?.code else { return #expect(Bool(false)) }
            #expect(decoding?.isRetryable == false)
        }
    }

    @Test func anObjectIsReadInTheFormatThatTheServerChose() async throws {
        let body = ProtobufWriter.envelope(apiVersion: "v1", kind: "Widget", Widget("a", size: 7).protobuf)
        let protobuf = Script.Answer(headers: ["Content-Type: application/vnd.kubernetes.protobuf"], body: body)
        try await withClient(answering: [protobuf, .json(200, Widget("b", size: 8).json)]) { client, script in
            let first = try await client.get(Widget.resource, Self.key, as: Widget.self)
            let second = try await client.get(Widget.resource, Self.key, as: Widget.self)
            #expect(first == Widget("a", size: 7))
            #expect(second == Widget("b", size: 8))
            #expect(script.requests[0].header("Accept") == "application/vnd.kubernetes.protobuf,application/json")
        }
    }

    @Test func eachWarningIsLoggedOnce() async throws {
        let recorder = LogRecorder()
        let answer = Script.Answer.json(200, "{}", headers: [#"Warning: 299 - "old""#, #"Warning: 299 - "older""#])
        try await withClient(answering: [answer, answer], logger: recorder.logger) { client, _ in
            _ = try await client.get(Widget.resource, Self.key)
            _ = try await client.get(Widget.resource, Self.key)
            #expect(recorder.messages == ["the API server warns: old", "the API server warns: older"])
        }
    }

    @Test func waitingToTryAgainEndsWithTheTask() async throws {
        let busy = Script.Answer.json(429, "", headers: ["Retry-After: 5"])
        try await withClient(answering: [busy]) { client, script in
            let task = Task { try await client.get(Widget.resource, Self.key) }
            let deadline = ContinuousClock.now + .seconds(60)
            while script.requests.isEmpty, ContinuousClock.now < deadline { await Task.yield() }
            task.cancel()
            let result = await task.result
            let error = #expect(throws: KubeError.self) { try result.get() }
            #expect(error?.isCancelled == true)
        }
    }
}

/// Keeps what is logged.
private final class LogRecorder: Sendable {
    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            recorder.state.withLock { $0.append(event.message.description) }
        }
    }

    private let state = Mutex<[String]>([])

    var messages: [String] { state.withLock { $0 } }
    var logger: Logger { Logger(label: "test", factory: { _ in Handler(recorder: self) }) }
}
