/// Where requests go and how the peer is known: everything that a connection depends on.
///
/// Two requests share a connection only if their endpoints are equal.
package struct TransportEndpoint: Sendable, Hashable {
    /// User and password of HTTP basic authentication.
    package struct BasicCredentials: Sendable, Hashable {
        package var user: String
        package var password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// `http` or `https`, host, optionally port and a path prefix. Must hold no credentials.
    package var baseURL: String
    /// How `https` is done.
    package var tls: TLSConfiguration
    /// An `http`, `https`, `socks5` or `socks5h` proxy, which may hold credentials. `nil` connects directly: the
    /// environment is never consulted.
    package var proxyURL: String?
    /// Sent with every request. Not to be combined with an `Authorization` field.
    package var basicCredentials: BasicCredentials?

    package init(
        baseURL: String,
        tls: TLSConfiguration = TLSConfiguration(),
        proxyURL: String? = nil,
        basicCredentials: BasicCredentials? = nil
    ) {
        self.baseURL = baseURL
        self.tls = tls
        self.proxyURL = proxyURL
        self.basicCredentials = basicCredentials
    }

    /// Hashes only what is short: this runs once per request, and certificates are kilobytes.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(baseURL)
        hasher.combine(proxyURL)
    }

    /// The base URL as errors and metrics show it: without the credentials that should not be there in the first place.
    var displayURL: String {
        guard let at = baseURL.lastIndex(of: "@") else { return baseURL }
        let scheme = baseURL.firstIndex(of: ":").map { baseURL[...$0] + "//" } ?? ""
        return scheme + baseURL[baseURL.index(after: at)...]
    }
}
