import Testing

@testable import KubeAdmission

struct LogBudgetTests {
    @Test func soManyLinesPassAndTheOthersAreCounted() {
        let time = VirtualTime()
        let budget = LogBudget(lines: 2, in: .seconds(60), time: time.source)
        #expect((0..<5).map { _ in budget.take() } == [0, 0, nil, nil, nil])
        time.advance(by: .seconds(60))
        #expect((0..<3).map { _ in budget.take() } == [3, 0, nil])
    }
}
