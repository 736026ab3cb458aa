import KubeApply

/// Annotations that are Swiftlet's book-keeping and nobody's intent.
enum SwiftletAnnotations {
    static let digest = IntentDigest.annotation

    /// On what is printed: nobody has seen it, a workload of a file would run it.
    static let assumed = "swiftlet.phys.app/assumed"
}
