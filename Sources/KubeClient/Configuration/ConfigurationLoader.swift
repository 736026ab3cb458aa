import SystemPackage

/// Finds out which cluster is meant, and as whom.
///
/// In this order, as controller-runtime does: the file of `--kubeconfig`; the files of `KUBECONFIG`; the service account of
/// the pod we run in, unless a context, cluster or user is asked for; `~/.kube/config`. The first that is there decides. A cluster without a `proxy-url` is
/// reached as ``ProxyEnvironment`` says.
package struct ConfigurationLoader: Sendable {
    private let host: HostEnvironment

    package init(host: HostEnvironment) {
        self.host = host
    }

    /// Reads the configuration, and the credentials' files for the first time. Runs no exec plugin.
    ///
    /// - Throws: ``ConfigurationError``
    package func load(
        _ overrides: ConfigurationOverrides = ConfigurationOverrides()
    ) throws(ConfigurationError) -> ClusterConfiguration {
        if let namespace = overrides.namespace { try Self.checkNamespace(namespace) }
        if let path = overrides.kubeconfig {
            guard let kubeconfig = try read(path) else {
                throw ConfigurationError(.notFound, "there is no kubeconfig \(path), which --kubeconfig names")
            }
            return try kubeconfig.configuration(overrides, host: host)
        }
        if let kubeconfig = try environmentKubeconfig() {
            return try kubeconfig.configuration(overrides, host: host)
        }
        let isInPod = ServiceAccount.isPresent(host)
        if isInPod, !overrides.namesEntry { return try ServiceAccount.configuration(overrides, host: host) }
        guard let home = host.variable("HOME") else {
            throw ConfigurationError(
                .notFound,
                "no cluster is configured: not in a pod with a service account, and neither KUBECONFIG nor HOME is set"
            )
        }
        let path = FilePath(home).appending(".kube").appending("config").string
        guard let kubeconfig = try read(path) else {
            throw ConfigurationError(
                .notFound,
                isInPod
                    ? "a pod's service account has no contexts, clusters and users to choose from, and there is no \(path)"
                    : "no cluster is configured: not in a pod with a service account, KUBECONFIG is not set, "
                        + "and there is no \(path); use --kubeconfig"
            )
        }
        return try kubeconfig.configuration(overrides, host: host)
    }

    /// The merged files of `KUBECONFIG`; `nil` when it names none.
    private func environmentKubeconfig() throws(ConfigurationError) -> Kubeconfig? {
        var paths: [String] = []
        for path in (host.variable("KUBECONFIG") ?? "").split(separator: ":").map(String.init)
        where !paths.contains(path) { paths.append(path) }
        guard !paths.isEmpty else { return nil }
        var merged: Kubeconfig?
        for path in paths {
            guard let kubeconfig = try read(path) else {
                host.warn("KUBECONFIG names \(path), which does not exist")
                continue
            }
            if merged == nil { merged = kubeconfig } else { merged?.merge(kubeconfig) }
        }
        if let merged { return merged }
        let list = paths.joined(separator: ", ")
        throw ConfigurationError(.notFound, "KUBECONFIG names no file that exists: \(list); correct or unset it")
    }

    /// Reads one kubeconfig; `nil` when there is no such file.
    private func read(_ path: String) throws(ConfigurationError) -> Kubeconfig? {
        let absolute = FilePath(host.workingDirectory).pushing(FilePath(path)).lexicallyNormalized().string
        let bytes: [UInt8]?
        do {
            bytes = try host.readFile(absolute)
        } catch {
            throw ConfigurationError(.unreadable, "cannot read the kubeconfig", location: absolute, cause: error)
        }
        return try bytes.map { bytes throws(ConfigurationError) in try Kubeconfig(parsing: bytes, file: absolute) }
    }

    /// Checks that a namespace is a DNS label (RFC 1123), as the API server wants it.
    static func checkNamespace(_ name: String) throws(ConfigurationError) {
        guard RequestPath.fault(inNamespace: name) == nil else {
            throw ConfigurationError(
                .invalid,
                "\"\(name)\" is no namespace: expected at most 63 lower-case letters, digits and '-', "
                    + "with a letter or digit at both ends"
            )
        }
    }
}
