import Synchronization

/// Checks that count at the beginning only: until all of them have passed once, and for a limited time.
///
/// A replica that has just started should not be used before it can do everything. One that is in use should not be taken from those whom it
/// serves well because of what others may bring about elsewhere.
package final class StartupRequirement: HealthSource {
    private let source: any HealthSource
    private let end: TimeSource.Instant
    private let time: TimeSource
    private let hasPassed = Mutex(false)

    /// - Parameter patience: how long the checks count, from now on.
    package init(_ source: any HealthSource, patience: Duration, time: TimeSource) {
        self.source = source
        end = time.now.advanced(by: patience)
        self.time = time
    }

    package func healthChecks() -> [HealthCheck] {
        var checks = source.healthChecks()
        let passes = checks.allSatisfy(\.passes)
        let isOver = hasPassed.withLock { hasPassed in
            hasPassed = hasPassed || passes
            return hasPassed
        }
        let isRequired = !isOver && time.now < end
        for index in checks.indices { checks[index].isRequired = checks[index].isRequired && isRequired }
        return checks
    }
}
