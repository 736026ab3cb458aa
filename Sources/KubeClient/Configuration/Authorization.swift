import FoundationEssentials

/// Values of the `Authorization` header field. Built here alone, so that nothing that could end the header field gets in.
enum Authorization {
    /// Why a token cannot be sent, as the end of a sentence. Never holds the token.
    struct Fault: Error, Hashable {
        var reason: String
    }

    /// The value for a bearer token: any visible ASCII characters (RFC 6750 allows fewer, but tokens are opaque to us).
    static func bearer(_ token: String) throws(Fault) -> String {
        guard !token.isEmpty else { throw Fault(reason: "is empty") }
        guard token.utf8.count <= maximumLength else {
            throw Fault(reason: "is longer than \(maximumLength >> 10) KiB")
        }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Fault(reason: "holds spaces, line breaks, control characters or characters beyond ASCII")
        }
        return "Bearer \(token)"
    }

    /// The value for a user's name and password (RFC 7617).
    static func basic(user: String, password: String) throws(Fault) -> String {
        guard !user.contains(":") else { throw Fault(reason: "holds a colon, which HTTP's basic authentication lacks") }
        return "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
    }

    /// Servers refuse larger header fields long before.
    private static let maximumLength = 64 << 10
}
