import JSON

extension KubeconfigUser {
    var hasCertificate: Bool { clientCertificate != nil || clientCertificateData != nil }

    private var hasToken: Bool { token != nil || tokenFile != nil }
    private var hasPassword: Bool { username != nil || password != nil }

    /// Where this user's credentials come from.
    ///
    /// A token, a password or a certificate goes before an exec plugin, and a token file that can be read goes before a
    /// token, as in client-go.
    ///
    /// - Parameter cluster: what an exec plugin is told of the cluster if it is to be told.
    func credentialSource(
        cluster: JSONValue,
        host: HostEnvironment
    ) throws(ConfigurationError) -> any CredentialSource {
        if let authProvider {
            let message = "\"\(authProvider)\" is not supported; use exec with a credential plugin"
            throw place.error(.unsupported, "auth-provider", message)
        }
        if hasToken, hasPassword {
            throw place.error(.invalid, "username", "cannot be combined with a token; remove one of them")
        }
        if let exec, !hasToken, !hasPassword, !hasCertificate {
            let plugin = try ExecPlugin(exec)
            var invocation = ExecInvocation(plugin: plugin)
            if plugin.providesClusterInfo { invocation.cluster = cluster }
            return ExecCredentialSource(invocation, host: host)
        }
        var parts = FileCredentialSource.Parts(authorization: try authorization())
        parts.tokenFile = tokenFile.map(place.resolve)
        if hasCertificate {
            parts.clientCertificate = part(clientCertificateData, clientCertificate)
            parts.clientKey = part(clientKeyData, clientKey)
            guard parts.clientKey != nil else {
                throw place.error(
                    .invalid,
                    "client-key",
                    "missing; a client certificate needs client-key or client-key-data"
                )
            }
        } else if clientKey != nil || clientKeyData != nil {
            let message = "missing; a client key needs client-certificate or client-certificate-data"
            throw place.error(.invalid, "client-certificate", message)
        }
        return try FileCredentialSource(parts, place: place, host: host)
    }

    private func authorization() throws(ConfigurationError) -> String? {
        do {
            if let token { return try Authorization.bearer(token) }
            if hasPassword { return try Authorization.basic(user: username ?? "", password: password ?? "") }
            return nil
        } catch {
            throw place.error(.invalid, token == nil ? "username" : "token", error.reason)
        }
    }

    private func part(_ data: [UInt8]?, _ path: String?) -> FileCredentialSource.Part? {
        data.map(FileCredentialSource.Part.bytes) ?? path.map { .file(place.resolve($0)) }
    }

    /// Whom the requests are made in the name of.
    func impersonation() throws(ConfigurationError) -> Impersonation? {
        guard let impersonatedUser else {
            guard impersonatedUID == nil, impersonatedGroups.isEmpty, impersonatedExtra.isEmpty else {
                throw place.error(.invalid, "as", "missing; as-uid, as-groups and as-user-extra need it")
            }
            return nil
        }
        let impersonation = Impersonation(
            user: impersonatedUser,
            uid: impersonatedUID,
            groups: impersonatedGroups,
            extra: impersonatedExtra
        )
        for field in impersonation.headerFields where !field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            throw place.error(.invalid, "as", "\(field.name) would hold a line break or another control character")
        }
        return impersonation
    }
}
