import KubeModel
import KubeRuntime
import SwiftletAPI

/// How the WebServers are, as their statuses tell, read when metrics are scraped.
struct WebServerFigures: MetricsCollector {
    let webServers: Store<WebServer>

    /// Only so many are named, so that a mistake in a thousand of them does not make a thousand series.
    static let mostNamed = 100

    private enum State: String, CaseIterable {
        case ready, reconciling, stalled
    }

    func collect(into metrics: inout MetricsCollection) {
        var counts: [State: Int] = [:]
        var stalled: [(key: ObjectKey, reason: String)] = []
        for webServer in webServers.all() {
            let conditions = webServer.status?.conditions ?? []
            if let condition = conditions[type: "Stalled"], condition.status == .yes {
                counts[.stalled, default: 0] += 1
                stalled.append((webServer.key, condition.reason))
            } else {
                counts[conditions[type: "Ready"]?.status == .yes ? .ready : .reconciling, default: 0] += 1
            }
        }
        for state in State.allCases {
            metrics.gauge("swiftlet_webservers", Double(counts[state] ?? 0), labels: [("state", state.rawValue)])
        }
        for (key, reason) in stalled.sorted(by: { $0.key < $1.key }).prefix(Self.mostNamed) {
            metrics.gauge(
                "swiftlet_webserver_stalled",
                1,
                labels: [("namespace", key.namespace), ("name", key.name), ("reason", reason)]
            )
        }
    }
}

extension MetricCatalog {
    /// What is told of WebServers.
    static let webServers = MetricCatalog(
        help: [
            "swiftlet_webserver_stalled": "1 for each WebServer that needs a person, and why; the first hundred.",
            "swiftlet_webservers": "WebServers by how they are: ready, reconciling or stalled.",
        ],
        shapes: [
            "swiftlet_webserver_stalled": MetricShape(.gauge, "namespace", "name", "reason"),
            "swiftlet_webservers": MetricShape(.gauge, "state"),
        ]
    )
}
