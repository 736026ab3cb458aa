extension MetricCatalog {
    /// The metrics of this framework. Names, types and buckets are those of controller-runtime and client-go wherever the same
    /// thing is measured, so that dashboards made for those show it.
    package static let standard = MetricCatalog(
        help: [
            "controller_runtime_active_workers": "Workers that are reconciling now.",
            "controller_runtime_max_concurrent_reconciles": "The most workers that reconcile at a time.",
            "controller_runtime_reconcile_errors_total": "Reconciles that failed.",
            "controller_runtime_reconcile_time_seconds": "How long reconciles took.",
            "controller_runtime_reconcile_timeouts_total": "Reconciles that were given up after their deadline.",
            "controller_runtime_reconcile_total": "Reconciles by result: success, error, requeue or requeue_after.",
            "controller_runtime_terminal_reconcile_errors_total": "Reconciles that failed and are not tried again.",
            "controller_runtime_webhook_latency_seconds": "How long admission reviews took.",
            "controller_runtime_webhook_requests_in_flight": "Admission reviews that are being answered.",
            "controller_runtime_webhook_requests_total": "Admission reviews by HTTP status.",
            "kubernetes_healthcheck": "Whether a check passes (1) or not (0), as /readyz and /healthz tell.",
            "leader_election_master_status": "Whether this process leads (1) or stands by (0).",
            "process_cpu_seconds_total": "User and system time spent.",
            "process_max_fds": "How many file descriptors may be open.",
            "process_open_fds": "How many file descriptors are open.",
            "process_resident_memory_bytes": "Resident memory.",
            "process_start_time_seconds": "When the process started, in seconds since 1970.",
            "process_virtual_memory_bytes": "Virtual memory.",
            "reflector_events_total": "Watch events received.",
            "reflector_failures_total": "Lists and watches that failed, by cause.",
            "reflector_list_pages_total": "Pages of lists asked for.",
            "reflector_undecodable_objects_total": "Objects that could not be decoded and were left out.",
            "reflector_watches_total": "Watches started.",
            "rest_client_request_duration_seconds": "How long the API server took to answer.",
            "rest_client_requests_total": "Requests to the API server by status code, method and host.",
            "swiftlet_metrics_dropped_series_total": "Series that were asked for and refused, by metric.",
            "watch_idle_aborts_total": "Watches that were cut because nothing came for too long.",
            "workqueue_adds_total": "Keys added.",
            "workqueue_depth": "Keys that wait.",
            "workqueue_longest_running_processor_seconds": "How long the longest running worker has been at its key.",
            "workqueue_queue_duration_seconds": "How long keys waited before a worker took them.",
            "workqueue_retries_total": "Keys that were added again after a failure.",
            "workqueue_unfinished_work_seconds": "Time that workers have spent on keys they still have.",
            "workqueue_work_duration_seconds": "How long workers had keys.",
        ],
        buckets: [
            "controller_runtime_reconcile_time_seconds": .reconcile,
            "rest_client_*": .request,
            "swiftlet_*": .work,
            "workqueue_*": .workQueue,
        ]
    )
}
