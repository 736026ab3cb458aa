import KubeTransport

extension Kubeconfig {
    /// The entries that are used together.
    struct Selection {
        /// `nil` if cluster and user were named without a context.
        var contextName: String?
        var context: Context?
        var cluster: KubeconfigCluster
        /// `nil` for an anonymous user.
        var user: KubeconfigUser?
    }

    /// Chooses the entries: what `overrides` name, else what the context says, which is the current one unless named.
    func select(_ overrides: ConfigurationOverrides) throws(ConfigurationError) -> Selection {
        let contextName = overrides.context ?? currentContext
        var context: Context?
        if let contextName {
            context = contexts[contextName]
            if context == nil { throw unknownContext(contextName, isCurrent: overrides.context == nil) }
        }
        guard let clusterName = overrides.cluster ?? context?.cluster else {
            guard let context else {
                let choice = Self.choice("contexts", contexts.keys)
                throw error(.unknownEntry, "there is no current-context; name one with --context; \(choice)")
            }
            throw context.place.error(.invalid, "cluster", "missing; name one of the clusters")
        }
        guard let cluster = clusters[clusterName] else {
            let message = "there is no cluster \"\(clusterName)\"; \(Self.choice("clusters", clusters.keys))"
            throw overrides.cluster == nil
                ? context?.place.error(.unknownEntry, "cluster", message) ?? error(.unknownEntry, message)
                : error(.unknownEntry, message)
        }
        var user: KubeconfigUser?
        if let userName = overrides.user ?? context?.user {
            user = users[userName]
            if user == nil {
                let message = "there is no user \"\(userName)\"; \(Self.choice("users", users.keys))"
                throw overrides.user == nil
                    ? context?.place.error(.unknownEntry, "user", message) ?? error(.unknownEntry, message)
                    : error(.unknownEntry, message)
            }
        }
        return Selection(contextName: contextName, context: context, cluster: cluster, user: user)
    }

    private func unknownContext(_ name: String, isCurrent: Bool) -> ConfigurationError {
        let choice = Self.choice("contexts", contexts.keys)
        let message = "there is no context \"\(name)\"; \(choice)"
        guard isCurrent, let place = currentContextPlace else { return error(.unknownEntry, message) }
        return place.error(.unknownEntry, "current-context", message)
    }

    private func error(_ code: ConfigurationError.Code, _ message: String) -> ConfigurationError {
        ConfigurationError(code, message, location: fileNames.joined(separator: ", "))
    }

    private static func choice(_ kind: String, _ names: some Collection<String>) -> String {
        guard !names.isEmpty else { return "it has no \(kind)" }
        let shown = names.sorted().prefix(20).map { "\"\($0)\"" }.joined(separator: ", ")
        return "\(kind): \(shown)\(names.count > 20 ? ", …" : "")"
    }
}
