import Testing

@testable import KubeAdmission

/// Whose turn it is.
struct AdmissionLineTests {
    private static func inside(_ line: AdmissionLine, _ ids: ClosedRange<UInt64>) -> [UInt64] {
        ids.filter { line.isInside($0) }
    }

    @Test func whatIsSmallDoesNotOvertakeWhatIsLarge() {
        var line = AdmissionLine(limit: 10)
        line.arrive(1, weight: 6, from: nil)
        line.arrive(2, weight: 8, from: nil)
        // Would fit beside the first, and so would all that come later, for as long as they come.
        for id in UInt64(3)...9 { line.arrive(id, weight: 1, from: nil) }
        #expect(Self.inside(line, 1...9) == [1])
        line.leave(1)
        #expect(Self.inside(line, 1...9) == [2, 3, 4])
        line.leave(2)
        #expect(Self.inside(line, 1...9) == [3, 4, 5, 6, 7, 8, 9])
    }

    @Test func whatWeighsMoreThanAllPassesAlone() {
        var line = AdmissionLine(limit: 10)
        line.arrive(1, weight: 50, from: "a")
        line.arrive(2, weight: 1, from: "b")
        #expect(Self.inside(line, 1...2) == [1])
        line.leave(1)
        #expect(Self.inside(line, 1...2) == [2])
    }

    @Test func whoGivesUpHoldsUpNobody() {
        var line = AdmissionLine(limit: 10)
        line.arrive(1, weight: 6, from: nil)
        line.arrive(2, weight: 8, from: nil)
        line.arrive(3, weight: 4, from: nil)
        line.leave(2)
        line.leave(2)
        #expect(Self.inside(line, 1...3) == [1, 3])
    }

    @Test func oneAddressLeavesRoomForOthers() {
        var line = AdmissionLine(limit: 8)
        for id in UInt64(1)...20 { line.arrive(id, weight: 1, from: "many") }
        #expect(Self.inside(line, 1...20) == Array(1...6))
        line.arrive(21, weight: 2, from: "one")
        #expect(Self.inside(line, 1...21) == Array(1...6) + [21])
        line.leave(1)
        #expect(Self.inside(line, 2...21) == Array(2...7) + [21])
    }

    /// Else the share would keep it out for ever.
    @Test func whatWeighsMoreThanTheShareOfItsAddressPassesAsItsOnlyOne() {
        var line = AdmissionLine(limit: 8)
        line.arrive(1, weight: 1, from: "a")
        line.arrive(2, weight: 7, from: "a")
        line.arrive(3, weight: 7, from: "b")
        #expect(Self.inside(line, 1...3) == [1, 3])
        line.leave(1)
        line.leave(3)
        #expect(Self.inside(line, 1...3) == [2])
    }
}
