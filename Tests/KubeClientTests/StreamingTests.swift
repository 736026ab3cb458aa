import KubeModel
import KubeTransport
import TestSupport
import Testing

@testable import KubeClient

@Suite struct StreamingTests {
    private static let protobufType = ["Content-Type: application/vnd.kubernetes.protobuf"]

    private static func names(_ client: KubeClient, _ options: ListOptions = ListOptions()) async throws -> (
        [String], ListEnd
    ) {
        var names: [String] = []
        let end = try await client.list(Widget.resource, as: Widget.self, options: options) { result in
            switch result {
            case .success(let widget): names.append(widget.key.name)
            case .failure(let error): names.append("failed: \(error.key?.name ?? "?")")
            }
        }
        return (names, end)
    }

    @Test func aListComesInTheFormatThatTheServerChose() async throws {
        let json = """
            {"metadata":{"resourceVersion":"9","continue":"t","remainingItemCount":5},
             "items":[\(Widget("a").json),{"metadata":{"name":"bad"},"size":""},\(Widget("b").json)]}
            """
        let protobuf = Script.Answer(headers: Self.protobufType, body: protobufList([Widget("c").protobuf]))
        try await withClient(answering: [.json(200, json), protobuf]) { client, script in
            var (names, end) = try await Self.names(client, ListOptions(namespace: "shop", limit: 2))
            #expect(names == ["a", "failed: bad", "b"])
            #expect(end == ListEnd(resourceVersion: "9", continueToken: "t", remainingItemCount: 5))
            (names, end) = try await Self.names(client)
            #expect(names == ["c"])
            #expect(end == ListEnd(resourceVersion: "9"))
            #expect(
                script.requests.map(\.path) == [
                    "/apis/example.org/v1/namespaces/shop/widgets?limit=2", "/apis/example.org/v1/widgets",
                ]
            )
        }
    }

    @Test func aListThatBreaksOffIsNotComplete() async throws {
        let handler: TestServer.Handler = { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            try connection.writeChunk(Array(#"{"items":[\#(Widget("a").json),"#.utf8))
        }
        try await withClient(of: handler) { client, _ in
            var seen = 0
            let error = await #expect(throws: KubeError.self) {
                try await client.list(Widget.resource, as: Widget.self) { _ in seen += 1 }
            }
            #expect(seen == 1)
            #expect(error?.isRetryable == true)
        }
    }

    @Test func aRefusedListSaysWhy() async throws {
        let expired = Script.Answer.json(410, #"{"message":"expired","reason":"Expired","code":410}"#)
        let page = Script.Answer(
            status: 502,
            headers: ["Content-Type: text/html"],
            body: Array("<h1>Bad Gateway</h1>".utf8)
        )
        try await withClient(answering: [expired, page, .json(200, "{}")]) { client, _ in
            let gone = await #expect(throws: KubeError.self) { try await Self.names(client) }
            #expect(gone?.isGone == true)
            #expect(gone?.description == "list widgets.example.org: 410 Expired: expired")
            let gateway = await #expect(throws: KubeError.self) { try await Self.names(client) }
            #expect(gateway?.status?.message == "<h1>Bad Gateway</h1>")
            let noList = await #expect(throws: KubeError.self) { try await Self.names(client) }
            guard case .decoding = noList?.code else { return #expect(Bool(false)) }
        }
    }

    @Test func aWatchEndsAsTheServerEndsIt() async throws {
        let handler: TestServer.Handler = { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\n\(Self.protobufType[0])\r\nTransfer-Encoding: chunked\r\n\r\n")
            for byte in protobufEvent("ADDED", Widget("a").protobuf) { try connection.writeChunk([byte]) }
            try connection.writeChunk(
                protobufEvent("MODIFIED", Widget("a", size: 1).protobuf)
                    + protobufEvent("DELETED", Widget("a").protobuf)
            )
            try connection.endChunked()
        }
        try await withClient(of: handler) { client, _ in
            var events: [WatchEvent<Widget>] = []
            for try await event in try await client.watch(Widget.resource, as: Widget.self) { events.append(event) }
            #expect(events == [.added(Widget("a")), .modified(Widget("a", size: 1)), .deleted(Widget("a"))])
        }
    }

    @Test func aWatchThatBreaksOffThrows() async throws {
        let handler: TestServer.Handler = { connection in
            let request = try connection.readRequest()
            try connection.beginChunked()
            try connection.writeChunk(Array(#"{"type":"ADDED","object":\#(Widget("a").json)}"#.utf8) + [0x0A])
            if request?.path.contains("resourceVersion=2") == true { connection.waitForClose() }
        }
        try await withClient(of: handler) { client, _ in
            let broken = try await client.watch(
                Widget.resource,
                as: Widget.self,
                options: WatchOptions(resourceVersion: "1")
            )
            var iterator = broken.makeAsyncIterator()
            #expect(try await iterator.next(isolation: nil) == .added(Widget("a")))
            let error = await #expect(throws: KubeError.self) { try await iterator.next(isolation: nil) }
            #expect(error?.isRetryable == true)

            let silent = try await client.watch(
                Widget.resource,
                as: Widget.self,
                options: WatchOptions(resourceVersion: "2")
            )
            silent.setIdleTimeout(.milliseconds(50))
            let idle = await #expect(throws: KubeError.self) { for try await _ in silent {} }
            guard case .transport(let cause) = idle?.code else { return #expect(Bool(false)) }
            #expect(cause.code == .idle)
        }
    }

    @Test func aRefusedWatchThrowsItsStatus() async throws {
        let answer = Script.Answer.json(504, #"{"message":"Timeout: Too large resource version: 9, current: 3"}"#)
        try await withClient(answering: [answer]) { client, _ in
            let error = await #expect(throws: KubeError.self) {
                try await client.watch(Widget.resource, as: Widget.self)
            }
            #expect(error?.status?.isTooLargeResourceVersion == true)
        }
    }

    @Test func cancellingTheReaderOfAWatchClosesItsConnection() async throws {
        let handler: TestServer.Handler = { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            connection.waitForClose()
        }
        try await withClient(of: handler) { client, server in
            let task = Task { for try await _ in try await client.watch(Widget.resource, as: Widget.self) {} }
            let deadline = ContinuousClock.now + .seconds(60)
            while server.counts.open == 0, ContinuousClock.now < deadline { await Task.yield() }
            task.cancel()
            let error = await #expect(throws: KubeError.self) { try await task.value }
            #expect(error?.isCancelled == true)
            while server.counts.open > 0, ContinuousClock.now < deadline { await Task.yield() }
            #expect(server.counts.open == 0)
        }
    }
}
