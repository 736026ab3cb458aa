import PollingSupport
import Testing

struct PatienceTests {
    @Test(arguments: [
        (speed: 1.0, load: 0.1, factor: 1.0), (0.5, 1, 1), (0.5, 3, 3), (2, 0.5, 2), (2, 3, 6), (3, 8, 10),
    ])
    func deadlinesGrowWithSlownessAndLoad(speed: Double, load: Double, factor: Double) {
        #expect(Patience.factor(speed: speed, load: load) == factor)
    }

    @Test func theMachineIsMeasured() { #expect((1...10).contains(Patience.factor)) }

    @Test func whatNeverHappensIsToldWithWhatWasWaitedFor() async throws {
        let error = await #expect(throws: NeverHappened.self) {
            try await eventually("pigs fly", within: .milliseconds(1)) { false }
        }
        #expect(error?.description.hasSuffix(": pigs fly") == true)
    }
}
