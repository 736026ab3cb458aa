import JSON
import KubeTransport

extension Kubeconfig {
    /// What the files and the command line say together.
    ///
    /// As in client-go, the content of a field `X-data` goes before the file of a field `X`, and credentials are not even
    /// looked at for a server that is spoken to without TLS.
    ///
    /// - Throws: ``ConfigurationError`` for an entry that is chosen and missing, or makes no sense.
    package func configuration(
        _ overrides: ConfigurationOverrides,
        host: HostEnvironment
    ) throws(ConfigurationError) -> ClusterConfiguration {
        let selection = try select(overrides)
        let cluster = selection.cluster
        let authorityFile = try cluster.authorityFile(host)
        let tls = try cluster.tlsConfiguration(authorityFile)
        let usesTLS =
            tls.certificateAuthorities != nil || tls.insecureSkipVerify || selection.user?.hasCertificate == true
        let server = try cluster.serverURL(defaultScheme: usesTLS ? "https" : "http")
        var configuration = ClusterConfiguration(server: server, tls: tls, contextName: selection.contextName)
        configuration.certificateAuthorityFile = authorityFile
        if let proxy = try cluster.proxy() {
            configuration.proxy = proxy
        } else {
            configuration.proxy = try ProxyEnvironment(host.variables).proxy(for: server)
        }
        if let namespace = overrides.namespace {
            configuration.namespace = namespace
        } else if let namespace = try selection.context?.checkedNamespace() {
            configuration.namespace = namespace
        }
        if let user = selection.user {
            configuration.impersonation = try user.impersonation()
            if server.isHTTPS {
                let told = ExecCredential.cluster(
                    cluster,
                    server: server,
                    certificateAuthorities: tls.certificateAuthorities
                )
                configuration.credentials = try user.credentialSource(cluster: told, host: host)
            }
        }
        return configuration
    }
}

extension Kubeconfig.Context {
    func checkedNamespace() throws(ConfigurationError) -> String? {
        guard let namespace else { return nil }
        do {
            try ConfigurationLoader.checkNamespace(namespace)
        } catch {
            throw place.error(error.code, "namespace", error.message)
        }
        return namespace
    }
}

extension KubeconfigCluster {
    func serverURL(defaultScheme: String) throws(ConfigurationError) -> ServerURL {
        guard let server else { throw place.error(.invalid, "server", "missing; write https://HOST:PORT") }
        do {
            return try ServerURL(parsing: server, defaultScheme: defaultScheme)
        } catch {
            throw place.error(error.code, "server", error.message)
        }
    }

    func proxy() throws(ConfigurationError) -> ProxyURL? {
        guard let proxyURL else { return nil }
        do {
            return try ProxyURL(parsing: proxyURL)
        } catch {
            throw place.error(error.code, "proxy-url", error.message)
        }
    }

    /// The file of the cluster's authorities; `nil` if they are given as data, or not at all.
    func authorityFile(_ host: HostEnvironment) throws(ConfigurationError) -> CertificateAuthorityFile? {
        let field = "certificate-authority"
        guard certificateAuthorityData == nil, let certificateAuthority else { return nil }
        return try CertificateAuthorityFile(
            place.resolve(certificateAuthority),
            owner: [place.owner, field].compactMap { $0 }.joined(separator: ": "),
            location: place.location(field),
            host: host
        )
    }

    func tlsConfiguration(
        _ authorityFile: CertificateAuthorityFile?
    ) throws(ConfigurationError) -> TLSConfiguration {
        if let tlsServerName, !tlsServerName.utf8.allSatisfy(Self.isNameByte) {
            throw place.error(.invalid, "tls-server-name", "expected a host name or an address")
        }
        if let data = certificateAuthorityData, let fault = PEM.fault(in: data, holding: .certificate) {
            throw place.error(.invalid, "certificate-authority-data", fault)
        }
        let authorities = certificateAuthorityData ?? authorityFile?.authorities()
        guard !insecureSkipTLSVerify || authorities == nil else {
            let message = "cannot be true beside a certificate-authority; remove one of them"
            throw place.error(.invalid, "insecure-skip-tls-verify", message)
        }
        return TLSConfiguration(
            certificateAuthorities: authorities,
            serverName: tlsServerName,
            insecureSkipVerify: insecureSkipTLSVerify
        )
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
