import KubeTransport

/// One API server as one user: where it is, how it is known, who we are to it, and the namespace that is meant when none
/// is named. Comes from a kubeconfig or from the pod we run in; see ``ConfigurationLoader``.
package struct ClusterConfiguration: Sendable {
    /// `http` or `https`. Credentials are never held for `http`: they would travel in the open.
    package var server: ServerURL
    /// How the server is known. Holds no client certificate: that comes with the credentials, which may change.
    package var tls: TLSConfiguration
    /// Where ``tls`` has its authorities from, if they are in a file: then the file's present content counts.
    package var certificateAuthorityFile: CertificateAuthorityFile?
    /// Who we are.
    package var credentials: any CredentialSource
    /// The default namespace, a DNS label.
    package var namespace: String
    /// `nil` connects directly.
    package var proxy: ProxyURL?
    package var impersonation: Impersonation?
    /// The kubeconfig's context; `nil` in a pod, or if cluster and user were chosen without a context.
    package var contextName: String?

    package init(
        server: ServerURL,
        tls: TLSConfiguration = TLSConfiguration(),
        certificateAuthorityFile: CertificateAuthorityFile? = nil,
        credentials: any CredentialSource = StaticCredentialSource(.anonymous),
        namespace: String = "default",
        proxy: ProxyURL? = nil,
        impersonation: Impersonation? = nil,
        contextName: String? = nil
    ) {
        self.server = server
        self.tls = tls
        self.certificateAuthorityFile = certificateAuthorityFile
        self.credentials = credentials
        self.namespace = namespace
        self.proxy = proxy
        self.impersonation = impersonation
        self.contextName = contextName
    }
}

extension ClusterConfiguration {
    /// What the transport needs to reach the server as `credentials` say, to be asked for once per request. The
    /// `Authorization` header field and those of ``impersonation`` are the request's.
    package func endpoint(with credentials: Credentials) -> TransportEndpoint {
        var tls = tls
        if let certificateAuthorityFile { tls.certificateAuthorities = certificateAuthorityFile.authorities() }
        tls.clientCertificate = credentials.clientCertificatePEM
        tls.clientKey = credentials.clientKeyPEM
        return TransportEndpoint(baseURL: server.text, tls: tls, proxyURL: proxy?.text)
    }
}
