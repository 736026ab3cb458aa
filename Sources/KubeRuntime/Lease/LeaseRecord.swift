import JSON
import KubeModel

/// What a Lease says about its holder: the fields of `spec` that client-go writes.
package struct LeaseRecord: Hashable, Sendable {
    /// Empty for a lease that was given up.
    package var holder: String
    package var durationSeconds: Int64
    /// As they were read: nobody decides by them.
    package var acquireTime: String
    package var renewTime: String
    /// How often the holder became another one.
    package var transitions: Int64

    package init(
        holder: String,
        durationSeconds: Int64,
        acquireTime: String = "",
        renewTime: String = "",
        transitions: Int64 = 0
    ) {
        self.holder = holder
        self.durationSeconds = durationSeconds
        self.acquireTime = acquireTime
        self.renewTime = renewTime
        self.transitions = transitions
    }
}

extension LeaseRecord {
    static let countableTransitions: ClosedRange<Int64> = 0...Int64(Int32.max)

    /// What makes no sense about the record, for people; empty when all does.
    func faults(_ times: ElectionTimes) -> [String] {
        var faults: [String] = []
        if !holder.isEmpty, times.believed(durationSeconds) != .seconds(durationSeconds) {
            faults.append("leaseDurationSeconds is \(durationSeconds), taken as \(times.leaseDuration)")
        }
        if !Self.countableTransitions.contains(transitions) || transitions == Self.countableTransitions.upperBound {
            faults.append("leaseTransitions is \(transitions), counted from 0")
        }
        return faults
    }

    package init(_ object: DynamicObject) {
        let spec = object.value["spec"]
        self.init(
            holder: spec?["holderIdentity"]?.stringValue ?? "",
            durationSeconds: spec?["leaseDurationSeconds"]?.intValue ?? 0,
            acquireTime: spec?["acquireTime"]?.stringValue ?? "",
            renewTime: spec?["renewTime"]?.stringValue ?? "",
            transitions: spec?["leaseTransitions"]?.intValue ?? 0
        )
    }

    var spec: [String: JSONValue] {
        [
            "holderIdentity": .string(holder), "leaseDurationSeconds": .int(durationSeconds),
            "acquireTime": .string(acquireTime), "renewTime": .string(renewTime),
            "leaseTransitions": .int(transitions),
        ]
    }
}

/// A state of a Lease as the server has it.
package struct LeaseState: Hashable, Sendable {
    package var record: LeaseRecord
    package var version: ResourceVersion

    package init(record: LeaseRecord, version: ResourceVersion) {
        self.record = record
        self.version = version
    }
}

/// A state that a Lease is to get, if it still has that version.
package struct LeaseWrite: Hashable, Sendable {
    package enum Purpose: Hashable, Sendable {
        case acquire
        case renew
        case release
    }

    package var purpose: Purpose
    /// What it replaces; `nil` to make a Lease where there is none.
    package var base: LeaseState?
    /// When the request counts as sent, which is before it is.
    package var sent: TimeSource.Instant

    /// The record to write.
    ///
    /// - Parameter wall: the time of day, for people.
    package func record(identity: String, times: ElectionTimes, wall: String) -> LeaseRecord {
        let old = base?.record
        let keepsHolder = old?.holder == identity
        var record = LeaseRecord(
            holder: identity,
            durationSeconds: times.leaseDuration.wholeSecondsRoundedUp,
            acquireTime: wall,
            renewTime: wall,
            transitions: Self.transitions(after: old, isAnother: !keepsHolder)
        )
        // A record that others wrote may have none, and a server takes no empty time.
        if keepsHolder, let since = old?.acquireTime, !since.isEmpty { record.acquireTime = since }
        if purpose == .release {
            record.holder = ""
            record.durationSeconds = 1
            record.acquireTime = wall
        }
        return record
    }

    /// The number counts on from what was there, and begins anew where that cannot be counted on: the field has 32 bits, and a server refuses what
    /// does not fit or is negative.
    private static func transitions(after old: LeaseRecord?, isAnother: Bool) -> Int64 {
        guard let old else { return 0 }
        let count = old.transitions + (isAnother && old.transitions < .max ? 1 : 0)
        return LeaseRecord.countableTransitions.contains(count) ? count : 0
    }
}

extension Duration {
    fileprivate var wholeSecondsRoundedUp: Int64 {
        components.seconds + (components.attoseconds > 0 ? 1 : 0)
    }
}
