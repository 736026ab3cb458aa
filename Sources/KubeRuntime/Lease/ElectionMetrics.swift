import CoreMetrics

/// What an election counts, under client-go's names where it has them.
package struct ElectionMetrics: Sendable {
    let status: Gauge
    let terms, slowPath, failures, absurdRecords: Counter

    /// - Parameter name: of the lease.
    package init(name: String, factory: any MetricsFactory) {
        let dimensions = [("name", name)]
        status = Gauge(label: "leader_election_master_status", dimensions: dimensions, factory: factory)
        terms = Counter(label: "leader_election_terms_total", dimensions: dimensions, factory: factory)
        slowPath = Counter(label: "leader_election_slowpath_total", dimensions: dimensions, factory: factory)
        failures = Counter(label: "leader_election_failures_total", dimensions: dimensions, factory: factory)
        absurdRecords = Counter(label: "leader_election_absurd_records_total", dimensions: dimensions, factory: factory)
        status.record(0)
    }
}
