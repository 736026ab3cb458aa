import KubeTransport
import Synchronization
import TestSupport
import Testing

@Suite struct TransportCallTests {
    /// Answers every request with what it was, in words.
    private static func echo(_ connection: TestConnection) throws {
        while let request = try connection.readRequest() {
            let head =
                ["\(request.method) \(request.path)"] + request.headers.map { "\($0.name): \($0.value)" }.sorted()
            try connection.respond(200, Array((head.joined(separator: "\n") + "\n").utf8) + request.body)
        }
    }

    @Test func aCallReturnsStatusHeadersAndBody() async throws {
        let server = try TestServer { connection in
            while let request = try connection.readRequest() {
                try connection.respond(201, "\(request.method) \(request.path)", headers: ["X-Answer: 42"])
            }
        }
        try await withTransport { transport in
            let response = try await transport.perform(HTTPRequest(path: "/api?limit=5"), on: .init(server))
            #expect(response.status == 201)
            #expect(response.headers["x-answer"] == "42")
            #expect(response.text == "GET /api?limit=5")
        }
    }

    @Test func onlyHostAndLengthAreAddedToARequest() async throws {
        let server = try TestServer(Self.echo)
        let host = "Host: 127.0.0.1:\(server.port)"
        let cases: [(HTTPRequest, String)] = [
            (HTTPRequest(path: "/"), "GET /\n\(host)\n"),
            (
                HTTPRequest(method: "PATCH", path: "/p", headers: ["Content-Type": "a/b", "X": ""], body: [0x41]),
                "PATCH /p\nContent-Length: 1\nContent-Type: a/b\n\(host)\nX: \nA"
            ),
            (HTTPRequest(method: "POST", path: "/q", body: []), "POST /q\nContent-Length: 0\n\(host)\n"),
            (HTTPRequest(method: "DELETE", path: "/r"), "DELETE /r\n\(host)\n"),
            (
                HTTPRequest(method: "PUT", path: "/s", body: Array(repeating: 0x42, count: 4096)),
                "PUT /s\nContent-Length: 4096\n\(host)\n" + String(repeating: "B", count: 4096)
            ),
            (HTTPRequest(path: "/after?x=%20"), "GET /after?x=%20\n\(host)\n"),
            (HTTPRequest(path: "/a/../b/./c//d"), "GET /a/../b/./c//d\n\(host)\n"),
        ]
        try await withTransport { transport in
            for (request, expected) in cases {
                let response = try await transport.perform(request, on: .init(server))
                #expect(response.text == expected)
            }
        }
        #expect(server.counts.accepted == 1, "one handle and one connection served all of them")
    }

    @Test func theBaseURLsPathPrecedesTheRequests() async throws {
        let server = try TestServer(Self.echo)
        try await withTransport { transport in
            let endpoint = TransportEndpoint(baseURL: server.url + "/k8s/clusters/c-1/")
            let response = try await transport.perform(HTTPRequest(path: "/api"), on: endpoint)
            #expect(response.text.hasPrefix("GET /k8s/clusters/c-1/api\n"))
        }
    }

    @Test func basicCredentialsAreSent() async throws {
        let server = try TestServer(Self.echo)
        try await withTransport { transport in
            var endpoint = TransportEndpoint(server)
            endpoint.basicCredentials = .init(user: "aladdin", password: "open:sesame")
            let response = try await transport.perform(HTTPRequest(path: "/"), on: endpoint)
            #expect(response.text.contains("Authorization: Basic YWxhZGRpbjpvcGVuOnNlc2FtZQ==\n"))
        }
    }

    @Test(arguments: [204, 304, 301, 401, 404, 409, 410, 429, 500, 503])
    func everyStatusIsAResponse(status: Int) async throws {
        let server = try TestServer { connection in
            while try connection.readRequest() != nil {
                let body = status == 204 || status == 304 ? "" : "reason"
                try connection.respond(status, body, headers: ["Location: /elsewhere", "Retry-After: 7"])
            }
        }
        try await withTransport { transport in
            let response = try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
            #expect(response.status == status)
            #expect(response.headers["Retry-After"] == "7")
        }
        #expect(server.counts.accepted == 1)
    }

    @Test func informationalResponsesAndTrailersAreDropped() async throws {
        let server = try TestServer { connection in
            while try connection.readRequest() != nil {
                try connection.write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\n")
                try connection.write("Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: trailer\r\n\r\n")
            }
        }
        try await withTransport { transport in
            for _ in 0..<2 {
                let response = try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
                #expect(response.text == "ok")
                #expect(response.headers["Link"] == nil)
                #expect(response.headers.values(of: "a") == ["1"])
            }
        }
    }

    @Test func callsShareAConnectionThatIsKeptAlive() async throws {
        let server = try TestServer(Self.echo)
        try await withTransport { transport in
            for index in 0..<50 {
                _ = try await transport.perform(HTTPRequest(path: "/\(index)"), on: .init(server))
            }
        }
        #expect(server.counts.accepted == 1)
    }

    @Test func aKeptConnectionThatTheServerClosedIsReplaced() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.respond(200, "once")
        }
        try await withTransport { transport in
            for _ in 0..<3 {
                let response = try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
                #expect(response.text == "once")
            }
        }
        #expect(server.counts.accepted == 3)
    }

    @Test func aThousandCallsKeepWithinTheLimitAndGetTheirOwnAnswers() async throws {
        let server = try TestServer(Self.echo)
        try await withTransport { transport in
            try await withThrowingTaskGroup { group in
                for index in 0..<1000 {
                    group.addTask {
                        let request = HTTPRequest(method: "POST", path: "/\(index)", body: Array("body \(index)".utf8))
                        let response = try await transport.perform(request, on: .init(server))
                        #expect(response.text.hasPrefix("POST /\(index)\n"))
                        #expect(response.text.hasSuffix("body \(index)"))
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(server.counts.highestOpen <= 8)
        #expect(server.counts.accepted <= 8)
    }

    @Test func callsWaitTheirTurnAndReservedOnesDoNot() async throws {
        let gate = Flag()
        let order = Mutex<[String]>([])
        let server = try TestServer { connection in
            while let request = try connection.readRequest() {
                order.withLock { $0.append(request.path) }
                if request.path == "/first" { gate.block() }
                try connection.respond()
            }
        }
        try await withTransport({ $0.maximumConcurrentCalls = 1 }) { transport in
            try await withThrowingTaskGroup { group in
                group.addTask { try await transport.perform(HTTPRequest(path: "/first"), on: .init(server)) }
                try await eventually("the first call is under way") { !order.withLock(\.isEmpty) }
                for index in 0..<20 {
                    let queued = Flag()
                    group.addTask {
                        queued.set()
                        return try await transport.perform(HTTPRequest(path: "/\(index)"), on: .init(server))
                    }
                    try await eventually("the task runs") { queued.isSet }
                }
                _ = try await transport.perform(HTTPRequest(path: "/lease", lane: .reserved), on: .init(server))
                #expect(order.withLock { $0 } == ["/first", "/lease"])
                gate.set()
                try await group.waitForAll()
            }
        }
        #expect(order.withLock(\.count) == 22)
        #expect(server.counts.highestOpen <= 2)
    }

    @Test func moreEndpointsThanHandlesAreKeptForStillWork() async throws {
        let server = try TestServer(Self.echo)
        try await withTransport { transport in
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let endpoint = TransportEndpoint(baseURL: "\(server.url)/\(number % 50)")
                        let response = try await transport.perform(HTTPRequest(path: "/x"), on: endpoint)
                        #expect(response.text.hasPrefix("GET /\(number % 50)/x\n"))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func theObserverIsToldWhatBecameOfARequest() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.respond(404)
        }
        let seen = Mutex<[TransportObservation]>([])
        try await withTransport({ $0.observer = { observation in seen.withLock { $0.append(observation) } } }) {
            transport in
            _ = try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
            _ = try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
            let nobody = try RefusingPort()
            defer { nobody.release() }
            let closed = TransportEndpoint(baseURL: nobody.url)
            await expect(.connect) { () async throws(TransportError) in
                try await transport.perform(HTTPRequest(method: "PUT", path: "/"), on: closed)
            }
        }
        let observations = seen.withLock { $0 }
        #expect(observations.map(\.outcome) == [.status(404), .status(404), .failure(.connect)])
        #expect(observations.map(\.isStream) == [false, true, false])
        #expect(observations.map(\.method) == ["GET", "GET", "PUT"])
        #expect(observations.allSatisfy { $0.duration > .zero })
    }
}
