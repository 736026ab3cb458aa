import Glibc
import Synchronization

/// Passes connections on to a server of this machine, from an address of choice, and remembers how each began.
package final class Relay: Sendable {
    private final class Memory: Sendable {
        let beginnings = Mutex<[[UInt8]]>([])
    }

    private let memory: Memory
    private let server: TestServer

    /// - Parameter source: an address of the loopback network.
    package init(to port: Int, from source: String = "127.0.0.1") throws {
        let memory = Memory()
        self.memory = memory
        server = try TestServer { connection in
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(connection.descriptor, &bytes, bytes.count, CInt(MSG_PEEK))
            let beginning = Array(bytes.prefix(max(0, count)))
            memory.beginnings.withLock { $0.append(beginning) }
            let target = TestConnection(try RawConnection.connect(to: port, from: source))
            defer { target.close() }
            try connection.relay(over: target)
        }
    }

    package var port: Int { Int(server.port) }

    /// The first bytes that the client sent on each connection.
    package var beginnings: [[UInt8]] { memory.beginnings.withLock { $0 } }

    package func stop() { server.stop() }
}
