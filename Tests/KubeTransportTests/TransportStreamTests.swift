import Glibc
import KubeTransport
import Synchronization
import TestSupport
import Testing

@Suite struct TransportStreamTests {
    @Test func aBodySplitAtEveryByteArrivesTheSame() async throws {
        let response = Array(
            "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n".utf8
        )
        let server = try TestServer { connection in
            guard let request = try connection.readRequest(), let split = Int(request.path.dropFirst()) else { return }
            try connection.write(Array(response[..<split]))
            pause(.microseconds(300))  // lets the client see the first part alone
            try connection.write(Array(response[split...]))
        }
        try await withTransport { transport in
            for split in 0...response.count {
                let stream = try await transport.stream(HTTPRequest(path: "/\(split)"), on: .init(server))
                #expect(stream.headers["a"] == "b")
                let body = try await stream.body.collect(upTo: 100)
                #expect(String(decoding: body, as: UTF8.self) == "hello, world", "split at \(split)")
            }
        }
    }

    @Test func theHeadIsThereBeforeTheBodyAndChunksBeforeTheEnd() async throws {
        let steps = [Flag(), Flag()]
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            steps[0].block()
            try connection.writeChunk([1])
            steps[1].block()
            try connection.writeChunk([2])
            try connection.endChunked()
        }
        try await withTransport { transport in
            let stream = try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
            var chunks = stream.body.makeAsyncIterator()
            steps[0].set()
            #expect(try await chunks.next() == [1])
            steps[1].set()
            #expect(try await chunks.next() == [2])
            #expect(try await chunks.next() == nil)
            #expect(try await chunks.next() == nil)
        }
    }

    @Test func aStoppedReaderStopsTheServerAndMissesNothing() async throws {
        let size = 24 << 20
        let sent = Atomic(0)
        let body = noise(1 << 16)
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            for _ in 0..<(size / body.count) {
                try connection.writeChunk(body)
                sent.add(body.count, ordering: .relaxed)
            }
            try connection.endChunked()
        }
        try await withTransport { transport in
            let stream = try await transport.stream(
                HTTPRequest(path: "/"),
                on: .init(server),
                idleTimeout: .milliseconds(100)
            )
            var last = -1
            try await eventually("the server is stopped by a reader that does not read") {
                pause(.microseconds(150_000))  // also proves that the idle timeout does not run meanwhile
                defer { last = sent.load(ordering: .relaxed) }
                return last > 0 && last == sent.load(ordering: .relaxed)
            }
            #expect(last < size - (4 << 20), "what is missing here waits in the server, the rest in the kernel")
            var received = 0
            var isSame = true
            for try await chunk in stream.body {
                #expect(chunk.count <= 256 * 1024)
                isSame = isSame && repeats(chunk, body, from: received)
                received += chunk.count
            }
            #expect(received == size)
            #expect(isSame)
        }
    }

    @Test func whatTheServerSentBeforeItClosedIsReadToTheEnd() async throws {
        let body = noise(1 << 20)
        let isSent = Flag()
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
            try connection.write(body)
            connection.close()
            isSent.set()
        }
        try await withTransport({ $0.streamBufferSize = 64 * 1024 }) { transport in
            let stream = try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
            try await eventually("the server is done") { isSent.isSet }
            let received = try await stream.body.collect(upTo: body.count)
            #expect(received == body)
        }
    }

    @Test func manyStreamsAtOnceKeepTheirBytesApart() async throws {
        let server = try TestServer { connection in
            guard let request = try connection.readRequest() else { return }
            try connection.beginChunked()
            for index in 0..<500 {
                try connection.writeChunk(Array("\(request.path):\(index)\n".utf8))
            }
            try connection.endChunked()
        }
        try await withTransport({ $0.streamBufferSize = 512 }) { transport in
            try await withThrowingTaskGroup { group in
                for number in 0..<40 {
                    group.addTask {
                        let stream = try await transport.stream(HTTPRequest(path: "/\(number)"), on: .init(server))
                        let body = try await stream.body.collect(upTo: 1 << 20)
                        let expected = (0..<500).map { "/\(number):\($0)\n" }.joined()
                        #expect(String(decoding: body, as: UTF8.self) == expected)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func eachStreamHasAConnectionOfItsOwn() async throws {
        let server = try TestServer { connection in
            while let request = try connection.readRequest() {
                try connection.respond(200, request.path)
            }
        }
        try await withTransport { transport in
            for index in 1...3 {
                _ = try await transport.perform(HTTPRequest(path: "/call"), on: .init(server))
                let stream = try await transport.stream(HTTPRequest(path: "/stream"), on: .init(server))
                #expect(try await stream.body.collect(upTo: 10) == Array("/stream".utf8))
                #expect(server.counts.accepted == 1 + index)
            }
        }
    }

    @Test func streamsDoNotTakeTheTurnsOfCalls() async throws {
        let server = try TestServer { connection in
            while let request = try connection.readRequest() {
                guard request.path == "/watch" else {
                    try connection.respond()
                    continue
                }
                try connection.beginChunked()
                connection.waitForClose()
            }
        }
        try await withTransport({ $0.maximumConcurrentCalls = 1 }) { transport in
            var watches: [HTTPStream] = []
            for _ in 0..<20 {
                watches.append(try await transport.stream(HTTPRequest(path: "/watch"), on: .init(server)))
            }
            #expect(try await transport.perform(HTTPRequest(path: "/"), on: .init(server)).status == 200)
            #expect(watches.allSatisfy { $0.status == 200 })
        }
    }

    @Test func aSecondReaderIsRefused() async throws {
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            connection.waitForClose()
        }
        try await withTransport { transport in
            let stream = try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
            let failures = await withTaskGroup { group in
                for _ in 0..<2 {
                    group.addTask {
                        await failure { () async throws(TransportError) in try await stream.body.collect(upTo: 1) }
                    }
                }
                let first = await group.next()
                group.cancelAll()
                return [first, await group.next()]
            }
            #expect(failures == [.invalidRequest, .cancelled])
        }
    }

    @Test func collectingRefusesMoreThanItsLimit() async throws {
        let closed = Flag()
        let server = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.beginChunked()
            try connection.writeChunk(Array(repeating: 0, count: 101))
            connection.waitForClose()
            closed.set()
        }
        try await withTransport { transport in
            let stream = try await transport.stream(HTTPRequest(path: "/"), on: .init(server))
            await expect(.bodyTooLarge) { () async throws(TransportError) in try await stream.body.collect(upTo: 100) }
            try await eventually("the connection is closed") { closed.isSet }
        }
    }
}

/// Whether `chunk` is what stands at `start` of `pattern` repeated without end.
private func repeats(_ chunk: [UInt8], _ pattern: [UInt8], from start: Int) -> Bool {
    chunk.withUnsafeBytes { chunk in
        pattern.withUnsafeBytes { pattern in
            var position = 0
            while position < chunk.count {
                let offset = (start + position) % pattern.count
                let count = min(chunk.count - position, pattern.count - offset)
                guard memcmp(chunk.baseAddress! + position, pattern.baseAddress! + offset, count) == 0 else {
                    return false
                }
                position += count
            }
            return true
        }
    }
}

private func failure(_ body: () async throws(TransportError) -> some Any) async -> TransportError.Code? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error.code
    }
}
