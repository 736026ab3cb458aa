import KubeRuntime
import XDS

extension MetricCatalog {
    /// What the mesh counts.
    package static let mesh = XDSMetrics.catalog.merging(
        MetricCatalog(
            help: [
                "sidecar_injection_total": "New pods by what became of them: success, skipped or failed, and why.",
                "swiftlet_proxies_pending":
                    "Proxies that have not acknowledged an object yet, by object; absent where there are none.",
                "swiftlet_proxies_rejecting":
                    "Proxies that refuse what follows from an object, by object; absent where there are none.",
                "swiftlet_pods_without_sidecar": "Pods that have no sidecar although they should, by namespace.",
                "swiftlet_sidecars_not_connected":
                    "Sidecars that have run for a minute without being connected to any replica, by namespace; told by the replica that leads, absent where there are none.",
                "swiftlet_xds_generation_seconds": "How long it took to work out what follows from a batch of changes.",
            ],
            shapes: [
                "sidecar_injection_total": MetricShape(.counter, "result", "reason"),
                "swiftlet_pods_without_sidecar": MetricShape(.gauge, "namespace"),
                "swiftlet_proxies_pending": MetricShape(.gauge, "kind", "name"),
                "swiftlet_proxies_rejecting": MetricShape(.gauge, "kind", "name"),
                "swiftlet_sidecars_not_connected": MetricShape(.gauge, "namespace"),
                "swiftlet_xds_generation_seconds": MetricShape(.histogram),
            ],
            buckets: [
                "swiftlet_xds_generation_seconds": HistogramBuckets([
                    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                ])
            ]
        )
    )
}
