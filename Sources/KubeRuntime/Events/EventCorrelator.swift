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
        var severity: EventReport.Severity
        var reason: String
        var action: String
        var note: String
        /// The event's name.
        var name: String
        var firstSeen: MicroTime
        var lastSeen: MicroTime
        var lastReport: Instant
        var lastWrite: Instant
        var count = 1
        var writtenCount = 1

        /// Not by the note, which may have a number or a time in it.
        func takes(_ report: EventReport) -> Bool {
            severity == report.severity && reason == report.reason && action == report.action
        }

        func write(about subject: EventSubject) -> EventWrite {
            EventWrite(
                key: ObjectKey(namespace: subject.eventNamespace, name: name),
                report: EventReport(subject, severity, reason: reason, action: action, note: note),
                firstSeen: firstSeen,
                lastSeen: lastSeen,
                count: count
            )
        }
    }

    /// What is known of one object. Its series are few, as its tokens are.
    private struct Record {
        var series: [Series] = []
        var tokens: Double
        var filledAt: Instant
    }

    private let options: EventOptions
    private var records: [EventSubject: Record] = [:]
    private var seriesCount = 0
    private var lastName: Int64 = 0

    package init(options: EventOptions = EventOptions()) { self.options = options }

    /// Takes in a report.
    package mutating func record(_ report: EventReport, now: Instant, wall: MicroTime) -> Decision {
        let subject = report.subject
        var record = records[subject] ?? Record(tokens: Double(options.burst), filledAt: now)
        let position = record.series.firstIndex { $0.takes(report) }
        if let position, record.series[position].lastReport.duration(to: now) < options.seriesTimeout {
            var series = record.series[position]
            series.lastReport = now
            series.count += 1
            series.lastSeen = wall
            // The second time is told at once, as it makes a series of it.
            let isDue = series.count == 2 || series.lastWrite.duration(to: now) >= options.refresh
            if isDue {
                series.lastWrite = now
                series.writtenCount = series.count
            }
            record.series[position] = series
            records[subject] = record
            return isDue ? .write(series.write(about: subject)) : .counted
        }
        guard position != nil || seriesCount < options.maximumSeries else { return .dropped(.seriesLimit) }
        let available = tokens(of: record, now: now)
        guard available >= 1 else { return .dropped(.objectLimit) }
        record.tokens = available - 1
        record.filledAt = now
        let series = Series(
            severity: report.severity,
            reason: report.reason,
            action: report.action,
            note: report.note,
            name: newName(for: subject, wall: wall),
            firstSeen: wall,
            lastSeen: wall,
            lastReport: now,
            lastWrite: now
        )
        if let position {
            record.series[position] = series
        } else {
            record.series.append(series)
            seriesCount += 1
        }
        records[subject] = record
        return .write(series.write(about: subject))
    }

    /// Ends series that have timed out and refreshes others. To be called about once a minute while ``isActive``.
    ///
    /// - Returns: those whose last count has not been written.
    package mutating func sweep(now: Instant) -> [EventWrite] {
        var writes: [EventWrite] = []
        var kept: [EventSubject: Record] = [:]
        seriesCount = 0
        for (subject, known) in records {
            var record = known
            record.series.removeAll(keepingCapacity: false)
            for var series in known.series {
                let hasEnded = series.lastReport.duration(to: now) >= options.seriesTimeout
                let isDue = hasEnded || series.lastWrite.duration(to: now) >= options.refresh
                if isDue, series.count > series.writtenCount {
                    series.lastWrite = now
                    series.writtenCount = series.count
                    writes.append(series.write(about: subject))
                }
                if !hasEnded { record.series.append(series) }
            }
            // A full bucket is as good as none.
            guard !record.series.isEmpty || tokens(of: record, now: now) < Double(options.burst) else { continue }
            seriesCount += record.series.count
            kept[subject] = record
        }
        // A dictionary of its own, which is as large as what is left.
        records = kept
        return writes
    }

    /// Ends all series of an object that is gone.
    ///
    /// - Returns: those whose last count has not been written.
    package mutating func forget(_ subject: EventSubject) -> [EventWrite] {
        guard let record = records.removeValue(forKey: subject) else { return [] }
        seriesCount -= record.series.count
        if records.isEmpty { records = [:] }
        return record.series.filter { $0.count > $0.writtenCount }.map { $0.write(about: subject) }
    }

    /// Whether there is anything to sweep.
    package var isActive: Bool { !records.isEmpty }

    private func tokens(of record: Record, now: Instant) -> Double {
        min(Double(options.burst), record.tokens + record.filledAt.duration(to: now) / options.refill)
    }

    /// The object's name and the time in hexadecimal, as client-go makes it; made unique among ours.
    private mutating func newName(for subject: EventSubject, wall: MicroTime) -> String {
        lastName = max(lastName + 1, wall.microsecondsSinceEpoch * 1000)
        return "\(subject.key.name.prefix(bytes: 230)).\(String(lastName, radix: 16))"
    }
}
