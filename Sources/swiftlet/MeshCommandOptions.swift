import ArgumentParser
import Dataplanes
import KubeModel
import KubeRuntime
import Operator
import XDS

/// How the operator serves the mesh.
struct MeshCommandOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Look after Meshes, sidecars and TrafficRoutes. Never with --namespace.")
    var mesh = true

    @Option(help: "Where sidecars get their configuration, as host:port.")
    var xdsAddress = ":5678"

    @Option(
        help: "Connections to --xds-address at a time, for each source address, on which no sidecar is admitted yet."
    )
    var xdsConnectionsPerAddress = 256

    @Option(help: "Zone that all pods are in, for the tag kuma.io/zone. None if not given.")
    var zone = ""

    @Flag(inversion: .prefixedNo, help: "Make the Mesh default when there is no Mesh at all.")
    var defaultMesh = true

    @Flag(
        inversion: .prefixedNo,
        help: "Make native sidecars. By default as the cluster's version allows (from 1.29 on)."
    )
    var nativeSidecars: Bool?

    func validate() throws {
        guard xdsConnectionsPerAddress > 0 else {
            throw ValidationError("--xds-connections-per-address must be at least 1.")
        }
    }

    /// - Returns: `nil` for no mesh.
    func options(_ sidecar: SidecarOptions) throws -> MeshOptions? {
        guard mesh else { return nil }
        var options = MeshOptions(
            xdsAddress: try ListenAddress(parsing: xdsAddress),
            injector: { authority, port, serverName, supportsNative in
                sidecar.configuration(
                    certificateAuthority: authority,
                    usesNativeSidecars: nativeSidecars ?? supportsNative,
                    // Whoever lets the system choose a port cannot know it beforehand.
                    port: sidecar.xdsPort == 0 ? port : sidecar.xdsPort,
                    serverName: serverName
                )
            }
        )
        options.xds.unadmittedConnectionsPerAddress = xdsConnectionsPerAddress
        options.dataplanes.zone = zone
        options.createsDefaultMesh = defaultMesh
        return options
    }
}
