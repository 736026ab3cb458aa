import NIOCore
import NIOPosix

/// A connection to a local port on which tests say whatever they like.
enum HTTPExchange {
    /// Sends the text and reads until the server closes the connection.
    static func send(_ text: String, to port: Int, host: String = "127.0.0.1") async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var received = ByteBuffer()
            do {
                for try await part in inbound { received.writeImmutableBuffer(part) }
            } catch is IOError {
                // A reset closes a connection as well.
            }
            return String(buffer: received)
        }
    }

    /// The status line of the response to a request without a body, and everything after the head.
    static func request(_ method: String, _ target: String, port: Int) async throws -> HTTPExchangeResult {
        let text = "\(method) \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        return HTTPExchangeResult(try await send(text, to: port))
    }
}

struct HTTPExchangeResult {
    let status: Int
    let headers: [String: String]
    let body: String

    init(_ text: String) {
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let end = lines.firstIndex(of: "") ?? lines.endIndex
        status = Int(lines[0].dropFirst("HTTP/1.1 ".count).prefix(3)) ?? 0
        headers = Dictionary(
            lines[..<end].dropFirst().compactMap { line in
                line.firstIndex(of: ":").map { colon in
                    (line[..<colon].lowercased(), String(line[colon...].dropFirst(2)))
                }
            },
            uniquingKeysWith: { $0 + "," + $1 }
        )
        body = lines[end...].dropFirst().joined(separator: "\r\n")
    }
}
