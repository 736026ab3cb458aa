import JSON

/// What Envoy starts with: who it is, where its control plane is, and the listeners that the kubelet speaks to.
///
/// The text is for Kubernetes to expand: `$(POD_NAME)`, `$(POD_NAMESPACE)` and `$(INSTANCE_IP)` stand for what is not known when a pod is
/// admitted, and every other `$` is escaped.
///
/// Envoy opens its listeners, these too, when its first clusters and listeners have arrived, for which it waits without limit: until then
/// connections to them are refused, afterwards `/ready` answers 200. Being ready does not depend on the control plane any more then.
package struct EnvoyBootstrap: Hashable, Sendable {
    package static let readinessPath = "/ready"

    /// How the sidecar is told that its pod ends.
    package struct Drain: Hashable, Sendable {
        /// Who does not know it cannot drain the sidecar.
        package var token: String
        /// How long the answer takes, in seconds: while the kubelet waits for it Envoy goes on serving. 0 answers at once.
        package var wait: Int

        /// The token is in the path since kubelets before 1.27 send no headers with a hook.
        var path: String { "/drain/\(token)" }
    }

    package var settings: SidecarSettings
    package var controlPlane: ControlPlaneEndpoint
    package var reportsLoad: Bool
    package var probes: [ProbeTarget]
    package var drain: Drain

    package var json: JSONValue {
        .compact([
            "node": node,
            "admin": ["address": EnvoyJSON.address("127.0.0.1", settings.adminPort)],
            "dynamic_resources": dynamicResources,
            "cluster_manager": reportsLoad ? loadReporting : nil,
            "static_resources": [
                "listeners": .array([readinessListener] + probeListeners),
                "clusters": .array(
                    [
                        controlPlaneClusterJSON,
                        EnvoyJSON.loopbackCluster(Self.adminCluster, port: settings.adminPort),
                    ] + probeClusters
                ),
            ],
            "overload_manager": connectionLimit,
        ])
    }

    static let adminCluster = "swiftlet:admin"

    /// Kuma's names. The control plane trusts the id only as far as the pod's token bears it out.
    private var node: JSONValue {
        [
            "id": .string("\(settings.mesh).$(POD_NAME).$(POD_NAMESPACE)"),
            "cluster": .string(settings.mesh),
            "metadata": [
                "mesh": .string(settings.mesh),
                "dataplane.proxyType": "dataplane",
                "dataplane.admin.address": "127.0.0.1",
                "dataplane.admin.port": .string("\(settings.adminPort)"),
            ],
        ]
    }

    /// Envoy warns when there is no limit at all.
    private var connectionLimit: JSONValue {
        let monitor = EnvoyJSON.typed(
            "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
            ["max_active_downstream_connections": 50_000]
        )
        let name = "envoy.resource_monitors.global_downstream_max_connections"
        return ["resource_monitors": [EnvoyJSON.filter(name, monitor)]]
    }
}
