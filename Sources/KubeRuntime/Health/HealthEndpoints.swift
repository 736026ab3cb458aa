/// What probes and scrapes are answered, without the sockets.
///
/// - `/healthz` and `/livez`: 200 `ok` while every liveness check passes, else 503.
/// - `/readyz`: the same for readiness.
/// - `/metrics`: the registry in the text format.
///
/// A `verbose` in the query, and every 503, lists the checks as the API server does: `[+]pods synced`,
/// `[-]secrets forbidden: <reason>`.
package struct HealthEndpoints: Sendable {
    /// What a request is answered.
    enum Answer: Equatable {
        case response(HealthResponse)
        /// The registry, which takes a while to render.
        case metrics(isHeadOnly: Bool)
    }

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

    /// - Parameter target: the target of the request, path and query, perhaps after a scheme and a host.
    func answer(to method: String, _ target: String) -> Answer {
        let parts = Self.relative(target[...]).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first ?? ""
        let isKnown = ["/healthz", "/livez", "/readyz"].contains(path) || (path == "/metrics" && registry != nil)
        guard isKnown else {
            return .response(HealthResponse(status: 404, body: "404 page not found\n", isHeadOnly: method == "HEAD"))
        }
        guard method == "GET" || method == "HEAD" else {
            return .response(HealthResponse(status: 405, body: "method not allowed\n", allow: "GET, HEAD"))
        }
        if path == "/metrics" { return .metrics(isHeadOnly: method == "HEAD") }
        let query = parts.count > 1 ? parts[1] : ""
        let isVerbose = query.split(separator: "&").contains { $0 == "verbose" || $0.hasPrefix("verbose=") }
        let isReadiness = path == "/readyz"
        var response = Self.report(
            String(path.dropFirst()),
            isReadiness ? readiness : liveness,
            isVerbose
        )
        response.isHeadOnly = method == "HEAD"
        return .response(response)
    }

    /// The registry as it is now. Takes longer the more there is in it.
    func metrics() -> HealthResponse {
        HealthResponse(status: 200, contentType: PrometheusRegistry.contentType, body: registry?.text() ?? "")
    }

    private static func relative(_ target: Substring) -> Substring {
        for scheme in ["http://", "https://"] where target.hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        return target
    }

    private static func report(_ name: String, _ sources: [any HealthSource], _ isVerbose: Bool) -> HealthResponse {
        let checks = sources.flatMap { $0.healthChecks() }
        let passes = checks.allSatisfy { $0.passes || !$0.isRequired }
        guard isVerbose || !passes else { return HealthResponse(status: 200, body: "ok") }
        let lines = checks.map(\.line) + ["\(name) check \(passes ? "passed" : "failed")", ""]
        return HealthResponse(status: passes ? 200 : 503, body: lines.joined(separator: "\n"))
    }
}
