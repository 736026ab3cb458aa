import KubeClient
import KubeRuntime
import Testing

struct ReflectorTimingTests {
    private func delays(_ seeds: Range<UInt64>, failures: Int, _ cause: ReflectorFailure.Cause) -> [[Duration]] {
        var delays = [[Duration]](repeating: [], count: failures)
        for seed in seeds {
            let reflector = ReflectorUnderTest(seed: seed)
            _ = reflector.start()
            for failure in 0..<failures {
                let before = reflector.now
                _ = reflector.afterFailure(ReflectorFailure(cause, ""))
                delays[failure].append(before.duration(to: reflector.now))
            }
        }
        return delays
    }

    @Test func backoffDoublesTo30SecondsWithFullJitter() {
        let delays = delays(0..<300, failures: 8, .unreachable)
        let ceilings: [Duration] = [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30].map { .seconds($0) }
        for (ceiling, delays) in zip(ceilings, delays) {
            #expect(delays.allSatisfy { $0 <= ceiling })
            #expect(delays.contains { $0 > ceiling * 0.9 })
            #expect(delays.contains { $0 < ceiling * 0.1 })
        }
    }

    @Test(arguments: [ReflectorFailure.Cause.forbidden, .notFound])
    func whatAPersonMustSeeToIsRetriedSlowly(cause: ReflectorFailure.Cause) {
        let delays = delays(0..<300, failures: 5, cause)
        for (ceiling, delays) in zip([4, 8, 16, 30, 30], delays) {
            #expect(delays.allSatisfy { $0 <= .seconds(ceiling) })
            #expect(delays.contains { $0 > .seconds(ceiling) * 0.9 })
        }
    }

    @Test func retryAfterIsTheLeastDelayAndIsNotBelievedForEver() {
        let reflector = ReflectorUnderTest()
        _ = reflector.start()
        let busy = ReflectorFailure(.tooManyRequests, "", retryAfter: .seconds(20))
        #expect(reflector.failed(busy) == .wait(until: at(.seconds(20))))
        _ = reflector.waited()
        let absurd = ReflectorFailure(KubeStatus(code: 429, reason: "", message: "", retryAfterSeconds: 1_000_000))
        #expect(reflector.failed(absurd) == .wait(until: at(.seconds(300))))
    }

    @Test func backoffIsForgottenAfterTwoQuietMinutes() {
        let reflector = ReflectorUnderTest { $0.healthyWatch = .seconds(100_000) }
        reflector.watchFromTen()
        for _ in 0..<10 { _ = reflector.afterFailure(ReflectorFailure(.unreachable, "")) }
        reflector.opened()
        reflector.now = reflector.now.advanced(by: .seconds(121))
        let before = reflector.now
        _ = reflector.afterFailure(ReflectorFailure(.unreachable, ""))
        #expect(before.duration(to: reflector.now) <= .milliseconds(800))
    }

    @Test func aBalancerThatCutsOnceAMinuteDoesNotWearItDown() {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        for _ in 0..<50 {
            reflector.now = reflector.now.advanced(by: .seconds(60))
            let before = reflector.now
            _ = reflector.afterFailure(ReflectorFailure(.unreachable, "truncated"))
            #expect(before.duration(to: reflector.now) <= .milliseconds(800))
            reflector.opened()
        }
    }

    @Test func aVeryShortWatchThatToldNothingBacksOff() {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        #expect(words(reflector.ended()) == "watch 10")
        reflector.opened()
        reflector.now = reflector.now.advanced(by: .milliseconds(999))
        #expect(words(reflector.ended()) == "wait")
        #expect(words(reflector.waited()) == "watch 10")
        reflector.opened()
        _ = reflector.received(11)
        #expect(words(reflector.ended()) == "watch 11")
    }

    // MARK: - Silence

    @Test func aWatchMayBeSilentForTwoBookmarksAndNoLonger() {
        let reflector = ReflectorUnderTest { $0.watchTimeoutSeconds = 200...200 }
        reflector.watchFromTen()
        #expect(reflector.idleTimeout == .seconds(130))
        _ = reflector.received(11)
        #expect(reflector.idleTimeout == .seconds(130))
        _ = reflector.bookmarked(12)
        #expect(reflector.idleTimeout == .seconds(130))
        let short = ReflectorUnderTest { $0.watchTimeoutSeconds = 30...30 }
        short.watchFromTen()
        #expect(short.idleTimeout == .seconds(40), "the server ends it before that")
    }

    @Test func whereThereAreNoBookmarksAWatchMayBeSilentForItsWholeTimeout() {
        let reflector = ReflectorUnderTest { $0.watchTimeoutSeconds = 200...200 }
        reflector.watchFromTen()
        #expect(words(reflector.idled()) == "watch 10")
        reflector.opened()
        #expect(reflector.idleTimeout == .seconds(210))
        _ = reflector.bookmarked(12)
        #expect(reflector.idleTimeout == .seconds(130))
    }

    /// Readiness and metrics tell of a silence before the watch is given up; where bookmarks come at all.
    @Test func aKindIsShownAsStalledBeforeItsWatchIsGivenUp() throws {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        #expect(reflector.quietLimit == nil)
        _ = reflector.bookmarked(12)
        #expect(try #require(reflector.quietLimit) == .seconds(90))
        _ = reflector.ended()
        #expect(reflector.quietLimit == nil)
        reflector.opened()
        #expect(reflector.quietLimit == .seconds(90))
        _ = reflector.idled()
        reflector.opened()
        #expect(reflector.quietLimit == nil)
    }

    @Test func aSilentWatchIsBegunAnewFromTheLastVersion() {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        _ = reflector.bookmarked(12)
        #expect(words(reflector.idled()) == "watch 12")
        #expect(reflector.phase == .stalled)
        reflector.opened()
        #expect(reflector.phase == .synced)
    }

    @Test func aServerWithoutBookmarksIsNotSuspectedTwice() {
        let reflector = ReflectorUnderTest { $0.watchTimeoutSeconds = 200...200 }
        reflector.watchFromTen()
        _ = reflector.bookmarked(12)
        _ = reflector.ended()
        reflector.opened()
        #expect(reflector.idleTimeout == .seconds(130))
        _ = reflector.idled()
        reflector.opened()
        #expect(reflector.idleTimeout == .seconds(210))
    }

    @Test func theBookmarkThatEndsInitialEventsIsNoSignThatOthersCome() {
        let reflector = ReflectorUnderTest(watchList: true) { $0.watchTimeoutSeconds = 200...200 }
        _ = reflector.start()
        reflector.opened()
        _ = reflector.bookmarked(12, end: true)
        _ = reflector.swept()
        #expect(reflector.quietLimit == nil)
        #expect(words(reflector.idled()) == "watch 12")
        reflector.opened()
        #expect(reflector.idleTimeout == .seconds(210))
    }
}
