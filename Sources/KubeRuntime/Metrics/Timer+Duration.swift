import CoreMetrics

extension Timer {
    /// Durations beyond 292 years are cut.
    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (nanoseconds, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        recordNanoseconds(isTooLong ? .max : nanoseconds + attoseconds / 1_000_000_000)
    }
}
