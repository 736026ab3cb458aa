import Foundation
import SystemPackage

/// The flags of an operator that runs on this machine and looks after the mesh of a cluster whose pods reach it.
enum MeshFlags {
    /// The address of this machine that pods reach.
    static let hostAddress = ProcessInfo.processInfo.environment["SWIFTLET_HOST_ADDRESS"] ?? ""

    /// - Parameter port: of the xDS server; the same over restarts.
    static func flags(operatorNamespace: String, port: Int) -> [String] {
        [
            "--operator-namespace", operatorNamespace, "--xds-address", "\(hostAddress):\(port)", "--xds-host",
            hostAddress,
            "--xds-port", "\(port)", "--webhook-address", "127.0.0.1:0", "--webhook-host", "127.0.0.1",
            "--sidecar-image", "envoyproxy/envoy:v1.40.0", "--init-image", "swiftlet/swiftlet:dev",
            "--log-level", "debug",
            // Those of other tests have operators of their own, which do not ask for the whole cluster who has a host.
            "--no-web-servers",
        ]
    }
}
