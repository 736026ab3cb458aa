/// What is sent to prove who we are. All parts are secret: descriptions, dumps and reflection show only which are there.
package struct Credentials: Sendable, Hashable {
    /// The value of the `Authorization` header field: `Bearer …` or `Basic …`. Never holds a control character.
    package var authorization: String?
    /// Our certificate followed by its intermediates, PEM. Present exactly if ``clientKeyPEM`` is.
    package var clientCertificatePEM: [UInt8]?
    /// The key of ``clientCertificatePEM``, PEM.
    package var clientKeyPEM: [UInt8]?

    package init(
        authorization: String? = nil,
        clientCertificatePEM: [UInt8]? = nil,
        clientKeyPEM: [UInt8]? = nil
    ) {
        self.authorization = authorization
        self.clientCertificatePEM = clientCertificatePEM
        self.clientKeyPEM = clientKeyPEM
    }

    /// None: an anonymous request.
    package static let anonymous = Credentials()
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        var parts: [String] = []
        if let authorization {
            let scheme = authorization.prefix { $0 != " " }
            parts.append("authorization: \(scheme) <redacted>")
        }
        if clientCertificatePEM != nil { parts.append("client certificate: <redacted>") }
        return "Credentials(\(parts.isEmpty ? "anonymous" : parts.joined(separator: ", ")))"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(reflecting: description) }
}
