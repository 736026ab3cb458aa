import Glibc
import KubeTransport
import Synchronization
import TestSupport
import Testing

/// Runs `body` with a transport that is shut down afterwards.
func withTransport(
    _ configure: (inout TransportConfiguration) -> Void = { _ in },
    _ body: (Transport) async throws -> Void
) async throws {
    var configuration = TransportConfiguration()
    configure(&configuration)
    let transport = try Transport(configuration: configuration)
    do {
        try await body(transport)
    } catch {
        await transport.shutdown()
        throw error
    }
    await transport.shutdown()
}

/// Waits until `condition` holds, and fails if it does not in good time.
func eventually(
    _ comment: Comment,
    within limit: Duration = .seconds(240),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record(comment, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(1))
    }
}

/// Fails unless `body` throws a ``TransportError`` of the given code; returns it.
@discardableResult
func expect(
    _ code: TransportError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws(TransportError) -> some Any
) async -> TransportError? {
    do {
        _ = try await body()
        Issue.record("no error, instead of \(code)", sourceLocation: sourceLocation)
        return nil
    } catch {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error
    }
}

/// Something that a server did, to be seen by a test.
final class Flag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .acquiring) }

    func set() { state.store(true, ordering: .releasing) }

    /// Blocks a server's thread until somebody else has set the flag.
    func block() {
        while !isSet {
            usleep(500)
        }
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension TransportEndpoint {
    init(_ server: TestServer) {
        self.init(baseURL: server.url)
    }
}

/// Bytes of which no stretch looks like another.
func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
    }
}

/// Blocks a server's thread: the pace at which a server sends, where that is what is tested.
func pause(_ duration: Duration) {
    usleep(UInt32(duration / .microseconds(1)))
}
