import ArgumentParser
import Injection

/// What sidecars are made of and where they find their control plane.
struct SidecarOptions: ParsableArguments {
    @Option(help: "Image of the sidecar: a stock Envoy.")
    var sidecarImage = "docker.io/envoyproxy/envoy:v1.40.0"

    @Option(help: "Image of the init container: swiftlet itself, with iptables.")
    var initImage = "docker.io/swiftlet/swiftlet:\(SwiftletVersion.current)"

    @Option(help: "Host name or address under which sidecars reach the xDS server.")
    var xdsHost = "swiftlet.swiftlet-system.svc"

    @Option(help: "Port under which sidecars reach the xDS server.")
    var xdsPort: UInt16 = 5678

    func configuration(
        certificateAuthority: String,
        usesNativeSidecars: Bool,
        port: UInt16? = nil,
        serverName: String? = nil
    ) -> InjectorConfiguration {
        var configuration = InjectorConfiguration(
            sidecarImage: sidecarImage,
            initImage: initImage,
            controlPlane: ControlPlaneEndpoint(
                host: xdsHost,
                port: port ?? xdsPort,
                serverName: serverName,
                certificateAuthority: certificateAuthority
            ),
            usesNativeSidecars: usesNativeSidecars
        )
        configuration.reportsLoad = false
        return configuration
    }
}
