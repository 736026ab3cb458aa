import CoreMetrics
import EnvoyAPI
import KubeRuntime

/// What the server counts.
package struct XDSMetrics: Sendable {
    private let pushes: [Counter]
    private let bytes: [Counter]
    private let rejections: [Counter]
    private let acknowledgements: Counter
    private let streams: Gauge
    private let pushSeconds: Timer
    private let refusals: [XDSError.Code: Counter]
    private let overdue: Counter
    private let ends: [ConnectionEnd: Counter]

    package init(factory: any MetricsFactory) {
        func byType(_ name: String) -> [Counter] {
            ResourceType.allCases.map {
                Counter(label: name, dimensions: [("type", String(describing: $0))], factory: factory)
            }
        }
        pushes = byType("swiftlet_xds_pushes_total")
        bytes = byType("swiftlet_xds_push_bytes_total")
        rejections = byType("swiftlet_xds_nacks_total")
        acknowledgements = Counter(label: "swiftlet_xds_deliveries_total", factory: factory)
        streams = Gauge(label: "swiftlet_xds_streams", factory: factory)
        pushSeconds = Timer(label: "swiftlet_xds_push_seconds", factory: factory)
        overdue = Counter(label: "swiftlet_xds_overdue_acks_total", factory: factory)
        ends = Dictionary(
            uniqueKeysWithValues: ConnectionEnd.allCases.map { reason in
                let dimensions = [("reason", reason.rawValue)]
                return (reason, Counter(label: Self.endsName, dimensions: dimensions, factory: factory))
            }
        )
        let codes: [(XDSError.Code, String)] = [
            (.unauthenticated, "unauthenticated"), (.permissionDenied, "denied"), (.unavailable, "unavailable"),
            (.deadline, "timeout"), (.tooLarge, "too_large"), (.malformed, "malformed"),
            (.unimplemented, "unimplemented"),
        ]
        refusals = Dictionary(
            uniqueKeysWithValues: codes.map { code, reason in
                (
                    code,
                    Counter(
                        label: "swiftlet_xds_refused_streams_total",
                        dimensions: [("reason", reason)],
                        factory: factory
                    )
                )
            }
        )
    }

    func countPush(_ type: ResourceType, bytes: Int) {
        pushes[type.rawValue].increment()
        self.bytes[type.rawValue].increment(by: Int64(bytes))
    }

    func countRejection(_ type: ResourceType) { rejections[type.rawValue].increment() }

    func countDelivery(after duration: Duration?) {
        acknowledgements.increment()
        guard let duration else { return }
        let (seconds, attoseconds) = duration.components
        pushSeconds.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    func countOverdue() { overdue.increment() }

    func setStreams(_ count: Int) { streams.record(count) }

    func countRefusal(_ code: XDSError.Code) { refusals[code]?.increment() }

    func countEnd(_ reason: ConnectionEnd) { ends[reason]?.increment() }

    private static let endsName = "swiftlet_xds_closed_connections_total"

    /// Help and buckets.
    package static let catalog = MetricCatalog(
        help: [
            endsName: "Connections that the server closed before anybody was admitted on them, by reason.",
            "swiftlet_xds_deliveries_total": "Generations that a proxy acknowledged.",
            "swiftlet_xds_nacks_total": "Responses that a proxy rejected, by type of resource.",
            "swiftlet_xds_overdue_acks_total": "Acknowledgements of clusters that were no longer waited for.",
            "swiftlet_xds_push_bytes_total": "Bytes of responses, by type of resource.",
            "swiftlet_xds_push_seconds":
                "From the first event that a change follows from to a proxy's acknowledgement.",
            "swiftlet_xds_pushes_total": "Responses sent, by type of resource.",
            "swiftlet_xds_refused_streams_total": "Streams that were refused or ended by the server, by reason.",
            "swiftlet_xds_streams": "Proxies that are connected.",
        ],
        shapes: [
            endsName: MetricShape(.counter, "reason"),
            "swiftlet_xds_deliveries_total": MetricShape(.counter),
            "swiftlet_xds_nacks_total": MetricShape(.counter, "type"),
            "swiftlet_xds_overdue_acks_total": MetricShape(.counter),
            "swiftlet_xds_push_bytes_total": MetricShape(.counter, "type"),
            "swiftlet_xds_push_seconds": MetricShape(.histogram),
            "swiftlet_xds_pushes_total": MetricShape(.counter, "type"),
            "swiftlet_xds_refused_streams_total": MetricShape(.counter, "reason"),
            "swiftlet_xds_streams": MetricShape(.gauge),
        ],
        buckets: [
            "swiftlet_xds_push_seconds": HistogramBuckets([
                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
            ])
        ]
    )
}
