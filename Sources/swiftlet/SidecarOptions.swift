import ArgumentParser
import Injection
import KubeModel

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

    @Option(help: "CPU that a sidecar asks for whose pod says nothing else, or none.")
    var sidecarCpuRequest: QuantityArgument?

    @Option(help: "Memory that a sidecar asks for whose pod says nothing else, or none.")
    var sidecarMemoryRequest: QuantityArgument?

    @Option(help: "CPU that a sidecar may use whose pod says nothing else, or none. None if not given.")
    var sidecarCpuLimit: QuantityArgument?

    @Option(help: "Memory that a sidecar may use whose pod says nothing else, or none.")
    var sidecarMemoryLimit: QuantityArgument?

    @Option(help: "CPU that the init container asks for whose pod says nothing else, or none.")
    var initCpuRequest: QuantityArgument?

    @Option(help: "Memory that the init container asks for whose pod says nothing else, or none.")
    var initMemoryRequest: QuantityArgument?

    @Option(help: "CPU that the init container may use whose pod says nothing else, or none.")
    var initCpuLimit: QuantityArgument?

    @Option(help: "Memory that the init container may use whose pod says nothing else, or none.")
    var initMemoryLimit: QuantityArgument?

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
        if let sidecarCpuRequest { configuration.resources.cpuRequest = sidecarCpuRequest.text }
        if let sidecarMemoryRequest { configuration.resources.memoryRequest = sidecarMemoryRequest.text }
        if let sidecarCpuLimit { configuration.resources.cpuLimit = sidecarCpuLimit.text }
        if let sidecarMemoryLimit { configuration.resources.memoryLimit = sidecarMemoryLimit.text }
        if let initCpuRequest { configuration.initResources.cpuRequest = initCpuRequest.text }
        if let initMemoryRequest { configuration.initResources.memoryRequest = initMemoryRequest.text }
        if let initCpuLimit { configuration.initResources.cpuLimit = initCpuLimit.text }
        if let initMemoryLimit { configuration.initResources.memoryLimit = initMemoryLimit.text }
        return configuration
    }
}

/// An amount above zero, as it was written, or `none`.
struct QuantityArgument: ExpressibleByArgument {
    /// `nil` for none.
    let text: String?

    init?(argument: String) {
        guard argument != "none" else {
            text = nil
            return
        }
        guard let quantity = Quantity(argument), quantity.nanos > 0 else { return nil }
        text = argument
    }
}
