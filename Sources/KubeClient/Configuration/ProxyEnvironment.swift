/// Which proxy the environment asks for, as Go's `net/http` reads it and so every other client of Kubernetes:
/// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, or their lower-case forms.
///
/// Source: the documentation of golang.org/x/net/http/httpproxy. A value that is empty is none, the upper-case form goes first.
package struct ProxyEnvironment: Sendable {
    private let variables: [String: String]

    package init(_ variables: [String: String]) { self.variables = variables }

    /// The proxy for requests to a server; `nil` to connect directly.
    ///
    /// - Throws: ``ConfigurationError`` with code `invalid` for a proxy that is none, whose message names the variable.
    package func proxy(for server: ServerURL) throws(ConfigurationError) -> ProxyURL? {
        guard
            let (name, value) = server.isHTTPS
                ? setting("HTTPS_PROXY", "https_proxy") : setting("HTTP_PROXY", "http_proxy"),
            usesProxy(server)
        else { return nil }
        // A CGI program gets HTTP_PROXY from the header field `Proxy` of whoever asks (CVE-2016-5386).
        if !server.isHTTPS, variables["REQUEST_METHOD"]?.isEmpty == false {
            throw ConfigurationError(.invalid, "\(name) is not used where REQUEST_METHOD is set, as in CGI programs")
        }
        do {
            return try ProxyURL(parsing: value.contains("://") ? value : "http://\(value)")
        } catch {
            throw ConfigurationError(error.code, "\(name) \(error.message)")
        }
    }

    private func setting(_ names: String...) -> (name: String, value: String)? {
        for name in names {
            if let value = variables[name], !value.isEmpty { return (name, value) }
        }
        return nil
    }

    private func usesProxy(_ server: ServerURL) -> Bool {
        let host = server.host.lowercased()
        if host == "localhost" { return false }
        let address = IPAddress(host)
        if let address, address.isLoopback { return false }
        let port = server.port ?? (server.isHTTPS ? 443 : 80)
        let exceptions = setting("NO_PROXY", "no_proxy")?.value ?? ""
        return !exceptions.split(separator: ",").contains { entry in
            ProxyException(entry.trimmed)?.matches(host, address, port) ?? false
        }
    }
}

/// One entry of `NO_PROXY`.
private enum ProxyException {
    /// `*`
    case all
    /// `10.0.0.0/8`
    case network(IPAddress, bits: Int)
    /// `10.0.0.1`, perhaps with a port.
    case address(IPAddress, port: String)
    /// `example.com`, which has its subdomains in it, or `.example.com` and `*.example.com` for these alone; perhaps with a port.
    case domain(suffix: String, hasItself: Bool, port: String)

    /// `nil` for an entry that says nothing.
    init?(_ entry: String) {
        let entry = entry.lowercased()
        guard !entry.isEmpty else { return nil }
        if entry == "*" {
            self = .all
            return
        }
        if let slash = entry.firstIndex(of: "/"), let address = IPAddress(String(entry[..<slash])),
            let bits = Int(entry[entry.index(after: slash)...]), (0...address.bytes.count * 8).contains(bits)
        {
            self = .network(address, bits: bits)
            return
        }
        var (host, port) = Self.split(entry)
        if let address = IPAddress(host) {
            self = .address(address, port: port)
            return
        }
        if host.hasPrefix("*.") { host.removeFirst() }
        guard !host.isEmpty else { return nil }
        self =
            host.hasPrefix(".")
            ? .domain(suffix: host, hasItself: false, port: port)
            : .domain(suffix: ".\(host)", hasItself: true, port: port)
    }

    /// Host and port; all is the host where it is not of the form `host:port`.
    private static func split(_ entry: String) -> (host: String, port: String) {
        if entry.hasPrefix("[") {
            guard let end = entry.firstIndex(of: "]") else { return (entry, "") }
            let rest = entry[entry.index(after: end)...]
            guard rest.hasPrefix(":") else { return (entry, "") }
            return (String(entry[entry.index(after: entry.startIndex)..<end]), String(rest.dropFirst()))
        }
        guard let colon = entry.firstIndex(of: ":"), entry.lastIndex(of: ":") == colon else { return (entry, "") }
        return (String(entry[..<colon]), String(entry[entry.index(after: colon)...]))
    }

    func matches(_ host: String, _ address: IPAddress?, _ port: UInt16) -> Bool {
        func matches(_ wanted: String) -> Bool { wanted.isEmpty || wanted == String(port) }
        switch self {
        case .all: return true
        case .network(let network, let bits): return address?.isIn(network, bits: bits) ?? false
        case .address(let wanted, let port): return address == wanted && matches(port)
        case .domain(let suffix, let hasItself, let port):
            guard address == nil else { return false }
            return (host.hasSuffix(suffix) || hasItself && host == suffix.dropFirst()) && matches(port)
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
