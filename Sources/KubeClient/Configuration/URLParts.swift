/// The parts of an absolute URL that name a server; stricter than RFC 3986 where that keeps surprises out.
struct URLParts: Hashable, Sendable {
    /// Lower case.
    var scheme: String
    /// What stands before the `@`, as written.
    var userInfo: String?
    /// A name or an address; IPv6 without its brackets.
    var host: String
    var port: UInt16?
    /// Empty, or `/` and at least one more character, without a `/` at its end.
    var path: String

    /// Why a text is not accepted, as the end of a sentence about it.
    struct Fault: Error, Hashable {
        var reason: String
    }

    init(scheme: String, host: String, port: UInt16?) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = ""
    }

    /// Parses `text`. Refused: a query or fragment, spaces and control characters, a backslash, an empty host.
    init(parsing text: String) throws(Fault) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw Fault(reason: "holds spaces, control characters, a backslash or characters beyond ASCII")
        }
        guard let separator = text.firstRange(of: "://") else { throw Fault(reason: "has no scheme") }
        scheme = text[..<separator.lowerBound].lowercased()
        var rest = text[separator.upperBound...]
        guard !rest.contains("?"), !rest.contains("#") else { throw Fault(reason: "has a query or a fragment") }
        let pathStart = rest.firstIndex(of: "/") ?? rest.endIndex
        var path = rest[pathStart...]
        while path.last == "/" { path.removeLast() }
        self.path = String(path)
        rest = rest[..<pathStart]
        if let at = rest.lastIndex(of: "@") {
            userInfo = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        (host, port) = try Self.hostAndPort(rest)
    }

    private static func hostAndPort(_ text: Substring) throws(Fault) -> (String, UInt16?) {
        var host = text
        var portText: Substring?
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else { throw Fault(reason: "has an unclosed '['") }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.first == ":" else { throw Fault(reason: "has characters after ']'") }
            portText = rest.isEmpty ? nil : rest.dropFirst()
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." || $0 == "%" }) else {
                throw Fault(reason: "has no IPv6 address in its brackets")
            }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
            guard portText?.contains(":") != true else {
                throw Fault(reason: "has an IPv6 address without brackets")
            }
        }
        guard !host.isEmpty else { throw Fault(reason: "has no host") }
        guard text.first == "[" || host.allSatisfy({ $0.isLetter || $0.isNumber || "-._~%!$&'()*+,;=".contains($0) })
        else { throw Fault(reason: "has a host that is no name and no address") }
        guard let portText, !portText.isEmpty else { return (String(host), nil) }
        guard portText.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let port = UInt16(portText), port > 0
        else { throw Fault(reason: "has a port that is not in 1...65535") }
        return (String(host), port)
    }

    /// The URL, without anything that stood before an `@`.
    var textWithoutUserInfo: String { "\(scheme)://\(authority)\(path)" }

    /// The URL.
    var text: String { "\(scheme)://\(userInfo.map { "\($0)@" } ?? "")\(authority)\(path)" }

    /// Host and port, as they stand in a URL and in a `Host` header field.
    var authority: String {
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(bracketed):\($0)" } ?? bracketed
    }
}
