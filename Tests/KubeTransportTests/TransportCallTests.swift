import KubeTransport
import Testing

@Suite struct TransportCallTests {
    @Test func aCallReturnsStatusHeadersAndBody() async throws {
        let server = try TestServer { connection in
            while let request = try connection.readRequest() {
                try connection.respond(201, "\(request.method) \(request.path)", headers: ["X-Answer: 42"])
            }
        }
        defer { server.stop() }
        let transport = try Transport()
        let response = try await transport.perform(HTTPRequest(path: "/api?limit=5"), on: .init(baseURL: server.url))
        #expect(response.status == 201)
        #expect(response.headers["x-answer"] == "42")
        #expect(String(decoding: response.body, as: UTF8.self) == "GET /api?limit=5")
        await transport.shutdown()
    }

    @Test func aStreamDeliversHeadThenChunks() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            for index in 0..<10 {
                try connection.writeChunk(Array("line \(index)\n".utf8))
            }
            try connection.endChunked()
        }
        defer { server.stop() }
        let transport = try Transport()
        let stream = try await transport.stream(HTTPRequest(path: "/watch"), on: .init(baseURL: server.url))
        #expect(stream.status == 200)
        var body: [UInt8] = []
        for try await chunk in stream.body {
            body += chunk
        }
        #expect(String(decoding: body, as: UTF8.self) == (0..<10).map { "line \($0)\n" }.joined())
    }
}
