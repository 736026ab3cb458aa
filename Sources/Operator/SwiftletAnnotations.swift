import KubeApply

/// Annotations that are Swiftlet's book-keeping and nobody's intent.
enum SwiftletAnnotations {
    static let digest = IntentDigest.annotation
}
