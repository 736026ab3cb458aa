import KubeTransport
import TestSupport
import Testing

@Suite struct TransportCancellationTests {
    /// A server that sends `head`, and some of a body if there is a head, and then waits for the client to close.
    private func server(head: Bool, closed: Flag) throws -> TestServer {
        try TestServer { connection in
            _ = try connection.readRequest()
            if head {
                try connection.beginChunked()
                try connection.writeChunk([1, 2, 3])
            }
            connection.waitForClose()
            closed.set()
        }
    }

    @Test func cancellingACallClosesItsConnection() async throws {
        let closed = Flag()
        let server = try server(head: false, closed: closed)
        try await withTransport { transport in
            let call = Task {
                await expect(.cancelled) { () async throws(TransportError) in
                    try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
                }
            }
            try await eventually("the call is under way") { server.counts.open == 1 }
            call.cancel()
            #expect(await call.value?.isRetryable == false)
            try await eventually("the server sees the end") { closed.isSet }
        }
    }

    @Test func cancellingACallThatWaitsForItsTurnEndsIt() async throws {
        let closed = Flag()
        let server = try server(head: false, closed: closed)
        try await withTransport({ $0.maximumConcurrentCalls = 1 }) { transport in
            let calls = (0..<2).map { _ in
                Task {
                    await expect(.cancelled) { () async throws(TransportError) in
                        try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
                    }
                }
            }
            try await eventually("one call is under way") { server.counts.open == 1 }
            calls.forEach { $0.cancel() }
            for call in calls {
                _ = await call.value
            }
        }
        #expect(server.counts.accepted == 1)
    }

    @Test func aCallOfACancelledTaskIsNotSent() async throws {
        let server = try server(head: false, closed: Flag())
        try await withTransport { transport in
            let call = Task {
                try? await Task.sleep(for: .seconds(60))
                return await expect(.cancelled) { () async throws(TransportError) in
                    try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
                }
            }
            call.cancel()
            #expect(await call.value?.wasSent == false)
        }
    }

    @Test func cancellingAStreamBeforeItsHeadClosesItsConnection() async throws {
        let closed = Flag()
        let server = try server(head: false, closed: closed)
        try await withTransport { transport in
            let call = Task {
                await expect(.cancelled) { () async throws(TransportError) in
                    try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
                }
            }
            try await eventually("the stream is under way") { server.counts.open == 1 }
            call.cancel()
            _ = await call.value
            try await eventually("the server sees the end") { closed.isSet }
        }
    }

    @Test func cancellingTheReaderClosesTheConnection() async throws {
        let closed = Flag()
        let server = try server(head: true, closed: closed)
        try await withTransport { transport in
            let stream = try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
            let first = Flag()
            let reader = Task {
                await expect(.cancelled) { () async throws(TransportError) in
                    for try await chunk in stream.body {
                        #expect(chunk == [1, 2, 3])
                        first.set()
                    }
                }
            }
            try await eventually("the reader waits") { first.isSet }
            reader.cancel()
            _ = await reader.value
            try await eventually("the server sees the end") { closed.isSet }
            await expect(.cancelled) { () async throws(TransportError) in try await stream.body.collect(upTo: 10) }
        }
    }

    @Test func droppingAStreamUnreadClosesItsConnection() async throws {
        let closed = Flag()
        let server = try server(head: true, closed: closed)
        try await withTransport { transport in
            _ = try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
            try await eventually("the server sees the end") { closed.isSet }
        }
    }

    @Test func leavingTheLoopClosesTheConnection() async throws {
        let closed = Flag()
        let server = try server(head: true, closed: closed)
        try await withTransport { transport in
            for try await _ in try await transport.stream(HTTPRequest(path: "/"), on: .init(server)).body {
                break
            }
            try await eventually("the server sees the end") { closed.isSet }
        }
    }

    @Test func theIteratorAloneKeepsTheStreamOpen() async throws {
        let closed = Flag()
        let server = try server(head: true, closed: closed)
        try await withTransport { transport in
            var iterator = try await transport.stream(HTTPRequest(path: "/"), on: .init(server)).body.makeAsyncIterator()
            #expect(try await iterator.next() == [1, 2, 3])
            #expect(!closed.isSet)
        }
    }

    @Test func manyCancellationsAtAnyMomentLoseNoCall() async throws {
        let server = try TestServer { connection in
            while try connection.readRequest() != nil {
                try connection.respond(200, "ok")
            }
        }
        try await withTransport { transport in
            await withTaskGroup { group in
                for index in 0..<400 {
                    group.addTask {
                        let call = Task { try await transport.perform(HTTPRequest(path: "/"), on: .init(server)) }
                        for _ in 0..<(index % 20) {
                            await Task.yield()
                        }
                        call.cancel()
                        switch await call.result {
                        case .success(let response): #expect(response.text == "ok")
                        case .failure(let error): #expect((error as? TransportError)?.code == .cancelled)
                        }
                    }
                }
            }
            let response = try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
            #expect(response.text == "ok")
        }
        try await eventually("no connection is left behind") { server.counts.open == 0 }
    }
}
