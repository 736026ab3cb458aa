import Testing

@testable import XDS

/// Whose turn it is.
struct AdmissionTurnsTests {
    private func turns(
        places: Int = 4,
        perAddress: Int = 2,
        waiting: Int = 100,
        waitingPerAddress: Int = 50,
        pending: Int = 3,
        pendingPerAddress: Int = 2
    ) -> AdmissionTurns<String> {
        AdmissionTurns(
            limits: .init(
                places: places,
                placesPerAddress: perAddress,
                waiting: waiting,
                waitingPerAddress: waitingPerAddress,
                pending: pending,
                pendingPerAddress: pendingPerAddress
            )
        )
    }

    private func all(_ turns: inout AdmissionTurns<String>) -> [String] {
        var result: [String] = []
        while let (caller, _) = turns.next() { result.append(caller) }
        return result
    }

    @Test func addressesTakeTurns() {
        var turns = turns(perAddress: 4)
        for number in 1...3 { _ = turns.wait("a\(number)", from: "a") }
        _ = turns.wait("b1", from: "b")
        _ = turns.wait("c1", from: "c")
        #expect(all(&turns) == ["a1", "b1", "c1", "a2"])
        _ = turns.wait("d1", from: "d")
        #expect(all(&turns) == [])
        #expect(turns.looked(at: "b", staysPending: false) == true)
        #expect(turns.looked(at: "c", staysPending: false) == true)
        #expect(all(&turns) == ["a3", "d1"])
    }

    @Test func noAddressHasMoreThanItsPlaces() {
        var turns = turns()
        for number in 1...40 { _ = turns.wait("a\(number)", from: "a") }
        #expect(all(&turns) == ["a1", "a2"])
        _ = turns.wait("b1", from: "b")
        #expect(all(&turns) == ["b1"])
        #expect(turns.looked(at: "a", staysPending: false) == true)
        #expect(all(&turns) == ["a3"])
        #expect(turns.running == 3 && turns.waiting == 37)
    }

    @Test func waitingForSomethingElseTakesNoPlace() {
        var turns = turns(places: 1, perAddress: 1)
        for number in 1...4 { _ = turns.wait("a\(number)", from: "a") }
        _ = turns.wait("b1", from: "b")
        #expect(all(&turns) == ["a1"])
        #expect(turns.looked(at: "a", staysPending: true) == true)
        #expect(all(&turns) == ["b1"])
        #expect(turns.looked(at: "b", staysPending: true) == true)
        #expect(all(&turns) == ["a2"])
        #expect(turns.looked(at: "a", staysPending: true) == true)
        // There is an end to that, too, for an address and for all.
        #expect(all(&turns) == ["a3"])
        #expect(turns.looked(at: "a", staysPending: true) == false)
        turns.settled("a")
        #expect(all(&turns) == ["a4"])
        #expect(turns.looked(at: "a", staysPending: true) == true)
        #expect(turns.pending == 3 && turns.running == 0)
    }

    @Test func thoseWhoGaveUpAreNotLookedAt() {
        var turns = turns(places: 1)
        let first = turns.wait("a1", from: "a")
        let second = turns.wait("a2", from: "a")
        _ = turns.wait("a3", from: "a")
        let fourth = turns.wait("b1", from: "b")
        #expect(turns.giveUp(first ?? 0) == "a1")
        #expect(turns.giveUp(first ?? 0) == nil)
        #expect(all(&turns) == ["a2"])
        #expect(turns.giveUp(second ?? 0) == nil)
        #expect(turns.giveUp(fourth ?? 0) == "b1")
        #expect(turns.looked(at: "a", staysPending: false) == true)
        #expect(all(&turns) == ["a3"])
        // Whoever calls and hangs up again and again leaves nothing behind.
        for number in 1...10_000 { _ = turns.wait("\(number)", from: "c").flatMap { turns.giveUp($0) } }
        #expect(turns.waiting == 0)
    }

    @Test func linesAreBounded() {
        var turns = turns(places: 0, waiting: 5, waitingPerAddress: 3)
        #expect((1...5).map { turns.wait("a\($0)", from: "a") != nil } == [true, true, true, false, false])
        #expect((1...5).map { turns.wait("b\($0)", from: "b") != nil } == [true, true, false, false, false])
        #expect(turns.giveUpAll().count == 5)
        #expect(turns.waiting == 0 && turns.next() == nil)
    }
}
