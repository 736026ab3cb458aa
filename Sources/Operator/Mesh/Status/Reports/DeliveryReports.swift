import KubeModel
import KubeRuntime
import Synchronization

/// The reports of the other replicas, as the one that leads knows them.
///
/// A replica that is gone tells nothing any more, and must not hold an object pending. Its report goes with its pod; and one that was not repeated for
/// ``patience`` on our own clock, whatever its timestamps, counts no longer.
final class DeliveryReports: Sendable {
    private struct Known {
        var report: DeliveryReport
        var version: ResourceVersion
        var seen: TimeSource.Instant
    }

    /// Three times as long as ``DeliveryReporter/beat``.
    static let patience = Duration.seconds(60)

    /// Our own report from when we stood by, which does not count beside what we see.
    private let own: ObjectKey
    private let known = Mutex<[ObjectKey: Known]>([:])

    init(own: ObjectKey) { self.own = own }

    /// Takes in a report as it was made or repeated.
    ///
    /// - Returns: the objects that it, or the one before it, tells of.
    func put(_ object: DynamicObject, now: TimeSource.Instant) -> Set<ProgrammedKey> {
        guard object.key != own else { return [] }
        let report = DeliveryReport(object)
        return known.withLock { known in
            let old = known.updateValue(
                Known(report: report, version: object.resourceVersion, seen: now),
                forKey: object.key
            )
            return report.differs(from: old?.report)
        }
    }

    /// - Returns: the objects that it told of.
    func remove(_ key: ObjectKey) -> Set<ProgrammedKey> {
        known.withLock { known in Set(known.removeValue(forKey: key)?.report.entries.keys.map { $0 } ?? []) }
    }

    /// Drops what was not repeated.
    ///
    /// - Returns: the reports that were dropped, and the objects that they told of.
    func sweep(now: TimeSource.Instant) -> (reports: [ObjectKey], objects: Set<ProgrammedKey>) {
        known.withLock { known in
            let stale = known.filter { $0.value.seen.duration(to: now) > Self.patience }
            for key in stale.keys { known[key] = nil }
            return (stale.keys.sorted(), Set(stale.values.flatMap { $0.report.entries.keys }))
        }
    }

    /// Digests of the proxies that are connected to other replicas; `nil` when one of those does not tell.
    var connected: Set<UInt32>? {
        known.withLock { known in
            var all: Set<UInt32> = []
            for entry in known.values {
                guard let connected = entry.report.connected else { return nil }
                all.formUnion(connected)
            }
            return all
        }
    }

    /// Our own counts and those of all others.
    func total(_ key: ProgrammedKey, generation: Int64, own delivery: ObjectDelivery) -> ObjectDelivery {
        known.withLock { known in
            known.values.compactMap { $0.report.entries[key] }
                .reduce(delivery) { $0.adding($1, generation: generation) }
        }
    }
}

extension DeliveryReport {
    /// The objects about which it says something else.
    fileprivate func differs(from old: DeliveryReport?) -> Set<ProgrammedKey> {
        let before = old?.entries ?? [:]
        return Set(entries.keys).union(before.keys).filter { entries[$0] != before[$0] }
    }
}
