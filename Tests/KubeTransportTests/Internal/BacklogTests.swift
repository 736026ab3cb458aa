import Testing

@testable import KubeTransport

@Suite struct BacklogTests {
    @Test func elementsLeaveInTheOrderInWhichTheyCame() {
        var backlog = Backlog<Int>()
        for number in 0..<5 { backlog.append(number) }
        backlog.removeFirst { $0 == 2 }
        backlog.removeFirst { $0 == 2 }
        #expect(backlog.count == 4)
        #expect((0..<5).map { _ in backlog.popFirst() } == [0, 1, 3, 4, nil])
        #expect(backlog.isEmpty)
    }

    @Test(arguments: 0..<10)
    func anyHistoryAgreesWithAnArray(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var backlog = Backlog<Int>()
        var model: [Int] = []
        for number in 0..<3000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                backlog.append(number)
                model.append(number)
            case 2:
                let victim = model.randomElement(using: &random)
                backlog.removeFirst { $0 == victim }
                model.removeAll { $0 == victim }
            default:
                #expect(backlog.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(backlog.count == model.count)
        }
    }
}
