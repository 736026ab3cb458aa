/// Where a server listens: `127.0.0.1:8080`, `localhost:8080`, `[::1]:8080`, or `:8080` for all interfaces. Port 0 leaves the
/// choice to the kernel.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address without brackets; empty for all interfaces.
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// - Throws: ``HealthError/Code/address``.
    package init(parsing text: String) throws(HealthError) {
        func error(_ why: String) -> HealthError {
            HealthError(.address, "cannot listen on '\(text)': \(why); write host:port, [IPv6 address]:port, or :port")
        }
        guard let colon = text.lastIndex(of: ":") else { throw error("there is no port") }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let port = UInt16(digits)
        else { throw error("the port is not a number from 0 to 65535") }
        let host = text[..<colon]
        if host.hasPrefix("[") || host.hasSuffix("]") {
            guard host.hasPrefix("["), host.hasSuffix("]"), Self.isIPv6(host.dropFirst().dropLast()) else {
                throw error("there is no IPv6 address between the brackets")
            }
            self.init(host: String(host.dropFirst().dropLast()), port: port)
        } else {
            guard !host.contains(":") else { throw error("an IPv6 address needs brackets") }
            guard host.utf8.count <= 253, host.utf8.allSatisfy(Self.isNameCharacter) else {
                throw error("the host is neither a name nor an address")
            }
            self.init(host: String(host), port: port)
        }
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// What to bind to, the next when the one before cannot be bound. All interfaces means both families, which a socket of
    /// IPv6 serves; a machine without IPv6 has IPv4 alone.
    package var bindHosts: [String] { host.isEmpty ? ["::", "0.0.0.0"] : [host] }

    /// A rough look; the resolver has the last word. After a `%` comes the name of an interface.
    private static func isIPv6(_ text: Substring) -> Bool {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, address.contains(":"), address.utf8.count <= 45 else { return false }
        let isAddress = address.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
        return isAddress && (parts.count == 1 || (!parts[1].isEmpty && parts[1].utf8.allSatisfy(isNameCharacter)))
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
