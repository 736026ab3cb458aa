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
            throw Self.invalid(endpoint, "the scheme is neither http nor https")
        }
        guard !url.hasCredentials, !url.hasQueryOrFragment else {
            throw Self.invalid(endpoint, "a base URL has no credentials, query or fragment")
        }
        guard let serverName = endpoint.tls.serverName, url.scheme == "https", serverName != url.host else {
            prefix = url.string
            connectTo = nil
            hostHeader = nil
            return
        }
        guard !serverName.isEmpty, serverName.utf8.allSatisfy(Self.isHostByte) else {
            throw Self.invalid(endpoint, "the server name is not a host name")
        }
        connectTo = "::\(url.host):\(url.port)"
        hostHeader = url.port == "443" ? url.host : "\(url.host):\(url.port)"
        url.host = serverName
        prefix = url.string
    }

    func url(for request: HTTPRequest) -> String {
        prefix + request.path
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

    private static func invalid(_ endpoint: TransportEndpoint, _ reason: String) -> TransportError {
        TransportError(.invalidRequest, "\(endpoint.baseURL): \(reason)", wasSent: false)
    }
}
