import Glibc
import KubeTransport
import TestSupport
import Testing

@Suite struct TransportShutdownTests {
    private func silentServer() throws -> TestServer {
        try TestServer { connection in
            guard let request = try connection.readRequest() else { return }
            if request.path == "/stream" { try connection.beginChunked() }
            connection.waitForClose()
        }
    }

    @Test func everythingUnderWayEndsWithShutdown() async throws {
        let server = try silentServer()
        let transport = try Transport()
        let stream = try await transport.stream(HTTPRequest(path: "/stream"), on: .init(server))
        await withTaskGroup { group in
            // Half of them are still waiting for their turn.
            for _ in 0..<16 {
                group.addTask {
                    await expect(.shutdown) { () async throws(TransportError) in
                        try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
                    }
                }
            }
            group.addTask {
                await expect(.shutdown) { () async throws(TransportError) in try await stream.body.collect(upTo: 1) }
            }
            do {
                try await eventually("calls are under way") { server.counts.open == 9 }
            } catch {}
            await transport.shutdown()
        }
        try await eventually("all connections are closed") { server.counts.open == 0 }
    }

    @Test func nothingStartsAfterShutdown() async throws {
        let server = try silentServer()
        let transport = try Transport()
        await transport.shutdown()
        await transport.shutdown()
        let error = await expect(.shutdown) { () async throws(TransportError) in
            try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
        }
        #expect(error?.wasSent == false)
        await expect(.shutdown) { () async throws(TransportError) in
            try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
        }
        #expect(server.counts.accepted == 0)
    }

    @Test func simultaneousShutdownsAllReturn() async throws {
        let transport = try Transport()
        await withTaskGroup { group in
            for _ in 0..<10 {
                group.addTask { await transport.shutdown() }
            }
        }
    }

    @Test func aDroppedTransportEndsItsStreams() async throws {
        let server = try silentServer()
        let stream = try await Transport().stream(HTTPRequest(path: "/stream"), on: .init(server))
        await expect(.shutdown) { () async throws(TransportError) in try await stream.body.collect(upTo: 1) }
    }

    @Test func transportsLeaveNoDescriptorsBehind() async throws {
        await #expect(processExitsWith: .success) {
            func descriptors() -> Int { (0..<256).count { fcntl($0, F_GETFD) >= 0 } }
            var counts: [Int] = []
            for _ in 0..<20 {
                let transport = try Transport()
                await expect(.connect) { () async throws(TransportError) in
                    try await transport.perform(HTTPRequest(path: "/"), on: .init(baseURL: "http://127.0.0.1:1"))
                }
                await transport.shutdown()
                counts.append(descriptors())
            }
            // The runtime opens a few of its own on the way; a transport that left one behind would leave 20.
            #expect(counts[19] - counts[0] < 10)
        }
    }
}
