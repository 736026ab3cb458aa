/// How libcurl is told of an endpoint.
///
/// libcurl takes the name for SNI and for the check of the certificate from the URL. When the endpoint asks for another
/// name than its host's, the URL gets that name, `CURLOPT_CONNECT_TO` leads the connection to the real host, and the
/// `Host` field is set to it.
struct Route {
    let endpoint: TransportEndpoint
    /// What a request's path is appended to.
    let prefix: String
    /// `HOST:PORT` to connect to instead of that of the URL.
    let connectTo: String?
    /// The `Host` field, if it differs from that of the URL.
    let hostHeader: String?

    init(_ endpoint: TransportEndpoint) throws(TransportError) {
        self.endpoint = endpoint
        var url = try ParsedURL(endpoint.baseURL)
        guard url.scheme == "https" || url.scheme == "http" else {
            throw Self.invalid("the scheme is neither http nor https")
        }
        guard !url.hasCredentials, !url.hasQueryOrFragment else {
            throw Self.invalid("a base URL has no credentials, query or fragment")
        }
        if let reason = Self.invalidity(of: endpoint.tls) {
            throw Self.invalid(reason)
        }
        guard let serverName = endpoint.tls.serverName, url.scheme == "https", serverName != url.host else {
            prefix = url.string
            connectTo = nil
            hostHeader = nil
            return
        }
        connectTo = "::\(url.host):\(url.port)"
        hostHeader = url.port == "443" ? url.host : "\(url.host):\(url.port)"
        url.host = serverName.contains(":") && !serverName.hasPrefix("[") ? "[\(serverName)]" : serverName
        prefix = url.string
    }

    func url(for request: HTTPRequest) -> String {
        prefix + request.path
    }

    /// What libcurl would only call a bad argument.
    private static func invalidity(of tls: TLSConfiguration) -> String? {
        if tls.certificateAuthorities?.isEmpty == true {
            return "the certificate authorities are empty"
        }
        if (tls.clientCertificate ?? []).isEmpty != (tls.clientKey ?? []).isEmpty {
            return "a client certificate needs a key, and the other way round"
        }
        if let serverName = tls.serverName, serverName.isEmpty || !serverName.utf8.allSatisfy(isHostByte) {
            return "the server name is not a host name"
        }
        return nil
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default:
            false
        }
    }

    private static func invalid(_ reason: String) -> TransportError {
        TransportError(.invalidRequest, "invalid endpoint: \(reason)", wasSent: false)
    }
}
