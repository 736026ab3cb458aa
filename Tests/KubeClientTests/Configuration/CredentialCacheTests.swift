import KubeModel
import Testing

@testable import KubeClient

@Suite struct CredentialCacheTests {
    private static let first = Credentials(authorization: "Bearer 1")
    private static let second = Credentials(authorization: "Bearer 2")

    private func time(_ seconds: Int64) -> Timestamp { Timestamp(secondsSinceEpoch: 1000 + seconds) }

    private func cache(expiresAfter life: Int64?) -> CredentialCache {
        var cache = CredentialCache()
        let fresh = ExecCredential(credentials: Self.first, expiration: life.map(time))
        cache.store(fresh, at: time(0))
        return cache
    }

    @Test("Whoever has nothing waits")
    func nothing() {
        #expect(CredentialCache().decision(at: time(0)) == .waitForRefresh)
    }

    @Test(
        "Credentials are used up to 80 % of their life, then also replaced, and waited for once they have expired",
        arguments: [
            (100, 0, .use(first)), (100, 79, .use(first)), (100, 80, .useAndRefresh(first)),
            (100, 99, .useAndRefresh(first)), (100, 100, .waitForRefresh), (100, 5000, .waitForRefresh),
            (nil, 1_000_000_000, .use(first)), (0, 0, .waitForRefresh), (-5, 0, .waitForRefresh),
            (1, 0, .useAndRefresh(first)),
            (.max - 1000, 0, .use(first)), (.min, 0, .waitForRefresh),
        ] as [(Int64?, Int64, CredentialCache.Decision)]
    )
    func life(life: Int64?, age: Int64, decision: CredentialCache.Decision) {
        #expect(cache(expiresAfter: life == .min ? -1000 : life).decision(at: time(age)) == decision)
    }

    @Test("A failed early refresh is repeated after the delay, and the old credentials serve meanwhile")
    func failure() {
        var cache = cache(expiresAfter: 100)
        cache.refreshFailed(at: time(80))
        #expect(cache.decision(at: time(89)) == .use(Self.first))
        #expect(cache.decision(at: time(90)) == .useAndRefresh(Self.first))
        cache.refreshFailed(at: time(99))
        #expect(cache.decision(at: time(100)) == .waitForRefresh)
    }

    @Test("A failure before there are any credentials changes nothing")
    func earlyFailure() {
        var cache = CredentialCache()
        cache.refreshFailed(at: time(0))
        #expect(cache.decision(at: time(0)) == .waitForRefresh)
    }

    @Test("Refused credentials are dropped, newer ones are not")
    func invalidation() {
        var cache = cache(expiresAfter: nil)
        cache.invalidate(Self.second)
        #expect(cache.decision(at: time(0)) == .use(Self.first))
        cache.invalidate(Self.first)
        #expect(cache.decision(at: time(0)) == .waitForRefresh)
        cache.store(ExecCredential(credentials: Self.second, expiration: nil), at: time(0))
        cache.invalidate(Self.first)
        #expect(cache.decision(at: time(0)) == .use(Self.second))
    }
}
