/// How long certificates live and when they make way for others.
package struct RotationPolicy: Hashable, Sendable {
    package var authorityValidity = Duration.seconds(3650 * 86400)
    package var leafValidity = Duration.seconds(30 * 86400)
    /// How far certificates are dated back, for clocks that are slow.
    package var backdating = Duration.seconds(300)
    /// The share of its life after which the successor of an authority is made.
    package var authorityRenewal = 0.8
    /// The share of its life after which a server's certificate is issued anew.
    package var leafRenewal = 2.0 / 3
    /// How long an authority must have been seen in every published bundle before certificates by it are shown: API servers learn of a
    /// bundle a moment after we read it, each of several by itself.
    package var propagation = Duration.seconds(30)
    /// How much longer than the last certificate by it a retired authority is trusted, for clocks that are slow.
    package var retirementGrace = Duration.seconds(3600)

    package init() {}
}
