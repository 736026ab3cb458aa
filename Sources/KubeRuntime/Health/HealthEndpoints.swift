/// What probes and scrapes are answered, without the sockets.
///
/// - `/healthz`: 200 `ok` while every liveness check passes, else 503.
/// - `/readyz`: the same for readiness.
/// - `/metrics`: the registry in the text format.
///
/// A `verbose` in the query, and every 503, lists the checks as the API server does: `[+]pods synced`,
/// `[-]secrets forbidden: <reason>`.
package struct HealthEndpoints: Sendable {
    private let liveness: [any HealthSource]
    private let readiness: [any HealthSource]
    private let registry: PrometheusRegistry?

    /// - Parameters:
    ///   - liveness: a failing check has the container restarted, so only what a restart mends belongs here.
    ///   - readiness: a failing check has the pod taken out of its Services.
    ///   - registry: `nil` for no `/metrics`.
    package init(
        liveness: [any HealthSource] = [],
        readiness: [any HealthSource] = [],
        registry: PrometheusRegistry? = nil
    ) {
        self.liveness = liveness
        self.readiness = readiness
        self.registry = registry
    }

    /// - Parameter target: the target of the request, path and query.
    func respond(to method: String, _ target: String) -> HealthResponse {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count > 1 ? parts[1] : ""
        guard let answer = answer(to: parts.first ?? "", query) else {
            return HealthResponse(status: 404, body: "404 page not found\n", isHeadOnly: method == "HEAD")
        }
        guard method == "GET" || method == "HEAD" else {
            return HealthResponse(status: 405, body: "method not allowed\n", allow: "GET, HEAD")
        }
        var response = answer()
        response.isHeadOnly = method == "HEAD"
        return response
    }

    private func answer(to path: Substring, _ query: Substring) -> (() -> HealthResponse)? {
        let isVerbose = query.split(separator: "&").contains { $0 == "verbose" || $0.hasPrefix("verbose=") }
        switch path {
        case "/healthz": return { Self.report("healthz", liveness, isVerbose) }
        case "/readyz": return { Self.report("readyz", readiness, isVerbose) }
        case "/metrics":
            return registry.map { registry in
                { HealthResponse(status: 200, contentType: PrometheusRegistry.contentType, body: registry.text()) }
            }
        default: return nil
        }
    }

    private static func report(_ name: String, _ sources: [any HealthSource], _ isVerbose: Bool) -> HealthResponse {
        let checks = sources.flatMap { $0.healthChecks() }
        let passes = checks.allSatisfy(\.passes)
        guard isVerbose || !passes else { return HealthResponse(status: 200, body: "ok") }
        let lines = checks.map(\.line) + ["\(name) check \(passes ? "passed" : "failed")", ""]
        return HealthResponse(status: passes ? 200 : 503, body: lines.joined(separator: "\n"))
    }
}
