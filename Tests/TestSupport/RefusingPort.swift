import Glibc

/// A port on loopback that refuses connections, and that nobody else gets as long as this is there.
package final class RefusingPort: Sendable {
    private let descriptor: CInt
    package let port: UInt16

    package init() throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        port = try TestServer.bindToLoopback(descriptor)
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Holds the port until here.
    package func release() {}

    deinit { close(descriptor) }
}
