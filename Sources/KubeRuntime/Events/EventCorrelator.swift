import KubeModel

/// How much is reported at most.
package struct EventOptions: Hashable, Sendable {
    /// Without another happening for so long, a series has ended; the next one begins a new event.
    package var seriesTimeout = Duration.seconds(360)
    /// How often a series that goes on is brought up to date.
    package var refresh = Duration.seconds(300)
    /// New events of one object: so many at once ...
    package var burst = 25
    /// ... and one more after each of these.
    package var refill = Duration.seconds(30)
    /// Series kept at a time; further events are dropped.
    package var maximumSeries = 20_000
    /// Writes that wait to be sent; further ones are dropped.
    package var maximumQueue = 1000

    package init() {}
}

/// Decides what of all that is reported is written: each happening once, its repetitions as a series, and never too much about one object.
package struct EventCorrelator: ~Copyable {
    package typealias Instant = TimeSource.Instant

    package enum Decision: Hashable, Sendable {
        case write(EventWrite)
        /// Counted in its series, which is written later.
        case counted
        case dropped(Reason)
    }

    /// Why an event is dropped.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        case objectLimit = "object_limit"
        case seriesLimit = "series_limit"
        case queueFull = "queue_full"
        case failed = "write_failed"
    }

    private struct Series {
        var write: EventWrite
        var lastReport: Instant
        var lastWrite: Instant
        var writtenCount = 1
    }

    private struct Bucket {
        var tokens: Double
        var filledAt: Instant
    }

    private let options: EventOptions
    private var series: [EventReport.Series: Series] = [:]
    private var buckets: [EventSubject: Bucket] = [:]
    private var lastName: Int64 = 0

    package init(options: EventOptions = EventOptions()) { self.options = options }

    /// Takes in a report.
    package mutating func record(_ report: EventReport, now: Instant, wall: MicroTime) -> Decision {
        if var known = series[report.series], known.lastReport.duration(to: now) < options.seriesTimeout {
            known.lastReport = now
            known.write.count += 1
            known.write.lastSeen = wall
            // The second time is told at once, as it makes a series of it.
            let isDue = known.write.count == 2 || known.lastWrite.duration(to: now) >= options.refresh
            if isDue {
                known.lastWrite = now
                known.writtenCount = known.write.count
            }
            series[report.series] = known
            return isDue ? .write(known.write) : .counted
        }
        guard series.count < options.maximumSeries || series[report.series] != nil else {
            return .dropped(.seriesLimit)
        }
        guard takeToken(report.subject, now: now) else { return .dropped(.objectLimit) }
        let write = EventWrite(
            key: ObjectKey(namespace: report.subject.eventNamespace, name: newName(for: report.subject, wall: wall)),
            report: report,
            firstSeen: wall,
            lastSeen: wall,
            count: 1
        )
        series[report.series] = Series(write: write, lastReport: now, lastWrite: now)
        return .write(write)
    }

    /// Ends series that have timed out and refreshes others. To be called about once a minute while ``isActive``.
    ///
    /// - Returns: those whose last count has not been written.
    package mutating func sweep(now: Instant) -> [EventWrite] {
        var writes: [EventWrite] = []
        for (key, known) in series {
            let hasEnded = known.lastReport.duration(to: now) >= options.seriesTimeout
            let isDue = hasEnded || known.lastWrite.duration(to: now) >= options.refresh
            if isDue, known.write.count > known.writtenCount {
                writes.append(known.write)
                series[key]?.lastWrite = now
                series[key]?.writtenCount = known.write.count
            }
            if hasEnded { series[key] = nil }
        }
        // A full bucket is as good as none.
        buckets = buckets.filter { tokens(of: $0.value, now: now) < Double(options.burst) }
        return writes
    }

    /// Whether there is anything to sweep.
    package var isActive: Bool { !series.isEmpty || !buckets.isEmpty }

    private mutating func takeToken(_ subject: EventSubject, now: Instant) -> Bool {
        let available = buckets[subject].map { tokens(of: $0, now: now) } ?? Double(options.burst)
        guard available >= 1 else { return false }
        buckets[subject] = Bucket(tokens: available - 1, filledAt: now)
        return true
    }

    private func tokens(of bucket: Bucket, now: Instant) -> Double {
        min(Double(options.burst), bucket.tokens + bucket.filledAt.duration(to: now) / options.refill)
    }

    /// The object's name and the time in hexadecimal, as client-go makes it; made unique among ours.
    private mutating func newName(for subject: EventSubject, wall: MicroTime) -> String {
        lastName = max(lastName + 1, wall.microsecondsSinceEpoch * 1000)
        return "\(subject.key.name.prefix(bytes: 230)).\(String(lastName, radix: 16))"
    }
}
