import KubeAdmission
import KubeModel
import Testing

@Suite struct RotationSimulationTests {
    private static let policy: RotationPolicy = {
        var policy = RotationPolicy()
        // A life of three years has every seed see several changes of authority.
        policy.authorityValidity = .seconds(3 * 365 * 86400)
        return policy
    }()

    /// Fifteen years each, with restarts, holidays of all replicas past every expiry, failing reads and writes, and rounds that overlap.
    @Test(arguments: [UInt64](1...8)) func `what is shown is always trusted`(seed: UInt64) throws {
        var world = RotationWorld(
            seed: seed,
            replicas: Int(seed % 3) + 1,
            places: Int(seed % 2) + 1,
            policy: Self.policy
        )
        let end = world.now.advanced(by: .seconds(15 * 365 * 86400))
        while world.now < end { try world.advance() }
        #expect(world.serves > 150)
        #expect(world.promotions + world.authorities > 5)
    }

    /// As above, with a Secret or its key that is lost and bundles that others overwrite, a few times a year.
    @Test(arguments: [UInt64](101...106)) func `disasters mend themselves`(seed: UInt64) throws {
        var world = RotationWorld(seed: seed, replicas: 3, places: 2, policy: Self.policy)
        let end = world.now.advanced(by: .seconds(8 * 365 * 86400))
        var disasters = 0
        while world.now < end {
            try world.advance()
            switch Int.random(in: 0..<1500, using: &world.random) {
            case 0: world.loseSecret()
            case 1: world.loseKey()
            case 2: world.vandalize()
            default: continue
            }
            disasters += 1
        }
        #expect(disasters > 10)
    }
}
