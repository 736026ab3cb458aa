import JSON
import KubeClient
import KubeTransport
import Synchronization
import TestSupport

/// A server that answers what a test says, and remembers what it was asked: for refusals, faults and what goes over the wire, never to
/// stand in for Kubernetes.
final class ScriptedAPI: Sendable {
    struct Request: Sendable {
        /// `PATCH /apis/apps/v1/namespaces/a/deployments/web?fieldManager=me`
        var line: String
        /// `null` when there was none.
        var body: JSONValue

        var method: Substring { line.prefix { $0 != " " } }
        /// Without the query.
        var path: Substring { line.dropFirst(method.count + 1).prefix { $0 != "?" } }
    }

    struct Answer: Sendable {
        var status = 200
        var body: JSONValue = [:]

        /// A `Status` as Kubernetes sends it.
        static func refusal(
            _ code: Int64,
            _ reason: String,
            _ message: String = "no",
            fields: [String] = []
        ) -> Answer {
            let causes = fields.map { JSONValue.object(["field": .string($0), "message": "no", "reason": "no"]) }
            let body: JSONValue = [
                "kind": "Status", "status": "Failure", "reason": .string(reason), "message": .string(message),
                "code": .int(code), "details": ["causes": .array(causes)],
            ]
            return Answer(status: Int(code), body: body)
        }
    }

    private let log = Mutex<[Request]>([])
    private let answer: @Sendable (Request) -> Answer

    private init(_ answer: @escaping @Sendable (Request) -> Answer) { self.answer = answer }

    /// What the server was asked so far.
    var requests: [Request] { log.withLock { $0 } }

    /// Runs `body` with a client of a server that answers so.
    static func serve<Value>(
        _ answer: @escaping @Sendable (Request) -> Answer,
        _ body: (KubeClient, ScriptedAPI) async throws -> Value
    ) async throws -> Value {
        let api = ScriptedAPI(answer)
        let server = try TestServer { connection in
            while let request = try connection.readRequest() {
                let answer = try api.answer(to: request)
                let headers = ["Content-Type: application/json"]
                try connection.respond(answer.status, answer.body.encoded(), headers: headers)
            }
        }
        defer { server.stop() }
        return try await withClient(of: server.url) { try await body($0, api) }
    }

    /// Runs `body` with a client of whatever is at the address.
    static func withClient<Value>(of url: String, _ body: (KubeClient) async throws -> Value) async throws -> Value {
        let transport = try Transport()
        let client = KubeClient(
            configuration: ClusterConfiguration(server: try ServerURL(parsing: url)),
            transport: transport,
            userAgent: "swiftlet-tests",
            logger: TestCluster.silent
        )
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(client)) } catch { outcome = .failure(error) }
        await transport.shutdown()
        return try outcome.get()
    }

    private func answer(to request: TestConnection.Request) throws -> Answer {
        let body = request.body.isEmpty ? JSONValue.null : try JSONValue(parsing: request.body)
        let asked = Request(line: "\(request.method) \(request.path)", body: body)
        log.withLock { $0.append(asked) }
        return answer(asked)
    }
}
