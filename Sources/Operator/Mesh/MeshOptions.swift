import Dataplanes
import Injection
import KubeModel
import KubeRuntime
import XDS

/// How the mesh part of the operator runs.
package struct MeshOptions: Sendable {
    package var dataplanes = DataplaneOptions()
    /// Where sidecars get their configuration.
    package var xdsAddress: ListenAddress
    /// What sidecars, and whoever else reaches the port, may ask for.
    package var xds = XDSServerOptions()
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

    package init(xdsAddress: ListenAddress, injector: @escaping Injector) {
        self.xdsAddress = xdsAddress
        self.injector = injector
    }
}
