import JSON
import KubeModel
import KubeTransport
import Logging
import Synchronization
import TestSupport
import Testing

@testable import KubeClient

/// A server that answers the requests in turn, whatever connection they come on, and remembers them.
final class Script: Sendable {
    struct Answer: Sendable {
        var status = 200
        var headers: [String] = []
        var body: [UInt8] = []

        static func json(_ status: Int, _ text: String, headers: [String] = []) -> Answer {
            Answer(status: status, headers: ["Content-Type: application/json"] + headers, body: Array(text.utf8))
        }
    }

    private let answers: [Answer]
    private let seen = Mutex<[TestConnection.Request]>([])

    init(_ answers: [Answer]) { self.answers = answers }

    var requests: [TestConnection.Request] { seen.withLock { $0 } }

    func serve(_ connection: TestConnection) throws {
        while let request = try connection.readRequest() {
            let index = seen.withLock {
                $0.append(request)
                return $0.count - 1
            }
            let answer = index < answers.count ? answers[index] : .json(500, #"{"message":"not in the script"}"#)
            try connection.respond(answer.status, answer.body, headers: answer.headers)
        }
    }
}

/// Counts what it is asked, and has other credentials after each time that it is told they are no good.
final class CountingCredentials: CredentialSource {
    private let generation = Mutex(1)

    var invalidations: Int { generation.withLock { $0 - 1 } }

    func credentials() async throws -> Credentials {
        Credentials(authorization: "Bearer token-\(generation.withLock { $0 })")
    }

    func invalidate(_ credentials: Credentials) async {
        generation.withLock { $0 += 1 }
    }
}

/// A clock on which every sleep is over at once; it remembers them.
final class InstantClock: Sendable {
    private let state = Mutex<[Duration]>([])

    var sleeps: [Duration] { state.withLock { $0 } }

    var clock: RequestClock {
        RequestClock(
            now: { .zero },
            sleep: { duration in
                try Task.checkCancellation()
                self.state.withLock { $0.append(duration) }
            }
        )
    }
}

/// Runs `body` with a client of a server that does what `handler` says.
func withClient(
    of handler: @escaping TestServer.Handler,
    credentials: any CredentialSource = StaticCredentialSource(.anonymous),
    impersonation: Impersonation? = nil,
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
    limits: DecodingLimits = DecodingLimits(),
    clock: RequestClock = .continuous,
    _ body: (KubeClient, TestServer) async throws -> Void
) async throws {
    let server = try TestServer(handler)
    let transport = try Transport()
    let configuration = ClusterConfiguration(
        server: try ServerURL(parsing: server.url),
        credentials: credentials,
        impersonation: impersonation
    )
    let client = KubeClient(
        configuration: configuration,
        transport: transport,
        userAgent: "swiftlet-tests",
        logger: logger,
        limits: limits,
        clock: clock
    )
    do {
        try await body(client, server)
    } catch {
        await transport.shutdown()
        server.stop()
        throw error
    }
    await transport.shutdown()
    server.stop()
}

/// Runs `body` with a client of a server that gives the answers in turn.
func withClient(
    answering answers: [Script.Answer],
    credentials: any CredentialSource = StaticCredentialSource(.anonymous),
    impersonation: Impersonation? = nil,
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
    limits: DecodingLimits = DecodingLimits(),
    clock: RequestClock = .continuous,
    _ body: (KubeClient, Script) async throws -> Void
) async throws {
    let script = Script(answers)
    try await withClient(
        of: script.serve,
        credentials: credentials,
        impersonation: impersonation,
        logger: logger,
        limits: limits,
        clock: clock
    ) { client, _ in
        try await body(client, script)
    }
}
