/// The address of a proxy. May hold a user and a password, which descriptions and reflection leave out.
package struct ProxyURL: Sendable, Hashable {
    private let parts: URLParts

    /// Parses a URL with one of the schemes that client-go knows: `http`, `https`, `socks5`; and `socks5h`.
    ///
    /// - Throws: ``ConfigurationError`` with code `invalid`, whose message ends a sentence about the text.
    package init(parsing text: String) throws(ConfigurationError) {
        do {
            parts = try URLParts(parsing: text)
        } catch {
            throw ConfigurationError(.invalid, "\(error.reason); write http://HOST:PORT or socks5://HOST:PORT")
        }
        guard ["http", "https", "socks5", "socks5h"].contains(parts.scheme) else {
            throw ConfigurationError(.invalid, "has the scheme '\(parts.scheme)'; use http, https or socks5")
        }
    }

    /// The URL with its password: a secret.
    package var text: String { parts.text }
}

extension ProxyURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        parts.userInfo == nil ? parts.text : "\(parts.textWithoutUserInfo) (with credentials)"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(reflecting: description) }
}
