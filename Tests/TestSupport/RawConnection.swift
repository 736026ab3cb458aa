import Glibc

/// A socket connected to a local port, from an address of choice, without anything that reads by itself.
package final class RawConnection: Sendable {
    /// Open until the last reference is gone.
    package let descriptor: CInt

    /// - Parameters:
    ///   - source: an address of the loopback network, which on Linux is all of 127/8.
    ///   - receiveBuffer: bytes that are taken without being read; `nil` for the system's choice.
    package init(to port: Int, from source: String = "127.0.0.1", receiveBuffer: CInt? = nil) throws {
        descriptor = try Self.connect(to: port, from: source, receiveBuffer: receiveBuffer)
    }

    deinit { close(descriptor) }

    /// A connection from an address of the loopback network, which is the caller's to close.
    package static func connect(to port: Int, from source: String, receiveBuffer: CInt? = nil) throws -> CInt {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<CInt>.size))
        }
        guard withAddress(source, 0, { bind(descriptor, $0, $1) }) == 0 else { throw SocketError("bind", errno) }
        guard withAddress("127.0.0.1", UInt16(port), { Glibc.connect(descriptor, $0, $1) }) == 0 else {
            throw SocketError("connect", errno)
        }
        return descriptor
    }

    /// Sends what can be sent without waiting.
    ///
    /// - Returns: whether the peer still has the connection open.
    @discardableResult
    package func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
        return Glibc.send(descriptor, bytes, bytes.count, flags) >= 0 || errno == EAGAIN
    }

    /// Waits for an answer, or the end of the connection, which is an empty text.
    package func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }

    /// Whether the peer has closed, as far as can be seen without reading what it sent.
    package var isClosed: Bool {
        // POLLRDHUP, which Glibc's module lacks.
        let halfClosed: Int16 = 0x2000
        var state = pollfd(fd: descriptor, events: halfClosed, revents: 0)
        return poll(&state, 1, 0) > 0 && state.revents & (halfClosed | Int16(POLLHUP) | Int16(POLLERR)) != 0
    }

    private static func withAddress(
        _ host: String,
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(host)
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
