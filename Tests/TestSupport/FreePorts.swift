import Glibc
import Synchronization

/// Ports for programs and servers that must be told theirs.
final class FreePorts: Sendable {
    static let shared = FreePorts()

    /// Below what Linux gives to clients, and to servers that take any port; and below Kubernetes' node ports.
    private static let range: ClosedRange<UInt16> = 20_000...29_999
    private static let attempts = 1_000

    private let taken = Mutex<Set<UInt16>>([])

    /// A port on which nobody listens on any address, and that was not given out before.
    func take() throws -> UInt16 {
        try taken.withLock { taken in
            for _ in 0..<Self.attempts {
                let port = UInt16.random(in: Self.range)
                if !taken.contains(port), try Self.isFree(port) {
                    taken.insert(port)
                    return port
                }
            }
            throw SocketError("no port is free in \(Self.range)", EADDRINUSE)
        }
    }

    private static func isFree(_ port: UInt16) throws -> Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket", errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
