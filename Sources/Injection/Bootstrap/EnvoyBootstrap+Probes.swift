import JSON

/// Application probes: the kubelet asks these listeners instead of the redirected application.
///
/// Only what was probed is reachable, never the application's port as such, which would be a way around the mesh. A connection is used
/// once, as the kubelet does, so that no probe meets a connection that the application is just closing.
extension EnvoyBootstrap {
    static let probeListener = "swiftlet:probes"
    /// Followed by the application's port.
    static let grpcProbeListenerPrefix = "swiftlet:probes:grpc:"

    var probeListeners: [JSONValue] {
        var listeners: [JSONValue] = []
        let routes = probes.compactMap(\.route)
        if let port = settings.probePort, !routes.isEmpty {
            let filters = probes.contains { $0.kind == .tcp } ? [Self.endOfTCPProbe] : []
            listeners.append(EnvoyJSON.listener(Self.probeListener, port: port, routes: routes, filters: filters))
        }
        // A gRPC probe cannot name a path: each port of the application has a port of the sidecar.
        for case .grpc(let applicationPort, let port) in probes {
            let route: JSONValue = [
                "match": ["path": "/grpc.health.v1.Health/Check"],
                "route": ["cluster": .string(ProbeTarget.grpc(applicationPort: applicationPort, port: port).cluster)],
            ]
            listeners.append(
                EnvoyJSON.listener("\(Self.grpcProbeListenerPrefix)\(applicationPort)", port: port, routes: [route])
            )
        }
        return listeners
    }

    var probeClusters: [JSONValue] {
        var seen: Set<String> = []
        return probes.filter { seen.insert($0.cluster).inserted }.map(\.clusterJSON)
    }

    /// The connection stands: that is all a TCP probe asks, and nothing of what the application says is handed out.
    private static var endOfTCPProbe: JSONValue {
        func predicate(_ input: JSONValue, _ match: JSONValue) -> JSONValue {
            ["single_predicate": ["input": EnvoyJSON.filter("input", input), "value_match": match]]
        }
        let connected = predicate(
            EnvoyJSON.typed("envoy.type.matcher.v3.HttpResponseStatusCodeMatchInput"),
            ["exact": "200"]
        )
        let isTCP = predicate(
            EnvoyJSON.typed("envoy.type.matcher.v3.HttpRequestHeaderMatchInput", ["header_name": ":path"]),
            ["prefix": .string(ProbeTarget.tcpPrefix)]
        )
        let answer = EnvoyJSON.typed(
            "envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy",
            ["status_code": 200]
        )
        let matcher: JSONValue = [
            "predicate": ["and_matcher": ["predicate": [connected, isTCP]]],
            "on_match": ["action": EnvoyJSON.filter("answer", answer)],
        ]
        return EnvoyJSON.filter(
            "envoy.filters.http.custom_response",
            EnvoyJSON.typed(
                "\(EnvoyJSON.http)custom_response.v3.CustomResponse",
                ["custom_response_matcher": ["matcher_list": ["matchers": [matcher]]]]
            )
        )
    }
}

extension ProbeTarget {
    static let tcpPrefix = "/tcp/"

    var cluster: String { "swiftlet:probes:\(kind.rawValue):\(applicationPort)" }

    /// On the listener that all HTTP and TCP probes share; `nil` for gRPC.
    fileprivate var route: JSONValue? {
        guard let probePath else { return nil }
        // The kubelet has its own timeout and then hangs up.
        var action: [String: JSONValue] = ["cluster": .string(cluster), "timeout": "0s"]
        if let applicationPath { action["prefix_rewrite"] = .string(VariableExpansion.escaped(applicationPath)) }
        return ["match": ["path": .string(VariableExpansion.escaped(probePath))], "route": .object(action)]
    }

    fileprivate var clusterJSON: JSONValue {
        let once: JSONValue = ["max_requests_per_connection": 1]
        func options(_ protocolOptions: String) -> JSONValue {
            [
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": EnvoyJSON.typed(
                    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                    ["common_http_protocol_options": once, "explicit_http_config": [protocolOptions: [:]]]
                )
            ]
        }
        var more: [String: JSONValue] = [:]
        switch kind {
        case .http: more["typed_extension_protocol_options"] = options("http_protocol_options")
        case .https:
            more["typed_extension_protocol_options"] = options("http_protocol_options")
            // As the kubelet does, nothing is verified.
            let tls = EnvoyJSON.typed("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext")
            more["transport_socket"] = EnvoyJSON.filter("envoy.transport_sockets.tls", tls)
        case .grpc: more["typed_extension_protocol_options"] = options("http2_protocol_options")
        case .tcp:
            let upstream = EnvoyJSON.typed("envoy.extensions.upstreams.http.tcp.v3.TcpConnectionPoolProto")
            more["upstream_config"] = EnvoyJSON.filter("envoy.filters.connection_pools.http.tcp", upstream)
        }
        return EnvoyJSON.loopbackCluster(cluster, port: applicationPort, more)
    }
}
