/// A user as a kubeconfig describes it. Descriptions and reflection leave the secrets out.
struct KubeconfigUser: Sendable {
    var place: KubeconfigPlace
    var clientCertificate: String?
    var clientCertificateData: [UInt8]?
    var clientKey: String?
    var clientKeyData: [UInt8]?
    var token: String?
    var tokenFile: String?
    var username: String?
    var password: String?
    var impersonatedUser: String?
    var impersonatedUID: String?
    var impersonatedGroups: [String]
    var impersonatedExtra: [String: [String]]
    /// The name of the legacy mechanism, if the user has one.
    var authProvider: String?
    /// Decoded as an ``ExecPlugin`` once it is used.
    var exec: KubeconfigNode?

    /// Reads a member of `users`.
    init(_ node: KubeconfigNode) throws(ConfigurationError) {
        place = node.place
        clientCertificate = try node.string("client-certificate")
        clientCertificateData = try node.data("client-certificate-data")
        clientKey = try node.string("client-key")
        clientKeyData = try node.data("client-key-data")
        token = try node.string("token")
        tokenFile = try node.string("tokenFile")
        username = try node.string("username")
        password = try node.string("password")
        impersonatedUser = try node.string("as")
        impersonatedUID = try node.string("as-uid")
        impersonatedGroups = try node.strings("as-groups")
        impersonatedExtra = try node.stringLists("as-user-extra")
        if let provider = try node.object("auth-provider") { authProvider = try provider.string("name") ?? "" }
        exec = try node.object("exec")
    }
}

extension KubeconfigUser: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "KubeconfigUser(\(place.owner ?? "anonymous"), <redacted>)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(reflecting: description) }
}
