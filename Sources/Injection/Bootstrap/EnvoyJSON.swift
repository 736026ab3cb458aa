import JSON

/// Pieces of Envoy configuration in its JSON form.
enum EnvoyJSON {
    /// A message with its type; `type` without the domain.
    static func typed(_ type: String, _ members: [String: JSONValue] = [:]) -> JSONValue {
        .object(members.merging(["@type": .string("type.googleapis.com/\(type)")]) { $1 })
    }

    static func address(_ address: String, _ port: UInt16) -> JSONValue {
        ["socket_address": ["address": .string(address), "port_value": .int(Int64(port))]]
    }

    /// A cluster of one port of the pod's loopback address.
    static func loopbackCluster(_ name: String, port: UInt16, _ more: [String: JSONValue] = [:]) -> JSONValue {
        let endpoint: JSONValue = ["endpoint": ["address": address("127.0.0.1", port)]]
        let cluster: [String: JSONValue] = [
            "name": .string(name),
            "type": "STATIC",
            "connect_timeout": "5s",
            "load_assignment": [
                "cluster_name": .string(name), "endpoints": [["lb_endpoints": [endpoint]]],
            ],
        ]
        return .object(cluster.merging(more) { $1 })
    }

    /// A listener of HTTP on the pod's address, with these routes and no others.
    ///
    /// It is open however many connections the applications have: otherwise the kubelet would end pods for being busy.
    static func listener(_ name: String, port: UInt16, routes: [JSONValue], filters: [JSONValue] = []) -> JSONValue {
        let router = filter(
            "envoy.filters.http.router",
            typed("\(http)router.v3.Router", ["suppress_envoy_headers": true])
        )
        let manager = typed(
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            [
                "stat_prefix": .string(name),
                "generate_request_id": false,
                // Kubelets before 1.27 put a slash before the path of a hook, whether it has one or not.
                "merge_slashes": true,
                "skip_xff_append": true,
                "route_config": [
                    "name": .string(name),
                    "virtual_hosts": [["name": .string(name), "domains": ["*"], "routes": .array(routes)]],
                ],
                "http_filters": .array(filters + [router]),
            ]
        )
        return [
            "name": .string(name),
            "address": address("$(INSTANCE_IP)", port),
            "ignore_global_conn_limit": true,
            "filter_chains": [
                ["filters": [filter("envoy.filters.network.http_connection_manager", manager)]]
            ],
        ]
    }

    static func filter(_ name: String, _ configuration: JSONValue) -> JSONValue {
        ["name": .string(name), "typed_config": configuration]
    }

    static let http = "envoy.extensions.filters.http."
}
