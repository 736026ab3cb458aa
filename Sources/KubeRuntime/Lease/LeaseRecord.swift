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
            acquireTime: keepsHolder ? old?.acquireTime ?? wall : wall,
            renewTime: wall,
            transitions: (old?.transitions ?? 0) + (old == nil || keepsHolder ? 0 : 1)
        )
        if purpose == .release {
            record.holder = ""
            record.durationSeconds = 1
            record.acquireTime = wall
        }
        return record
    }
}

extension Duration {
    fileprivate var wholeSecondsRoundedUp: Int64 {
        components.seconds + (components.attoseconds > 0 ? 1 : 0)
    }
}
