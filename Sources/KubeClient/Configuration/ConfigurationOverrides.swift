/// What the command line says about the cluster, over what files and environment say. Empty texts count as not said.
package struct ConfigurationOverrides: Sendable, Hashable {
    /// `--kubeconfig`: the only file to read.
    package var kubeconfig: String?
    /// `--context`
    package var context: String?
    /// `--cluster`: instead of the context's.
    package var cluster: String?
    /// `--user`: instead of the context's.
    package var user: String?
    /// `--namespace`: instead of the context's, or the pod's.
    package var namespace: String?

    package init(
        kubeconfig: String? = nil,
        context: String? = nil,
        cluster: String? = nil,
        user: String? = nil,
        namespace: String? = nil
    ) {
        func said(_ text: String?) -> String? { text?.isEmpty == true ? nil : text }
        self.kubeconfig = said(kubeconfig)
        self.context = said(context)
        self.cluster = said(cluster)
        self.user = said(user)
        self.namespace = said(namespace)
    }

    /// Whether an entry of a kubeconfig is named, which a pod's service account cannot give.
    var namesEntry: Bool { context != nil || cluster != nil || user != nil }
}
