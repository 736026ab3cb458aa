import Dataplanes
import EnvoyAPI
import SwiftProtobuf
import TrafficPolicy

/// The connection manager of traffic that is routed by request.
struct HTTPFilter {
    enum Routes {
        /// Fetched by name.
        case named(String)
        case inline(RouteConfiguration)
    }

    /// Of the statistics: `http.<prefix>.*`.
    var statPrefix: String
    var routes: Routes

    /// As invisible as a proxy can be: HTTP/1.0 and upgrades to WebSocket pass, and the server's name is the application's own.
    func filter() throws -> NetworkFilter {
        var manager = HTTPConnectionManager()
        manager.statPrefix = statPrefix
        manager.codecType = .auto
        switch routes {
        case .named(let name):
            manager.rds.routeConfigName = name
            manager.rds.configSource = .aggregated
        case .inline(let configuration): manager.routeConfig = configuration
        }
        manager.serverHeaderTransformation = .passThrough
        manager.httpProtocolOptions.acceptHTTP10 = true
        manager.upgradeConfigs = [.with { $0.upgradeType = "websocket" }]
        // Requests have no time limit, but a stream on which nothing happens is not kept for ever (Kuma's own default).
        manager.streamIdleTimeout = .seconds(30 * 60)
        manager.httpFilters = [
            try .with {
                $0.name = "envoy.filters.http.router"
                $0.typedConfig = try Google_Protobuf_Any(message: Router())
            }
        ]
        return try NetworkFilter("envoy.filters.network.http_connection_manager", manager)
    }
}
