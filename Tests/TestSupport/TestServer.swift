import Foundation
import Glibc
import Synchronization

/// A server on loopback, one blocking thread per connection, that does what its handler says, to the byte.
///
/// The handler is called once per connection. The connection is closed when it returns.
package final class TestServer: Sendable {
    package typealias Handler = @Sendable (TestConnection) throws -> Void

    package struct Counts {
        package var accepted = 0
        package var open = 0
        package var highestOpen = 0
    }

    package let port: UInt16
    private let listener: CInt
    private let state = Mutex(Counts())

    package init(_ handler: @escaping Handler) throws {
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        port = try Self.bindToLoopback(listener)
        guard listen(listener, 1024) == 0 else { throw SocketError("listen", errno) }
        Thread.detachNewThread { [self] in accept(handler) }
    }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var counts: Counts { state.withLock { $0 } }

    /// Stops accepting. Connections end when their handlers do.
    package func stop() {
        Glibc.shutdown(listener, CInt(SHUT_RDWR))
    }

    /// A port of all addresses on which nobody listens yet. Where nobody ever should, there is ``RefusingPort``.
    ///
    /// None of those that the kernel gives to clients and to whoever listens on any port: one of these would soon be taken. Given out once.
    package static func closedPort() throws -> UInt16 { try FreePorts.shared.take() }

    private func accept(_ handler: @escaping Handler) {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            state.withLock {
                $0.accepted += 1
                $0.open += 1
                $0.highestOpen = max($0.highestOpen, $0.open)
            }
            Thread.detachNewThread { [self] in
                let connection = TestConnection(descriptor)
                // Ends with whatever the client does to it.
                do { try handler(connection) } catch {}
                connection.close()
                state.withLock { $0.open -= 1 }
            }
        }
        close(listener)
    }

    /// A connection to a server on loopback.
    package static func connect(to port: UInt16) throws -> CInt {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        let status = withLoopbackAddress(port: port) { address, length in
            Glibc.connect(descriptor, address, length.pointee)
        }
        guard status == 0 else { throw SocketError("connect", errno) }
        return descriptor
    }

    static func bindToLoopback(_ descriptor: CInt) throws -> UInt16 {
        var port: UInt16 = 0
        let status = withLoopbackAddress(port: 0) { address, length in
            guard bind(descriptor, address, length.pointee) == 0 else { return -1 }
            guard getsockname(descriptor, address, length) == 0 else { return -1 }
            port = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
            return 0
        }
        guard status == 0 else { throw SocketError("bind", errno) }
        return port
    }

    private static func withLoopbackAddress(
        port: UInt16,
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = port.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
        }
    }
}

package struct SocketError: Error, CustomStringConvertible {
    package var description: String

    package init(_ call: String, _ code: CInt) {
        description = "\(call): \(String(cString: strerror(code)))"
    }
}
