import JSON

extension EnvoyBootstrap {
    /// `/ready` tells what Envoy's admin tells; `/drain` is the hook that the kubelet calls when the pod ends.
    var readinessListener: JSONValue {
        EnvoyJSON.listener(
            "swiftlet:readiness",
            port: settings.readinessPort,
            routes: [
                ["match": ["path": .string(Self.readinessPath)], "route": ["cluster": .string(Self.adminCluster)]],
                drainRoute,
            ],
            filters: [
                EnvoyJSON.filter("envoy.filters.http.lua", EnvoyJSON.typed("\(EnvoyJSON.http)lua.v3.Lua")),
                EnvoyJSON.filter("envoy.filters.http.fault", EnvoyJSON.typed("\(EnvoyJSON.http)fault.v3.HTTPFault")),
            ]
        )
    }

    /// The kubelet can only GET and the admin wants a POST, on an address the kubelet does not reach; and the image may have no program to
    /// run. So a script calls the admin, and a delay holds the answer back.
    ///
    /// The path has the token in it: what it does is harmless, but not everybody's business.
    private var drainRoute: JSONValue {
        let wait = EnvoyJSON.typed(
            "\(EnvoyJSON.http)fault.v3.HTTPFault",
            [
                "delay": [
                    "fixed_delay": .string("\(drain.wait)s"),
                    "percentage": ["numerator": 100, "denominator": "HUNDRED"],
                ]
            ]
        )
        let script = EnvoyJSON.typed(
            "\(EnvoyJSON.http)lua.v3.LuaPerRoute",
            ["source_code": ["inline_string": .string(Self.drainScript)]]
        )
        let path = VariableExpansion.escaped(ProbePath(drain.path).onTheWire)
        return [
            "match": ["path": .string(path)],
            "direct_response": ["status": 200],
            "typed_per_filter_config": .compact([
                "envoy.filters.http.lua": script, "envoy.filters.http.fault": drain.wait > 0 ? wait : nil,
            ]),
        ]
    }

    /// Inbound listeners only: the application still sends while it ends. They stay open: Envoy ends when it is told to.
    private static let drainScript = """
        function envoy_on_request(handle)
          local headers = handle:httpCall("\(adminCluster)",
            {[":method"] = "POST", [":path"] = "/drain_listeners?inboundonly&graceful&skip_exit", [":authority"] = "admin"},
            nil, 2000)
          if headers[":status"] ~= "200" then
            handle:respond({[":status"] = "503"}, "the admin refused")
          end
        end
        """
}
