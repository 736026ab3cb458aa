import JSON

extension EnvoyBootstrap {
    var dynamicResources: JSONValue {
        // Without a limit, so that no pod is ready with half a configuration.
        let source: JSONValue = ["ads": [:], "resource_api_version": "V3", "initial_fetch_timeout": "0s"]
        return [
            "ads_config": [
                "api_type": "DELTA_GRPC",
                "transport_api_version": "V3",
                "set_node_on_first_message_only": true,
                "grpc_services": [service],
            ],
            "cds_config": source,
            "lds_config": source,
        ]
    }

    var loadReporting: JSONValue {
        [
            "load_stats_config": [
                "api_type": "GRPC", "transport_api_version": "V3", "grpc_services": [service],
            ]
        ]
    }

    static let controlPlaneCluster = "swiftlet:control-plane"

    /// Envoy's own client: Google's reads its root certificates once, so that a proxy would have to be restarted to trust another authority.
    private var service: JSONValue {
        [
            "envoy_grpc": [
                "cluster_name": .string(Self.controlPlaneCluster),
                "authority": .string(VariableExpansion.escaped(serverName)),
                "skip_envoy_headers": true,
                "max_receive_message_length": .int(64 << 20),
            ],
            // The default waits up to thirty seconds, for which a restarted control plane would be without its proxies. Jitter is Envoy's.
            "retry_policy": ["retry_back_off": ["base_interval": "0.5s", "max_interval": "5s"]],
        ]
    }

    /// The name that is verified in the server's certificate.
    private var serverName: String { controlPlane.serverName ?? controlPlane.host }

    // MARK: - The cluster

    var controlPlaneClusterJSON: JSONValue {
        let address = EnvoyJSON.address(VariableExpansion.escaped(controlPlane.host), controlPlane.port)
        return [
            "name": .string(Self.controlPlaneCluster),
            "connect_timeout": "5s",
            "cluster_type": EnvoyJSON.filter("envoy.clusters.dns", Self.nameResolution),
            "load_assignment": [
                "cluster_name": .string(Self.controlPlaneCluster),
                "endpoints": [["lb_endpoints": [["endpoint": ["address": address]]]]],
            ],
            "typed_extension_protocol_options": [
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": Self.protocolOptions
            ],
            "transport_socket": EnvoyJSON.filter("envoy.transport_sockets.tls", tls),
        ]
    }

    /// All addresses are tried, since the name may have one of a family that the pod lacks. Asked again once a minute, and not every five
    /// seconds as is the default: the address of a Service hardly ever changes, and there are many sidecars.
    private static var nameResolution: JSONValue {
        EnvoyJSON.typed(
            "envoy.extensions.clusters.dns.v3.DnsCluster",
            [
                "dns_lookup_family": "ALL",
                "all_addresses_in_single_endpoint": true,
                "dns_refresh_rate": "60s",
                "dns_jitter": "10s",
                "dns_failure_refresh_rate": ["base_interval": "0.5s", "max_interval": "5s"],
            ]
        )
    }

    private static var protocolOptions: JSONValue {
        // A control plane that vanished without a word is noticed within 40 seconds.
        let keepalive: JSONValue = ["interval": "30s", "timeout": "10s"]
        let codec = EnvoyJSON.typed("\(EnvoyJSON.http)upstream_codec.v3.UpstreamCodec")
        return EnvoyJSON.typed(
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            [
                "explicit_http_config": ["http2_protocol_options": ["connection_keepalive": keepalive]],
                "http_filters": [credentials, EnvoyJSON.filter("envoy.filters.http.upstream_codec", codec)],
            ]
        )
    }

    /// Adds the token to each stream. The kubelet replaces its file, upon which it is read again.
    private static var credentials: JSONValue {
        let token = SecretFile.source(SecretFile.tokenName, file: SecretFile.token, in: SidecarVolumes.tokenDirectory)
        let credential = EnvoyJSON.typed(
            "envoy.extensions.http.injected_credentials.generic.v3.Generic",
            ["credential": token, "header": "authorization", "header_value_prefix": "Bearer "]
        )
        return EnvoyJSON.filter(
            "envoy.filters.http.credential_injector",
            EnvoyJSON.typed(
                "\(EnvoyJSON.http)credential_injector.v3.CredentialInjector",
                [
                    "credential": EnvoyJSON.filter("envoy.http.injected_credentials.generic", credential),
                    "overwrite": true,
                ]
            )
        )
    }

    /// Who is trusted comes from a file that can be replaced while Envoy runs. Without a bundle no connection is made.
    private var tls: JSONValue {
        let isAddress = AddressBlock(serverName) != nil
        let name: JSONValue = [
            "san_type": isAddress ? "IP_ADDRESS" : "DNS",
            "matcher": ["exact": .string(VariableExpansion.escaped(serverName))],
        ]
        let bundle = SecretFile.source(
            SecretFile.trustBundleName,
            file: SecretFile.trustBundle,
            in: SidecarVolumes.tokenDirectory
        )
        return EnvoyJSON.typed(
            "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            .compactMembers([
                "sni": isAddress ? nil : .string(VariableExpansion.escaped(serverName)),
                // Whoever was trusted when a session began may not be any more.
                "max_session_keys": 0,
                "common_tls_context": [
                    "alpn_protocols": ["h2"],
                    "tls_params": [
                        "tls_minimum_protocol_version": "TLSv1_2", "tls_maximum_protocol_version": "TLSv1_3",
                    ],
                    "combined_validation_context": [
                        "default_validation_context": ["match_typed_subject_alt_names": [name]],
                        "validation_context_sds_secret_config": bundle,
                    ],
                ],
            ])
        )
    }
}

extension [String: JSONValue] {
    /// Without the members that are `nil`.
    fileprivate static func compactMembers(_ members: [String: JSONValue?]) -> Self { members.compactMapValues(\.self) }
}
