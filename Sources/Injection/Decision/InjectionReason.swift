/// Why a pod was not injected; the raw value is the `reason` of the metric `sidecar_injection_total`.
package enum InjectionReason: String, Hashable, Sendable, CaseIterable {
    // Skipped: the pod is admitted as it is.
    case exceptionLabel = "exception_label"
    case alreadyInjected = "already_injected"
    case disabledOnPod = "disabled_on_pod"
    case disabledOnNamespace = "disabled_on_namespace"
    case notRequested = "not_requested"
    case hostNetwork = "host_network"
    case mirrorPod = "mirror_pod"
    case windows = "windows"

    // Refused: a sidecar was asked for and cannot be had.
    case invalidSetting = "invalid_setting"
    case invalidPod = "invalid_pod"
    case reservedUser = "reserved_user"
    case reservedName = "reserved_name"
    case reservedPort = "reserved_port"
    case tooLarge = "too_large"
    case cancelled = "cancelled"

    /// Whether the pod was admitted without a sidecar although one was asked for: worth a warning to the user.
    package var isUnexpected: Bool { self == .hostNetwork || self == .windows }

    /// A clause for people.
    package var words: String {
        switch self {
        case .exceptionLabel: "a label exempts the pod from injection"
        case .alreadyInjected: "the pod has a sidecar already"
        case .disabledOnPod: "injection is disabled on the pod"
        case .disabledOnNamespace: "injection is disabled on the namespace"
        case .notRequested: "neither the pod nor its namespace asks for a sidecar"
        case .hostNetwork: "the pod uses the host's network, whose traffic must not be redirected"
        case .mirrorPod: "the pod mirrors a static pod of its node and cannot be changed"
        case .windows: "the pod runs on Windows, where traffic cannot be redirected"
        case .invalidSetting: "a label or annotation has a value that is not understood"
        case .invalidPod: "the pod is not well formed"
        case .reservedUser: "a container runs as the sidecar's user"
        case .reservedName: "a container or volume has a name that injection uses"
        case .reservedPort: "a container declares a port that the sidecar uses"
        case .tooLarge: "the pod, or the configuration of its sidecar, is too large"
        case .cancelled: "the review has ended or passed its deadline"
        }
    }
}
