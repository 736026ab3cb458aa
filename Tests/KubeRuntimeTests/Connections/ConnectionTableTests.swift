import Testing

@testable import KubeRuntime

/// Who makes way for whom.
struct ConnectionTableTests {
    private static func table(_ total: Int, _ perAddress: Int, dropsBusy: Bool = false) -> ConnectionTable<Int> {
        ConnectionTable(limits: .init(total: total, perAddress: perAddress, dropsBusy: dropsBusy))
    }

    @Test func whoIsNewHasAPlaceWhileThereIsRoom() {
        var table = Self.table(3, 2)
        #expect(table.enter(1, from: "a") == .admitted(closing: nil))
        #expect(table.enter(2, from: "a") == .admitted(closing: nil))
        #expect(table.enter(3, from: "b") == .admitted(closing: nil))
        #expect(table.count == 3)
        table.leave(3)
        table.leave(3)
        #expect(table.count == 2)
        #expect(table.enter(4, from: "b") == .admitted(closing: nil))
    }

    @Test func anAddressBeyondItsShareMakesWayForItself() {
        var table = Self.table(10, 2)
        _ = table.enter(1, from: "a")
        _ = table.enter(2, from: "a")
        _ = table.enter(3, from: "b")
        #expect(table.enter(4, from: "a") == .admitted(closing: 1))
        // Silent before idle, idle before nobody.
        table.begin(2)
        table.end(2)
        #expect(table.enter(5, from: "a") == .admitted(closing: 4))
        table.begin(5)
        #expect(table.enter(6, from: "a") == .admitted(closing: 2))
        table.begin(6)
        #expect(table.enter(7, from: "a") == .refused)
        #expect(table.contains(3))
    }

    @Test func whenAllPlacesAreTakenTheOldestSilentOneOfWhoHasTheMostMakesWay() {
        var table = Self.table(5, 5)
        _ = table.enter(1, from: "few")
        for id in 2...5 { _ = table.enter(id, from: "many") }
        #expect(table.enter(6, from: "new") == .admitted(closing: 2))
        table.begin(3)
        table.end(3)
        #expect(table.enter(7, from: "new") == .admitted(closing: 4))
        #expect(table.contains(1) && table.contains(3))
    }

    @Test func anIdleOneMakesWayForWhoHasFewerOnly() {
        var table = Self.table(4, 4)
        for id in 1...4 {
            _ = table.enter(id, from: id < 4 ? "api-server" : "other")
            table.begin(id)
            table.end(id)
        }
        #expect(table.enter(5, from: "other") == .admitted(closing: 1))
        table.begin(5)
        table.end(5)
        // Two and two.
        #expect(table.enter(6, from: "other") == .refused)
        #expect(table.enter(6, from: "new") == .admitted(closing: 2))
    }

    @Test func whatIsBeingAnsweredStaysUnlessItIsToldOtherwise() {
        for dropsBusy in [false, true] {
            var table = Self.table(2, 2, dropsBusy: dropsBusy)
            for id in 1...2 {
                _ = table.enter(id, from: "a")
                table.begin(id)
            }
            #expect(table.enter(3, from: "b") == (dropsBusy ? .admitted(closing: 1) : .refused))
        }
    }

    /// However many come from however many addresses, one that is new always gets in while somebody only waits.
    @Test func whoIsNewIsNeverKeptOutByThoseWhoWait() {
        var table = Self.table(8, 4)
        for id in 0..<1000 {
            #expect(table.enter(id, from: "attacker-\(id % 97)") != .refused)
            #expect(table.count <= 8)
        }
        #expect(table.enter(1001, from: "kubelet") != .refused)
    }
}
