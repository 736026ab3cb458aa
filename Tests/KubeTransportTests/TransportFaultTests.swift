import Glibc
import KubeTransport
import TestSupport
import Testing

@Suite struct TransportFaultTests {
    /// A server that answers the first request of each connection with `bytes` and closes.
    private func server(answering bytes: String) throws -> TestServer {
        try TestServer { connection in
            guard try connection.readRequest() != nil else { return }
            try connection.write(bytes)
        }
    }

    private func expect(
        _ code: TransportError.Code,
        calling endpoint: TransportEndpoint,
        _ request: HTTPRequest = HTTPRequest(path: "/"),
        bodyLimit: Int = 1 << 20
    ) async throws -> TransportError? {
        var error: TransportError?
        try await withTransport { transport in
            error = await KubeTransportTests.expect(code) { () async throws(TransportError) in
                try await transport.perform(request, on: endpoint, bodyLimit: bodyLimit)
            }
        }
        return error
    }

    @Test func aRefusedConnectionIsRetryableAndNothingWasSent() async throws {
        let nobody = try RefusingPort()
        defer { nobody.release() }
        let error = try await expect(.connect, calling: .init(baseURL: nobody.url))
        #expect(error?.isRetryable == true)
        #expect(error?.wasSent == false)
        #expect(error?.message.hasPrefix("GET \(nobody.url)/: ") == true)
    }

    @Test func anUnknownHostIsRetryable() async throws {
        let error = try await expect(.resolve, calling: .init(baseURL: "http://nowhere.invalid"))
        #expect(error?.isRetryable == true)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", TransportError.Code.truncated),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", .truncated),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", .truncated),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", .protocolViolation),
        ("HTTP/1.1 200 OK\r\nContent-Le", .connectionLost),
        ("HTTP/1.1 20", .connectionLost),
        ("", .connectionLost),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", .protocolViolation),
        ("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", .protocolViolation),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n", .protocolViolation),
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", .connectionLost),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .protocolViolation),
    ])
    func aBrokenResponseIsAnErrorOfItsKind(response: String, code: TransportError.Code) async throws {
        let server = try server(answering: response)
        let error = try await expect(code, calling: .init(server))
        #expect(error?.wasSent == true)
    }

    @Test func aBodyWithoutLengthEndsWithTheConnection() async throws {
        let server = try server(answering: "HTTP/1.1 200 OK\r\n\r\nall of it")
        try await withTransport { transport in
            let response = try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
            #expect(response.text == "all of it")
        }
    }

    @Test func aHugeHeadIsRefused() async throws {
        let many = (0..<5000).map { "X-\($0): aaaaaaaaaaaaaaaaaaaa\r\n" }.joined()
        let server = try server(answering: "HTTP/1.1 200 OK\r\n\(many)\r\n")
        _ = try await expect(.headTooLarge, calling: .init(server))
    }

    @Test func anEndlessHeaderLineIsRefused() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nX: ")
            while true { try connection.write(String(repeating: "a", count: 65536)) }
        }
        _ = try await expect(.headTooLarge, calling: .init(server))
    }

    @Test func aHugeBodyIsRefusedAndItsConnectionClosed() async throws {
        let closed = Flag()
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n")
            do {
                while true { try connection.write([UInt8](repeating: 0x41, count: 65536)) }
            } catch {
                closed.set()
            }
        }
        _ = try await expect(.bodyTooLarge, calling: .init(server), bodyLimit: 1 << 20)
        try await eventually("the server sees the end") { closed.isSet }
    }

    @Test func aBodyOfExactlyTheLimitIsNot() async throws {
        let server = try TestServer { connection in
            while try connection.readRequest() != nil {
                try connection.respond(200, noise(5000))
            }
        }
        try await withTransport { transport in
            let response = try await transport.perform(HTTPRequest(path: "/"), on: .init(server), bodyLimit: 5000)
            #expect(response.body == noise(5000))
        }
        _ = try await expect(.bodyTooLarge, calling: .init(server), bodyLimit: 4999)
    }

    @Test func aSilentServerRunsIntoTheTimeout() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            connection.waitForClose()
        }
        let start = ContinuousClock.now
        let request = HTTPRequest(path: "/", timeout: .milliseconds(300))
        let error = try await expect(.timeout, calling: .init(server), request)
        #expect(ContinuousClock.now - start >= .milliseconds(300))
        #expect(error?.wasSent == true)
        #expect(error?.isRetryable == true)
        #expect(error?.message.contains("no response within") == true)
    }

    @Test func theTimeoutCountsTheTimeInTheQueue() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            connection.waitForClose()
        }
        try await withTransport({ $0.maximumConcurrentCalls = 1 }) { transport in
            try await withThrowingTaskGroup { group in
                let started = Flag()
                group.addTask {
                    started.set()
                    await KubeTransportTests.expect(.cancelled) { () async throws(TransportError) in
                        try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
                    }
                }
                try await eventually("the server is busy") { server.counts.accepted == 1 }
                let error = await KubeTransportTests.expect(.timeout) { () async throws(TransportError) in
                    try await transport.perform(HTTPRequest(path: "/", timeout: .milliseconds(20)), on: .init(server))
                }
                #expect(error?.wasSent == false)
                #expect(error?.message.contains("no turn within") == true)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test func aConnectionThatTakesTooLongTimesOut() async throws {
        // Accepts, but never answers the TLS handshake.
        let server = try TestServer { $0.waitForClose() }
        let request = HTTPRequest(path: "/", connectTimeout: .milliseconds(50))
        let endpoint = TransportEndpoint(baseURL: "https://127.0.0.1:\(server.port)")
        let error = try await expect(.timeout, calling: endpoint, request)
        #expect(error?.wasSent == false)
    }

    @Test func aResetConnectionIsLost() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            pause(.microseconds(20_000))  // lets the client take what a reset would throw away
            connection.reset()
        }
        let error = try await expect(.connectionLost, calling: .init(server))
        #expect(error?.isRetryable == true)
    }

    @Test(arguments: [
        HTTPRequest(path: "no-slash"),
        HTTPRequest(path: "/a b"),
        HTTPRequest(path: "/a\r\nX: y"),
        HTTPRequest(path: "/a#fragment"),
        HTTPRequest(path: "/ü"),
        HTTPRequest(method: "", path: "/"),
        HTTPRequest(method: "GET /x", path: "/"),
        HTTPRequest(path: "/", headers: ["X": "a\r\nY: b"]),
        HTTPRequest(path: "/", headers: ["X": "a\nb"]),
        HTTPRequest(path: "/", headers: ["X": "a\0b"]),
        HTTPRequest(path: "/", headers: ["X Y": "a"]),
        HTTPRequest(path: "/", headers: ["": "a"]),
    ])
    func aRequestThatWouldBreakTheWireIsRefused(request: HTTPRequest) async throws {
        let error = try await expect(.invalidRequest, calling: .init(baseURL: "http://127.0.0.1:1"), request)
        #expect(error?.isRetryable == false)
    }

    @Test(arguments: [
        "", "127.0.0.1", "ftp://127.0.0.1", "file:///etc/passwd", "http://", "http://user:secret@127.0.0.1",
        "http://127.0.0.1/?a=b", "http://127.0.0.1/#a", "http://127.0.0.1:99999",
    ])
    func anEndpointThatIsNoneIsRefusedWithoutShowingSecrets(url: String) async throws {
        let error = try await expect(.invalidRequest, calling: .init(baseURL: url))
        #expect(error?.message.contains("secret") == false)
    }
}
