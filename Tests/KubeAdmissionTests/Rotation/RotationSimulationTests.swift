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

    /// Thirty years each, with restarts, holidays of all replicas past every expiry, failing reads and writes, and rounds that overlap.
    @Test(arguments: [UInt64](1...24)) func `what is shown is always trusted`(seed: UInt64) throws {
        var world = RotationWorld(
            seed: seed,
            replicas: Int(seed % 3) + 1,
            places: Int(seed % 2) + 1,
            policy: Self.policy
        )
        let end = world.now.advanced(by: .seconds(30 * 365 * 86400))
        while world.now < end { try world.advance() }
        #expect(world.serves > 300)
        #expect(world.promotions + world.authorities > 8)
    }

    /// As above, with a Secret or its key that is lost and bundles that others overwrite, a few times a year.
    @Test(arguments: [UInt64](101...116)) func `disasters mend themselves`(seed: UInt64) throws {
        var world = RotationWorld(seed: seed, replicas: 3, places: 2, policy: Self.policy)
        let end = world.now.advanced(by: .seconds(10 * 365 * 86400))
        var disasters = 0
        while world.now < end {
            try world.advance()
            switch Int.random(in: 0..<4000, using: &world.random) {
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
