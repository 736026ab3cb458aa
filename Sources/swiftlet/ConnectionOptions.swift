import ArgumentParser
import KubeClient
import KubeTransport
import Logging

/// Which cluster, as whom.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "Path of the kubeconfig file. Otherwise KUBECONFIG, the pod's service account, or ~/.kube/config.")
    var kubeconfig: String?

    @Option(help: "Context of the kubeconfig to use.")
    var context: String?

    @Option(help: "Cluster of the kubeconfig to use.")
    var cluster: String?

    @Option(help: "User of the kubeconfig to use.")
    var user: String?

    /// - Throws: ``ConfigurationError`` telling what is wrong with the kubeconfig, and where.
    func configuration(namespace: String?, logger: Logger) throws -> ClusterConfiguration {
        let host = HostEnvironment.live(warn: { logger.warning("\($0)") })
        let overrides = ConfigurationOverrides(
            kubeconfig: kubeconfig,
            context: context,
            cluster: cluster,
            user: user,
            namespace: namespace
        )
        return try ConfigurationLoader(host: host).load(overrides)
    }

    /// Runs `body` with a client of the cluster, and closes all connections afterwards.
    func withClient<Result>(
        namespace: String?,
        logger: Logger,
        _ body: (KubeClient) async throws -> Result
    ) async throws -> Result {
        let configuration = try configuration(namespace: namespace, logger: logger)
        let transport = try Transport()
        let client = KubeClient(
            configuration: configuration,
            transport: transport,
            userAgent: SwiftletVersion.userAgent,
            logger: logger
        )
        do {
            let result = try await body(client)
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }
}
