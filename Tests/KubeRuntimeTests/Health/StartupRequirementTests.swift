import KubeRuntime
import Testing

struct StartupRequirementTests {
    private let time = VirtualTime()
    private let checks = ScriptedHealth()

    private static func check(_ passes: Bool) -> HealthCheck {
        HealthCheck(name: "webhooks", state: passes ? "ok" : "failed", passes: passes)
    }

    private func requirement() -> StartupRequirement {
        StartupRequirement(checks, patience: .seconds(30), time: time.source)
    }

    @Test func whatHasPassedOnceDecidesNothingAnyMore() {
        let requirement = requirement()
        checks.checks.change { $0 = [Self.check(false), Self.check(true)] }
        #expect(requirement.healthChecks().allSatisfy { $0.isRequired })
        checks.checks.change { $0 = [Self.check(true), Self.check(true)] }
        #expect(requirement.healthChecks().map(\.passes) == [true, true])
        checks.checks.change { $0 = [Self.check(false), Self.check(true)] }
        #expect(requirement.healthChecks().map(\.passes) == [false, true])
        #expect(requirement.healthChecks().allSatisfy { !$0.isRequired })
    }

    @Test func whatDoesNotPassIsWaitedForALimitedTime() {
        let requirement = requirement()
        checks.checks.change { $0 = [Self.check(false)] }
        time.advance(by: .seconds(29))
        #expect(requirement.healthChecks().map(\.isRequired) == [true])
        time.advance(by: .seconds(1))
        #expect(requirement.healthChecks().map(\.isRequired) == [false])
        #expect(requirement.healthChecks().map(\.passes) == [false])
    }
}
