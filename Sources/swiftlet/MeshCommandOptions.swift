import ArgumentParser
import Dataplanes
import KubeModel
import KubeRuntime
import Operator

/// How the operator serves the mesh.
struct MeshCommandOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Look after Meshes, sidecars and TrafficRoutes. Never with --namespace.")
    var mesh = true

    @Option(help: "Where sidecars get their configuration, as host:port.")
    var xdsAddress = ":5678"

    @Option(help: "Where the API server asks about new pods, as host:port.")
    var webhookAddress = ":9443"

    @Option(
        help: ArgumentHelp(
            "Address under which the API server reaches the webhook, for an operator outside the cluster.",
            discussion: "The Service of the operator if not given."
        )
    )
    var webhookHost: String?

    @Option(help: "Namespace of the operator: of its Service and of the Secret with its certificates.")
    var operatorNamespace = "swiftlet-system"

    @Option(help: "Service in front of the operator, and the Secret with its certificates.")
    var operatorService = "swiftlet"

    @Option(help: "Zone that all pods are in, for the tag kuma.io/zone. None if not given.")
    var zone = ""

    @Flag(inversion: .prefixedNo, help: "Make the Mesh default when there is no Mesh at all.")
    var defaultMesh = true

    @Flag(
        inversion: .prefixedNo,
        help: "Make native sidecars. By default as the cluster's version allows (from 1.29 on)."
    )
    var nativeSidecars: Bool?

    /// - Returns: `nil` for no mesh.
    func options(_ sidecar: SidecarOptions) throws -> MeshOptions? {
        guard mesh else { return nil }
        var options = MeshOptions(
            xdsAddress: try ListenAddress(parsing: xdsAddress),
            webhookAddress: try ListenAddress(parsing: webhookAddress),
            service: ObjectKey(namespace: operatorNamespace, name: operatorService),
            secret: ObjectKey(namespace: operatorNamespace, name: "\(operatorService)-certificates"),
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
        options.webhookHost = webhookHost
        options.dataplanes.zone = zone
        options.createsDefaultMesh = defaultMesh
        return options
    }
}
