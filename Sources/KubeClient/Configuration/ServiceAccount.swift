import KubeTransport

/// The configuration that every pod is given: the API server's address in the environment, a token, the cluster's
/// authorities and the namespace in files.
enum ServiceAccount {
    static let directory = "/var/run/secrets/kubernetes.io/serviceaccount"
    static let tokenFile = "\(directory)/token"
    static let certificateAuthorityFile = "\(directory)/ca.crt"
    static let namespaceFile = "\(directory)/namespace"

    /// Whether we run in a pod that has a service account's token.
    static func isPresent(_ host: HostEnvironment) -> Bool {
        guard host.variable("KUBERNETES_SERVICE_HOST") != nil, host.variable("KUBERNETES_SERVICE_PORT") != nil else {
            return false
        }
        do {
            return try host.readFile(tokenFile) != nil
        } catch {
            return true  // It is there; loading it will say what is wrong with it.
        }
    }

    /// The cluster we run in, as the pod's service account.
    static func configuration(
        _ overrides: ConfigurationOverrides,
        host: HostEnvironment
    ) throws(ConfigurationError) -> ClusterConfiguration {
        // Never the system's authorities: a pod that cannot read its cluster's would trust the whole internet.
        let authorities = try CertificateAuthorityFile(
            certificateAuthorityFile,
            owner: "service account",
            location: nil,
            host: host
        )
        var namespace = overrides.namespace
        if namespace == nil { namespace = try Self.namespace(host) }
        let credentials = try FileCredentialSource(.init(tokenFile: tokenFile), place: nil, host: host)
        let server = try server(host)
        return ClusterConfiguration(
            server: server,
            tls: TLSConfiguration(certificateAuthorities: authorities.authorities()),
            certificateAuthorityFile: authorities,
            credentials: credentials,
            namespace: namespace ?? "default",
            proxy: try ProxyEnvironment(host.variables).proxy(for: server)
        )
    }

    private static func server(_ host: HostEnvironment) throws(ConfigurationError) -> ServerURL {
        let name = host.variable("KUBERNETES_SERVICE_HOST") ?? ""
        let port = host.variable("KUBERNETES_SERVICE_PORT") ?? ""
        let authority = name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
        do {
            return try ServerURL(parsing: "https://\(authority):\(port)")
        } catch {
            let variables = "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"
            throw ConfigurationError(.invalid, "\(variables) give https://\(authority):\(port), which \(error.message)")
        }
    }

    /// `POD_NAMESPACE`, else the service account's, as in client-go.
    private static func namespace(_ host: HostEnvironment) throws(ConfigurationError) -> String? {
        if let name = host.variable("POD_NAMESPACE") {
            try ConfigurationLoader.checkNamespace(name)
            return name
        }
        let bytes: [UInt8]?
        do {
            bytes = try host.readFile(namespaceFile)
        } catch {
            throw ConfigurationError(.unreadable, "service account: cannot read \(namespaceFile)", cause: error)
        }
        let name = String(decoding: bytes ?? [], as: UTF8.self).trimmingWhitespace()
        guard !name.isEmpty else { return nil }
        try ConfigurationLoader.checkNamespace(name)
        return name
    }
}
