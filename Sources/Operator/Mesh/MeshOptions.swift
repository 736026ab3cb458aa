import Dataplanes
import Injection
import KubeModel
import KubeRuntime

/// How the mesh part of the operator runs.
package struct MeshOptions: Sendable {
    package var dataplanes = DataplaneOptions()
    /// Where sidecars get their configuration.
    package var xdsAddress: ListenAddress
    /// Where the API server asks about new pods.
    package var webhookAddress: ListenAddress
    /// The name and address under which the API server reaches ``webhookAddress``, without scheme and port; `nil` for the Service ``service``.
    package var webhookHost: String?
    /// The Service in front of the operator.
    package var service: ObjectKey
    /// The Secret that holds the certificates.
    package var secret: ObjectKey
    /// Makes what sidecars are given.
    package var injector: Injector
    /// Whether the Mesh `default` is made when there is none.
    package var createsDefaultMesh = true

    /// - Parameters:
    ///   - certificateAuthority: PEM of those by whom the xDS server is known.
    ///   - port: on which the xDS server listens.
    ///   - serverName: in the xDS server's certificate.
    ///   - supportsNative: whether the cluster runs native sidecars.
    package typealias Injector =
        @Sendable (
            _ certificateAuthority: String, _ port: UInt16, _ serverName: String, _ supportsNative: Bool
        ) -> InjectorConfiguration

    package init(
        xdsAddress: ListenAddress,
        webhookAddress: ListenAddress,
        service: ObjectKey,
        secret: ObjectKey,
        injector: @escaping Injector
    ) {
        self.xdsAddress = xdsAddress
        self.webhookAddress = webhookAddress
        self.service = service
        self.secret = secret
        self.injector = injector
    }
}
