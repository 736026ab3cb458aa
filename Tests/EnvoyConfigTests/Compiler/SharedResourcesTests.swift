import Dataplanes
import EnvoyAPI
import Testing
import TrafficPolicy

@testable import EnvoyConfig

struct SharedResourcesTests {
    private func tags(_ number: Int) -> Tags { Tags([TagName.service: "service-\(number)"]) }

    /// Services that come and go leave nothing behind for good.
    @Test func assignmentsThatNobodyHoldsAreForgotten() throws {
        var shared = SharedResources()
        let held = try (0..<10).map { try shared.assignment(of: tags($0), [:]) }
        for number in 10..<2000 {
            _ = try shared.assignment(of: tags(number), [:])
            // It changes and goes while it is still held.
            let assignment = try shared.assignment(of: tags(number), [:])
            _ = try shared.refreshAssignments(of: assignment.name, [:])
        }
        #expect(shared.countOfAssignedServices <= 64)
        for number in 0..<10 { #expect(try shared.assignment(of: tags(number), [:]) === held[number]) }
    }
}
