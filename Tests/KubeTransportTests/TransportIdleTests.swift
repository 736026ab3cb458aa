import KubeTransport
import TestSupport
import Testing

@Suite struct TransportIdleTests {
    @Test func aStreamThatFallsSilentIsEnded() async throws {
        let closed = Flag()
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            try connection.writeChunk([1])
            connection.waitForClose()
            closed.set()
        }
        try await withTransport { transport in
            let start = ContinuousClock.now
            let stream = try await transport.stream(
                HTTPRequest(path: "/"),
                on: .init(server),
                idleTimeout: .milliseconds(60)
            )
            var chunks = stream.body.makeAsyncIterator()
            #expect(try await chunks.next() == [1])
            let error = await expect(.idle) { () async throws(TransportError) in try await chunks.next(isolation: nil) }
            #expect(ContinuousClock.now - start >= .milliseconds(60))
            #expect(error?.isRetryable == true)
            try await eventually("the server sees the end") { closed.isSet }
        }
    }

    @Test func bytesKeepAStreamAlive() async throws {
        let timeout = Duration.milliseconds(250)
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            for index in 0..<20 {
                pause(timeout / 10)
                try connection.writeChunk([UInt8(index)])
            }
            try connection.endChunked()
        }
        try await withTransport { transport in
            let request = HTTPRequest(path: "/", timeout: timeout)
            let stream = try await transport.stream(request, on: .init(server), idleTimeout: timeout)
            #expect(try await stream.body.collect(upTo: 100) == Array(0..<20))
        }
    }

    @Test func theTimeoutCanBeShortenedWhileReading() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            connection.waitForClose()
        }
        try await withTransport { transport in
            let stream = try await transport.stream(
                HTTPRequest(path: "/"),
                on: .init(server),
                idleTimeout: .seconds(600)
            )
            stream.body.setIdleTimeout(.milliseconds(10))
            await expect(.idle) { () async throws(TransportError) in try await stream.body.collect(upTo: 100) }
        }
    }

    @Test func theTimeoutCanBeTakenAway() async throws {
        let timeout = Duration.milliseconds(150)
        let isTakenAway = Flag()
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            while !isTakenAway.isSet {
                try connection.writeChunk([1])
                pause(timeout / 10)
            }
            pause(timeout * 2)
            try connection.endChunked()
        }
        try await withTransport { transport in
            let stream = try await transport.stream(HTTPRequest(path: "/"), on: .init(server), idleTimeout: timeout)
            var chunks = stream.body.makeAsyncIterator()
            #expect(try await chunks.next() != nil)
            stream.body.setIdleTimeout(nil)
            isTakenAway.set()
            while try await chunks.next() != nil {}
        }
    }

    @Test func aStreamWithoutAHeadRunsIntoTheRequestsTimeout() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            connection.waitForClose()
        }
        try await withTransport { transport in
            await expect(.timeout) { () async throws(TransportError) in
                try await transport.stream(HTTPRequest(path: "/", timeout: .milliseconds(20)), on: .init(server))
            }
        }
    }

    @Test func anEarlyEndIsNotANormalOne() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            try connection.writeChunk([1, 2])
        }
        try await withTransport { transport in
            let stream = try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
            var chunks = stream.body.makeAsyncIterator()
            #expect(try await chunks.next() == [1, 2])
            for _ in 0..<2 {
                let error = await expect(.truncated) { () async throws(TransportError) in
                    try await chunks.next(isolation: nil)
                }
                #expect(error?.isRetryable == true)
            }
        }
    }
}
