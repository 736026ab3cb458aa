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

    /// Google's client, since it is the one that reads the token's file again for each stream: the kubelet replaces it.
    private var service: JSONValue {
        let credentials = "envoy.grpc_credentials.file_based_metadata"
        let token = EnvoyJSON.typed(
            "envoy.config.grpc_credential.v3.FileBasedMetadataConfig",
            [
                "secret_data": ["filename": .string(SidecarVolumes.tokenPath)],
                "header_key": "authorization",
                "header_prefix": "Bearer ",
            ]
        )
        let authority = JSONValue.string(VariableExpansion.escaped(controlPlane.certificateAuthority))
        return [
            "google_grpc": [
                "target_uri": .string(VariableExpansion.escaped(controlPlane.target)),
                "stat_prefix": "xds",
                "channel_credentials": ["ssl_credentials": ["root_certs": ["inline_string": authority]]],
                "credentials_factory_name": .string(credentials),
                "call_credentials": [["from_plugin": EnvoyJSON.filter(credentials, token)]],
                "channel_args": ["args": .object(channelArguments)],
            ],
            // The default waits up to thirty seconds, for which a restarted control plane would be without its proxies. Jitter is Envoy's.
            "retry_policy": ["retry_back_off": ["base_interval": "0.5s", "max_interval": "5s"]],
        ]
    }

    private var channelArguments: [String: JSONValue] {
        let numbers: [String: Int64] = [
            // A control plane that vanished without a word is noticed within 40 seconds.
            "grpc.keepalive_time_ms": 30_000,
            "grpc.keepalive_timeout_ms": 10_000,
            "grpc.http2.max_pings_without_data": 0,
            // The connection's own back-off, below that of the stream; the default doubles up to two minutes.
            "grpc.initial_reconnect_backoff_ms": 500,
            "grpc.min_reconnect_backoff_ms": 2_000,
            "grpc.max_reconnect_backoff_ms": 5_000,
            // The default of 4 MiB is too little for a large mesh.
            "grpc.max_receive_message_length": 64 << 20,
        ]
        var arguments = numbers.mapValues { ["int_value": JSONValue.int($0)] as JSONValue }
        if let name = controlPlane.serverName {
            arguments["grpc.ssl_target_name_override"] = ["string_value": .string(VariableExpansion.escaped(name))]
            arguments["grpc.default_authority"] = ["string_value": .string(VariableExpansion.escaped(name))]
        }
        return arguments
    }
}
