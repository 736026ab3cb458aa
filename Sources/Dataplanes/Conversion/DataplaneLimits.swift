/// How much one pod may make of the Services that select it. Whoever may create Services and pods would else multiply them.
package enum DataplaneLimits {
    /// Inbounds of a pod: one for each port of each Service that selects it.
    package static let inbounds = 1024
    /// Tags of all inbounds of a pod together: a pod with very many labels has fewer inbounds.
    package static let tags = 32_768
}
