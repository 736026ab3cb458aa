import JSON

/// What an injector did with a pod or a workload.
package struct InjectionOutcome: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        case injected(SidecarSettings)
        case skipped(InjectionReason)
        /// The object has no pods of its own.
        case notAWorkload
    }

    /// The object to use; the very input when nothing was injected.
    package var object: JSONValue
    package var action: Action
    /// For people, each a sentence that names the object.
    package var warnings: [String]

    /// `result` and `reason` of the metric `sidecar_injection_total`.
    package var metricLabels: (result: String, reason: String) {
        switch action {
        case .injected: ("success", "")
        case .skipped(let reason): ("skipped", reason.rawValue)
        case .notAWorkload: ("skipped", InjectionReason.notRequested.rawValue)
        }
    }
}

extension InjectionError {
    /// `result` and `reason` of the metric `sidecar_injection_total`.
    package var metricLabels: (result: String, reason: String) { ("failed", reason.rawValue) }
}
