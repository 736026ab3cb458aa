import JSON

/// A cluster as a kubeconfig describes it.
struct KubeconfigCluster: Sendable {
    var place: KubeconfigPlace
    var server: String?
    var tlsServerName: String?
    var insecureSkipTLSVerify: Bool
    var certificateAuthority: String?
    var certificateAuthorityData: [UInt8]?
    var proxyURL: String?
    /// What the cluster has to say to exec plugins: its extension of the name `client.authentication.k8s.io/exec`.
    var execExtension: JSONValue?

    /// Reads a member of `clusters`.
    init(_ node: KubeconfigNode) throws(ConfigurationError) {
        place = node.place
        server = try node.string("server")
        tlsServerName = try node.string("tls-server-name")
        insecureSkipTLSVerify = try node.bool("insecure-skip-tls-verify")
        certificateAuthority = try node.string("certificate-authority")
        certificateAuthorityData = try node.data("certificate-authority-data")
        proxyURL = try node.string("proxy-url")
        for entry in try node.objects("extensions")
        where try entry.string("name") == "client.authentication.k8s.io/exec" {
            execExtension = entry.value["extension"]
        }
    }
}
