import KubeModel
import Testing

@testable import KubeRuntime

/// The rules of the election, a test for each.
struct ElectionTests {
    private static let start = ContinuousClock.now
    private static let times = ElectionTimes()

    private static func at(_ seconds: Double) -> Election.Instant {
        start.advanced(by: .milliseconds(Int((seconds * 1000).rounded())))
    }

    private static func election() -> Subject { Subject() }

    /// Noncopyable values cannot be looked into by the macros of tests.
    private final class Subject {
        private var election = Election(identity: "we", times: times, seed: 1)

        var isLeading: Bool { election.isLeading }
        var hasEnded: Bool { election.hasEnded }
        var holder: String? { election.holder }
        var wakeAt: Election.Instant? { election.wakeAt }

        @discardableResult
        func step(_ input: Election.Input, now: Election.Instant) -> [Election.Action] {
            election.step(input, now: now)
        }
    }

    private static func lease(_ holder: String, _ version: UInt64, renewed: String = "", duration: Int64 = 15)
        -> LeaseState
    {
        LeaseState(
            record: LeaseRecord(holder: holder, durationSeconds: duration, renewTime: renewed),
            version: ResourceVersion(version)
        )
    }

    private static func write(_ purpose: LeaseWrite.Purpose, _ base: LeaseState?, at seconds: Double) -> Election.Action
    {
        .write(LeaseWrite(purpose: purpose, base: base, sent: at(seconds)))
    }

    /// One that leads since its lease of version 1 was written at 0 and answered at 0.1.
    private static func leader() -> Subject {
        let election = election()
        election.step(.wokeUp, now: at(0))
        election.step(.read(nil), now: at(0))
        election.step(.written(lease("we", 1)), now: at(0.1))
        return election
    }

    @Test func whereThereIsNoLeaseOneIsMade() {
        let election = Self.election()
        #expect(election.step(.wokeUp, now: Self.at(0)) == [.read])
        #expect(election.step(.read(nil), now: Self.at(0.1)) == [Self.write(.acquire, nil, at: 0.1)])
        // From the answer 10 s, from the request 12.5 s.
        #expect(election.step(.written(Self.lease("we", 1)), now: Self.at(0.3)) == [.lead(until: Self.at(10.3))])
        #expect(election.isLeading)
        #expect(election.wakeAt == Self.at(2.1), "the renewal counts from when the last one was sent")
    }

    @Test func aSlowAnswerMakesAShortTerm() {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        election.step(.read(nil), now: Self.at(0))
        let stored = Self.lease("we", 1)
        // The renewal is due by then.
        #expect(
            election.step(.written(stored), now: Self.at(5))
                == [.lead(until: Self.at(12.5)), Self.write(.renew, stored, at: 5)]
        )
    }

    /// Nobody leads on a lease whose time was over before its answer came; it is written anew.
    @Test func anAnswerThatComesTooLateMakesNoTerm() {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        election.step(.read(nil), now: Self.at(0))
        let late = Self.lease("we", 1)
        #expect(election.step(.written(late), now: Self.at(12.5)) == [Self.write(.acquire, late, at: 12.5)])
        #expect(!election.isLeading)
    }

    @Test func aFreeLeaseIsTakenAtOnce() {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        let held = Self.lease("other", 1)
        #expect(election.step(.read(held), now: Self.at(0)).isEmpty)
        let free = Self.lease("", 2, duration: 1)
        #expect(election.step(.observed(free), now: Self.at(3)) == [Self.write(.acquire, free, at: 3)])
    }

    /// Its timestamps may say what they like: it counts since when it was seen unchanged.
    @Test func aHeldLeaseIsTakenWhenItWasSeenUnchangedForItsDuration() throws {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        election.step(.read(Self.lease("other", 1, renewed: "1970-01-01T00:00:00.000000Z")), now: Self.at(0))
        #expect(election.step(.observed(Self.lease("other", 2, renewed: "b")), now: Self.at(10)).isEmpty)
        #expect(election.step(.wokeUp, now: Self.at(24.9)).isEmpty)
        let due = try #require(election.wakeAt)
        #expect(Self.at(25) <= due && due <= Self.at(25.5))
        let last = Self.lease("other", 2, renewed: "b")
        #expect(
            election.step(.wokeUp, now: due) == [.write(LeaseWrite(purpose: .acquire, base: last, sent: due))]
        )
    }

    /// Somebody who labels the Lease does not renew it.
    @Test func anotherVersionOfTheSameRecordIsNoRenewal() throws {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        election.step(.read(Self.lease("other", 1, renewed: "a")), now: Self.at(0))
        election.step(.observed(Self.lease("other", 2, renewed: "a")), now: Self.at(10))
        #expect(try #require(election.wakeAt) < Self.at(16))
    }

    @Test func olderStatesThanTheKnownOneAreNoNews() throws {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        election.step(.read(Self.lease("other", 5, renewed: "b")), now: Self.at(0))
        election.step(.observed(Self.lease("", 4)), now: Self.at(1))
        #expect(election.holder == "other")
        #expect(try #require(election.wakeAt) >= Self.at(15))
    }

    @Test func theLosersOfARaceReadAndWait() {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        election.step(.read(nil), now: Self.at(0))
        #expect(election.step(.conflicted, now: Self.at(0.1)) == [.read])
        #expect(election.step(.read(Self.lease("other", 1)), now: Self.at(0.2)).isEmpty)
        #expect(election.holder == "other")
    }

    @Test func aLeaderRenewsAndItsTermGoesOn() {
        let election = Self.leader()
        #expect(election.step(.wokeUp, now: Self.at(2)) == [Self.write(.renew, Self.lease("we", 1), at: 2)])
        #expect(
            election.step(.written(Self.lease("we", 2)), now: Self.at(2.5)) == [.extend(until: Self.at(12.5))]
        )
        #expect(election.wakeAt == Self.at(4))
    }

    @Test func aLeaderThatCannotRenewStopsInTime() {
        let election = Self.leader()
        election.step(.wokeUp, now: Self.at(2))
        #expect(election.step(.failed, now: Self.at(8)).isEmpty)
        #expect(election.step(.wokeUp, now: Self.at(8.5)) == [Self.write(.renew, Self.lease("we", 1), at: 8.5)])
        #expect(election.wakeAt == Self.at(10.1))
        #expect(election.step(.wokeUp, now: Self.at(10.1)) == [.stopLeading(.notRenewed)])
        #expect(election.wakeAt == nil, "nothing is tried before the work of the term has ended")
    }

    /// What comes when the time is over does not bring it back: a process may have been frozen in between.
    @Test func anAnswerAfterTheDeadlineEndsTheTermFirst() {
        let election = Self.leader()
        election.step(.wokeUp, now: Self.at(2))
        #expect(election.step(.written(Self.lease("we", 2)), now: Self.at(40)) == [.stopLeading(.notRenewed)])
        // The lease was ours still: it is taken anew, after the work has ended.
        #expect(election.step(.drained, now: Self.at(41)) == [Self.write(.acquire, Self.lease("we", 2), at: 41)])
    }

    @Test func aLeaderWhoseLeaseIsAnothersStopsAtOnce() {
        let seen = Self.leader()
        #expect(seen.step(.observed(Self.lease("other", 2)), now: Self.at(1)) == [.stopLeading(.taken)])
        let read = Self.leader()
        read.step(.wokeUp, now: Self.at(2))
        #expect(read.step(.conflicted, now: Self.at(2.1)) == [.read])
        #expect(read.step(.read(Self.lease("other", 2)), now: Self.at(2.2)) == [.stopLeading(.taken)])
    }

    /// An answer may be lost, or a person may have labelled the Lease: it is ours all the same.
    @Test func aLeaderWhoseLeaseHasAnotherVersionRenewsThat() {
        let election = Self.leader()
        election.step(.wokeUp, now: Self.at(2))
        election.step(.conflicted, now: Self.at(2.1))
        let stored = Self.lease("we", 7)
        #expect(election.step(.read(stored), now: Self.at(2.2)) == [Self.write(.renew, stored, at: 2.2)])
        #expect(election.isLeading)
    }

    @Test func aDeletedLeaseIsReadAndItsHolderStops() {
        let election = Self.leader()
        #expect(election.step(.observed(nil), now: Self.at(1)) == [.read])
        #expect(election.step(.read(nil), now: Self.at(1.1)) == [.stopLeading(.deleted)])
    }

    /// Who held it may not know yet that it is gone.
    @Test func aDeletedLeaseOfAnotherIsNotMadeBeforeItWouldHaveRunOut() {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        election.step(.read(Self.lease("other", 1)), now: Self.at(0))
        #expect(election.step(.observed(nil), now: Self.at(5)) == [.read])
        #expect(election.step(.read(nil), now: Self.at(5)).isEmpty)
        #expect(election.wakeAt == Self.at(15))
        #expect(election.step(.wokeUp, now: Self.at(15)) == [Self.write(.acquire, nil, at: 15)])
    }

    @Test func aFailedAttemptIsRepeatedAfterAWhile() throws {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        #expect(election.step(.failed, now: Self.at(0.1)).isEmpty)
        let again = try #require(election.wakeAt)
        #expect(Self.at(2) <= again && again <= Self.at(2.4))
        #expect(election.step(.wokeUp, now: again) == [.read])
    }

    @Test func whoEndsGivesTheLeaseBackLast() {
        let election = Self.leader()
        #expect(election.step(.resign, now: Self.at(1)) == [.stopLeading(.resigned)])
        #expect(election.step(.wokeUp, now: Self.at(2)).isEmpty)
        #expect(election.step(.drained, now: Self.at(3)) == [Self.write(.release, Self.lease("we", 1), at: 3)])
        #expect(election.step(.written(Self.lease("", 2)), now: Self.at(3.1)) == [.end])
        #expect(election.hasEnded)
    }

    @Test func aReleaseThatDoesNotComeThroughIsGivenUp() throws {
        let election = Self.leader()
        election.step(.resign, now: Self.at(1))
        election.step(.drained, now: Self.at(1))
        election.step(.failed, now: Self.at(2))
        let again = try #require(election.wakeAt)
        #expect(election.step(.wokeUp, now: again).count == 1)
        #expect(election.step(.wokeUp, now: Self.at(7)) == [.end])
    }

    @Test func whoNeverLedEndsAtOnce() {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        election.step(.read(Self.lease("other", 1)), now: Self.at(0))
        #expect(election.step(.resign, now: Self.at(1)) == [.end])
        #expect(election.step(.wokeUp, now: Self.at(2)).isEmpty)
    }

    @Test func recordsAreClientGos() {
        func record(_ purpose: LeaseWrite.Purpose, _ base: LeaseRecord?) -> LeaseRecord {
            let state = base.map { LeaseState(record: $0, version: ResourceVersion(1)) }
            return LeaseWrite(purpose: purpose, base: state, sent: Self.at(0))
                .record(identity: "we", times: ElectionTimes(leaseDuration: .seconds(14.5)), wall: "now")
        }
        let others = LeaseRecord(holder: "other", durationSeconds: 9, acquireTime: "a", renewTime: "b", transitions: 4)
        var ours = others
        ours.holder = "we"
        var free = others
        free.holder = ""
        func expected(_ acquired: String, _ transitions: Int64) -> LeaseRecord {
            LeaseRecord(
                holder: "we",
                durationSeconds: 15,
                acquireTime: acquired,
                renewTime: "now",
                transitions: transitions
            )
        }
        #expect(record(.acquire, nil) == expected("now", 0))
        #expect(record(.acquire, others) == expected("now", 5))
        #expect(record(.acquire, free) == expected("now", 5))
        #expect(record(.renew, ours) == expected("a", 4))
        #expect(
            record(.release, ours)
                == LeaseRecord(holder: "", durationSeconds: 1, acquireTime: "now", renewTime: "now", transitions: 4)
        )
    }

    /// A record of a holder that is gone, and when it is taken, in seconds.
    @Test(
        arguments: [
            (15, 15), (1, 1), (60, 60), (3600, 3600), (3601, 15), (86_400 * 365 * 10, 15), (Int64(Int32.max), 15),
            (.max, 15), (0, 15), (-1, 15), (.min, 15),
        ] as [(Int64, Double)]
    )
    func aDurationThatMakesNoSenseIsTakenAsOurs(duration: Int64, seconds: Double) throws {
        let election = Self.election()
        election.step(.wokeUp, now: Self.at(0))
        let held = Self.lease("gone", 1, renewed: "9999-12-31T23:59:59.000000Z", duration: duration)
        #expect(election.step(.read(held), now: Self.at(0)).isEmpty)
        #expect(election.step(.wokeUp, now: Self.at(seconds - 0.1)).isEmpty)
        let due = try #require(election.wakeAt)
        #expect(Self.at(seconds) <= due && due <= Self.at(seconds + 0.5))
        #expect(election.step(.wokeUp, now: due) == [.write(LeaseWrite(purpose: .acquire, base: held, sent: due))])
        let faults = held.record.faults(Self.times)
        #expect(faults.isEmpty == (Double(duration) == seconds), "\(faults)")
    }

    /// A count as it was found, and those that are written by the next holder and by one who renews.
    @Test(
        arguments: [
            (0, 1, 0), (41, 42, 41), (Int64(Int32.max) - 1, Int64(Int32.max), Int64(Int32.max) - 1),
            (Int64(Int32.max), 0, Int64(Int32.max)), (Int64(Int32.max) + 1, 0, 0), (.max, 0, 0), (-1, 0, 0), (-7, 0, 0),
            (.min, 0, 0),
        ] as [(Int64, Int64, Int64)]
    )
    func transitionsAreWrittenSoThatAServerTakesThem(found: Int64, acquired: Int64, renewed: Int64) {
        func written(_ purpose: LeaseWrite.Purpose, holder: String) -> Int64 {
            var lease = Self.lease(holder, 1)
            lease.record.transitions = found
            return LeaseWrite(purpose: purpose, base: lease, sent: Self.at(0))
                .record(identity: "we", times: Self.times, wall: "now").transitions
        }
        #expect(written(.acquire, holder: "other") == acquired)
        #expect(written(.acquire, holder: "") == acquired)
        #expect(written(.renew, holder: "we") == renewed)
        #expect(written(.release, holder: "we") == renewed)
    }

    /// Such as one that a person made.
    @Test func aRecordWithoutAnAcquireTimeGetsOne() {
        let lease = Self.lease("we", 1)
        let record = LeaseWrite(purpose: .renew, base: lease, sent: Self.at(0))
            .record(identity: "we", times: Self.times, wall: "now")
        #expect(record.acquireTime == "now")
    }

    @Test func timesThatDoNotFitAreRefused() {
        #expect(ElectionTimes().fault == nil)
        #expect(ElectionTimes(leaseDuration: .seconds(10)).fault?.contains("lease duration") == true)
        #expect(ElectionTimes(retryPeriod: .seconds(9)).fault?.contains("retry periods") == true)
        #expect(ElectionTimes(retryPeriod: .zero).fault?.contains("retry period") == true)
        #expect(ElectionTimes().margin == .seconds(2.5))
    }
}
