import Testing

@testable import XDS

/// Who has to go when there are too many that nobody is admitted on.
struct UnadmittedConnectionsTests {
    private func connections(
        _ connections: Int = 10,
        perAddress: Int = 4,
        bytes: Int = 1000
    ) -> UnadmittedConnections<Int> {
        UnadmittedConnections(
            limits: .init(connections: connections, connectionsPerAddress: perAddress, bytes: bytes)
        )
    }

    @Test func theOldestOfAnAddressGoes() {
        var table = connections()
        for id in 1...4 { #expect(table.enter(id, from: "a") == []) }
        #expect(table.enter(5, from: "a") == [1])
        #expect(table.enter(6, from: "b") == [])
        table.leave(2)
        #expect(table.enter(7, from: "a") == [])
        #expect(table.enter(8, from: "a") == [3])
        #expect(table.count == 5)
    }

    @Test func anAddressOfManyMakesRoomForOneOfFew() {
        var table = connections(6)
        for id in 1...4 { _ = table.enter(id, from: "a") }
        for id in 5...6 { _ = table.enter(id, from: "b") }
        #expect(table.enter(7, from: "c") == [1])
        #expect(table.enter(8, from: "c") == [2])
        // All have as many by now: who comes last has to wait.
        #expect(table.enter(9, from: "c") == [9])
        #expect(table.enter(10, from: "a") == [10])
        let evicted = table.enter(11, from: "d")
        #expect([[3], [5], [7]].contains(evicted))
        #expect(table.count == 6)
    }

    @Test func aCrowdOfHonestAddressesIsNotDrivenInACircle() {
        var table = connections(100)
        var evicted: [Int] = []
        for id in 1...1000 { evicted += table.enter(id, from: "\(id)") }
        // Those that came first are let be.
        #expect(evicted == Array(101...1000))
    }

    @Test func theAddressThatSentMostLosesTheConnectionThatSentMost() {
        var table = connections()
        for id in 1...3 { _ = table.enter(id, from: "a") }
        _ = table.enter(4, from: "b")
        #expect(table.charge(4, 350) == [])
        #expect(table.charge(1, 200) == [])
        #expect(table.charge(2, 300) == [])
        // b's is the largest, but a has more.
        #expect(table.charge(3, 200) == [2])
        #expect(table.bytes == 750)
        #expect(table.charge(4, 600) == [4])
        #expect(table.bytes == 400)
        // What is gone is not counted any more.
        #expect(table.charge(4, 5000) == [])
        table.leave(1)
        table.leave(3)
        #expect(table.bytes == 0 && table.count == 0)
    }
}
