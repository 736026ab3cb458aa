import KubeModel

/// When a certificate that is still the same is late for its renewal.
package enum RenewalDeadline {
    /// Half of what our own certificates have left when they are issued anew.
    private static let most: Int64 = 5 * 86400

    /// A sixth of its life before its end, but at most five days: also somebody else's certificate of a single day has its time.
    package static func of(notBefore: Timestamp, notAfter: Timestamp) -> Timestamp {
        let life = max(0, notAfter.secondsSinceEpoch - notBefore.secondsSinceEpoch)
        return Timestamp(secondsSinceEpoch: notAfter.secondsSinceEpoch - min(most, life / 6))
    }
}
