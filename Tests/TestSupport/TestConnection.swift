import Glibc

/// The server's end of a connection. Used by one thread.
package final class TestConnection {
    package struct Request {
        package var method: String
        package var path: String
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]

        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    package struct Closed: Error {}

    package let descriptor: CInt
    private var received: [UInt8] = []
    private var isClosed = false

    package init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        Glibc.close(descriptor)
    }

    /// Closes so that the client sees a reset instead of an end.
    package func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }

    /// A line without its end.
    package func readLine() throws -> String {
        while true {
            if let end = received.firstIndex(of: 10) {
                let line = received[..<end].filter { $0 != 13 }
                received.removeSubrange(...end)
                return String(decoding: line, as: UTF8.self)
            }
            try receive()
        }
    }

    /// The next request, or `nil` if the client is done.
    package func readRequest() throws -> Request? {
        let first: String
        do { first = try readLine() } catch is Closed { return nil }
        let words = first.split(separator: " ").map(String.init)
        guard words.count == 3 else { throw Closed() }
        var request = Request(method: words[0], path: words[1], headers: [], body: [])
        while case let line = try readLine(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingPrefix { $0 == " " } }
            request.headers.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : ""))
        }
        let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
        while received.count < length {
            try receive()
        }
        request.body = Array(received.prefix(length))
        received.removeFirst(length)
        return request
    }

    package func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Closed() }
            sent += count
        }
    }

    package func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    package func respond(_ status: Int = 200, _ body: [UInt8] = [], headers: [String] = []) throws {
        let lines = ["HTTP/1.1 \(status) Reason", "Content-Length: \(body.count)"] + headers
        try write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    package func respond(_ status: Int = 200, _ body: String, headers: [String] = []) throws {
        try respond(status, Array(body.utf8), headers: headers)
    }

    package func beginChunked(_ status: Int = 200) throws {
        try write("HTTP/1.1 \(status) OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    }

    package func writeChunk(_ bytes: [UInt8]) throws {
        try write(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10])
    }

    package func endChunked() throws {
        try write("0\r\n\r\n")
    }

    /// Blocks until the client has closed; whatever it sends until then is dropped.
    package func waitForClose() {
        do { while true { try receive() } } catch { received = [] }
    }

    /// Passes bytes between the client and a server on loopback until one of them closes.
    package func relay(to port: UInt16) throws {
        let server = TestConnection(try TestServer.connect(to: port))
        defer { server.close() }
        try relay(over: server)
    }

    /// Passes bytes between the client and another connection until one of them closes.
    package func relay(over server: TestConnection) throws {
        var ends = [descriptor, server.descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while poll(&ends, nfds_t(ends.count), -1) > 0 {
            for (end, other) in [(0, server), (1, self)] where ends[end].revents != 0 {
                var buffer = [UInt8](repeating: 0, count: 65536)
                let count = recv(ends[end].fd, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                try other.write(Array(buffer[..<count]))
            }
        }
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Closed() }
        received.append(contentsOf: buffer[..<count])
    }
}
