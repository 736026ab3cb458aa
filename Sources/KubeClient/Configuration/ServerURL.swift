/// The address of an API server: `http` or `https`, a host, perhaps a port, perhaps a path before all requests' paths.
package struct ServerURL: Sendable, Hashable, CustomStringConvertible {
    private let parts: URLParts

    /// Parses an absolute URL, or `HOST` or `HOST:PORT`, which means `defaultScheme`, as in client-go.
    ///
    /// - Throws: ``ConfigurationError`` with code `invalid`, whose message ends a sentence about the text.
    package init(parsing text: String, defaultScheme: String = "https") throws(ConfigurationError) {
        let absolute = text.contains("://") ? text : "\(defaultScheme)://\(text)"
        do {
            parts = try URLParts(parsing: absolute)
        } catch {
            throw ConfigurationError(.invalid, "\(error.reason); write https://HOST:PORT")
        }
        guard parts.scheme == "https" || parts.scheme == "http" else {
            throw ConfigurationError(.invalid, "has the scheme '\(parts.scheme)'; write https://HOST:PORT")
        }
        guard parts.userInfo == nil else {
            throw ConfigurationError(.invalid, "holds a user name; put it into the user's username and password")
        }
        guard text.contains("://") || parts.path.isEmpty else {
            throw ConfigurationError(.invalid, "has a path but no scheme; write https://HOST:PORT/PATH")
        }
    }

    init(scheme: String, host: String, port: UInt16?) {
        parts = URLParts(scheme: scheme, host: host, port: port)
    }

    /// The URL, without a `/` at its end: a request's path can be appended.
    package var text: String { parts.text }

    /// Whether connections are encrypted.
    package var isHTTPS: Bool { parts.scheme == "https" }

    /// A name or an address; IPv6 without its brackets.
    var host: String { parts.host }
    var port: UInt16? { parts.port }

    /// Host and port as given, for a `Host` header field or a metric's label. IPv6 is in brackets.
    package var authority: String { parts.authority }

    package var description: String { text }
}
