import KubeClient
import KubeModel
import KubeRuntime
import Testing

struct ReflectorMachineTests {
    // MARK: - The way it goes when nothing fails

    @Test func itListsWhateverIsAtHandAndThenWatchesFromThere() {
        let reflector = ReflectorUnderTest()
        #expect(reflector.phase == .connecting)
        #expect(words(reflector.start()) == "list any")
        reflector.answered()
        #expect(reflector.phase == .syncing)
        #expect(words(reflector.listed("10")) == "sweep 10")
        #expect(reflector.phase == .syncing)
        #expect(words(reflector.swept()) == "watch 10")
        #expect(reflector.phase == .synced)
    }

    @Test func itAsksForPageAfterPageAndSweepsOnce() {
        let reflector = ReflectorUnderTest()
        _ = reflector.start()
        #expect(words(reflector.listed("10", continue: "t1")) == "list any at t1")
        #expect(words(reflector.listed("10", continue: "t2")) == "list any at t2")
        #expect(words(reflector.listed("10", continue: "")) == "sweep 10")
    }

    @Test func aWatchThatEndsInGoodOrderGoesOnFromTheLastVersionSeen() {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        #expect(reflector.received(12))
        #expect(reflector.received(nil) == false)
        #expect(words(reflector.ended()) == "watch 12")
        reflector.opened()
        #expect(reflector.bookmarked(20) == .progress)
        #expect(words(reflector.ended()) == "watch 20")
        #expect(reflector.phase == .synced)
    }

    @Test func anOlderVersionDoesNotSetTheWatchBack() {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        _ = reflector.received(15)
        _ = reflector.received(11)
        #expect(words(reflector.ended()) == "watch 15")
    }

    @Test func watchTimeoutsAreJitteredBelowWhatBalancersCut() {
        var timeouts: Set<Int> = []
        for seed in 0..<200 as Range<UInt64> {
            let reflector = ReflectorUnderTest(seed: seed)
            _ = reflector.start()
            _ = reflector.listed("10")
            guard case .watch(let watch) = reflector.swept() else { continue }
            timeouts.insert(watch.timeoutSeconds)
        }
        #expect(timeouts.allSatisfy { (180...230).contains($0) })
        #expect(timeouts.count > 30)
    }

    // MARK: - Watches with initial events

    @Test func itPrefersAWatchThatBeginsWithTheObjects() {
        let reflector = ReflectorUnderTest(watchList: true)
        #expect(words(reflector.start()) == "watchlist newest")
        reflector.opened()
        #expect(reflector.phase == .syncing)
        #expect(!reflector.received(50))
        #expect(!reflector.received(7))
        #expect(reflector.bookmarked(30) == .none)
        #expect(reflector.bookmarked(60, end: true) == .sweep(.init(60)))
        #expect(words(reflector.swept()) == "go on")
        #expect(reflector.phase == .synced)
        #expect(reflector.received(61))
        #expect(words(reflector.ended()) == "watch 61")
    }

    @Test(arguments: [ReflectorFailure.Cause.refused])
    func aServerThatRefusesInitialEventsIsListedFromNowOn(cause: ReflectorFailure.Cause) {
        let reflector = ReflectorUnderTest(watchList: true)
        _ = reflector.start()
        #expect(words(reflector.afterFailure(ReflectorFailure(cause, ""))) == "list any")
        _ = reflector.listed("10")
        #expect(words(reflector.swept()) == "watch 10")
        reflector.opened()
        #expect(words(reflector.afterFailure(ReflectorFailure(.expired, ""))) == "list 10+ by 500")
    }

    /// Whoever was silent once, say because its cache was being built, is not mistrusted for the process's life.
    @Test func initialEventsThatDidNotComeAreTriedAgainLaterAndEverLater() {
        let reflector = ReflectorUnderTest(watchList: true)
        _ = reflector.start()
        var versions = [10, 20, 30][...]
        for rest in [600, 1200, 2400] {
            reflector.opened()
            #expect(reflector.idleTimeout == .seconds(10))
            #expect(words(reflector.idled()).hasPrefix("list"))
            _ = reflector.listed("\(versions.removeFirst())")
            _ = reflector.swept()
            reflector.opened()
            reflector.now = reflector.now.advanced(by: .seconds(rest - 40))
            #expect(words(reflector.afterFailure(ReflectorFailure(.expired, ""))).hasPrefix("list"), "\(rest)")
            _ = reflector.listed("\(rest)")
            _ = reflector.swept()
            reflector.opened()
            reflector.now = reflector.now.advanced(by: .seconds(41))
            #expect(words(reflector.afterFailure(ReflectorFailure(.expired, ""))).hasPrefix("watchlist"), "\(rest)")
        }
        // One that is whole makes good all before it.
        reflector.opened()
        _ = reflector.bookmarked(5000, end: true)
        _ = reflector.swept()
        #expect(words(reflector.afterFailure(ReflectorFailure(.expired, ""))) == "watchlist 5000")
    }

    @Test func aServerThatIsKnownToRefuseStreamsIsListed() {
        let reflector = ReflectorUnderTest(watchList: true)
        #expect(words(reflector.start()) == "watchlist newest")
        #expect(words(reflector.streamingRefused()) == "list any")
        _ = reflector.listed("10")
        #expect(words(reflector.swept()) == "watch 10")
    }

    /// What is in the store is of the kind that went.
    @Test func aKindThatIsInstalledAgainIsNotSyncedBeforeItsInitialEventsHaveEnded() {
        let reflector = ReflectorUnderTest(watchList: true)
        _ = reflector.start()
        reflector.opened()
        _ = reflector.bookmarked(60, end: true)
        _ = reflector.swept()
        #expect(words(reflector.afterFailure(ReflectorFailure(.notFound, ""))) == "watchlist 60")
        #expect(reflector.phase == .notInstalled)
        reflector.opened()
        #expect(reflector.phase == .syncing)
        _ = reflector.bookmarked(90, end: true)
        _ = reflector.swept()
        #expect(reflector.phase == .synced)
    }

    @Test func initialEventsThatBreakOffAreTriedAgainAndThenGivenUp() {
        let reflector = ReflectorUnderTest(watchList: true)
        _ = reflector.start()
        reflector.opened()
        _ = reflector.received(3)
        #expect(words(reflector.ended()) == "wait")
        #expect(words(reflector.waited()) == "watchlist newest")
        reflector.opened()
        _ = reflector.received(3)
        #expect(words(reflector.ended()) == "list any")
    }

    @Test func aRelistByInitialEventsIsNotOlderThanWhatWasSeen() {
        let reflector = ReflectorUnderTest(watchList: true)
        _ = reflector.start()
        reflector.opened()
        _ = reflector.bookmarked(60, end: true)
        _ = reflector.swept()
        #expect(words(reflector.afterFailure(ReflectorFailure(.expired, ""))) == "watchlist 60")
        #expect(words(reflector.afterFailure(ReflectorFailure(.versionTooLarge, ""))) == "watchlist newest")
    }

    // MARK: - States

    @Test(
        arguments: [
            (.unreachable, .connecting, .stalled), (.endedEarly, .connecting, .stalled),
            (.expired, .connecting, .stalled), (.versionTooLarge, .connecting, .stalled),
            (.tooManyRequests, .connecting, .stalled), (.refused, .connecting, .stalled),
            (.forbidden, .forbidden, .forbidden), (.notFound, .notInstalled, .notInstalled),
            (.server, .connecting, .stalled),
        ] as [(ReflectorFailure.Cause, KindState.Phase, KindState.Phase)]
    )
    func aFailureShowsInTheStateWithItsReason(
        cause: ReflectorFailure.Cause,
        before: KindState.Phase,
        after: KindState.Phase
    ) {
        let fresh = ReflectorUnderTest()
        _ = fresh.start()
        _ = fresh.failed(cause)
        #expect(fresh.kindState == KindState(phase: before, since: at(.zero), reason: "because"))

        let synced = ReflectorUnderTest()
        synced.watchFromTen()
        let failedAt = synced.now
        _ = synced.failed(cause)
        #expect(synced.kindState == KindState(phase: after, since: failedAt, reason: "because"))
    }

    @Test func aStallBeginsWithTheFirstFailureAndEndsWithTheNextWatch() {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        let failedAt = reflector.now
        for _ in 0..<3 { _ = reflector.afterFailure(ReflectorFailure(.unreachable, "refused")) }
        #expect(reflector.kindState.since == failedAt && reflector.phase == .stalled)
        reflector.opened()
        #expect(reflector.phase == .synced && reflector.kindState.reason == "")
        #expect(reflector.kindState.since == reflector.now)
    }

    @Test func aKindThatIsInstalledLaterSyncsByItself() {
        let reflector = ReflectorUnderTest(watchList: true)
        _ = reflector.start()
        #expect(words(reflector.afterFailure(ReflectorFailure(.notFound, ""))) == "watchlist newest")
        #expect(reflector.phase == .notInstalled)
        reflector.opened()
        #expect(reflector.phase == .syncing)
        _ = reflector.bookmarked(5, end: true)
        _ = reflector.swept()
        #expect(reflector.phase == .synced)
    }

    // MARK: - Requests

    @Test func requestsSayWhatTheServerExpects() {
        #expect(ReflectorList(version: .any).options == ListOptions(resourceVersion: "0"))
        #expect(ReflectorList(version: .newest, limit: 500).options == ListOptions(limit: 500))
        #expect(
            ReflectorList(version: .notOlderThan(.init(7)), limit: 500).options
                == ListOptions(limit: 500, resourceVersion: "7", resourceVersionMatch: .notOlderThan)
        )
        #expect(
            ReflectorList(version: .notOlderThan(.init(7)), limit: 500, continueToken: "t").options
                == ListOptions(limit: 500, continueToken: "t")
        )
        #expect(
            ReflectorWatch(version: .init(7), timeoutSeconds: 200, sendInitialEvents: true).options
                == WatchOptions(resourceVersion: "7", timeoutSeconds: 200, sendInitialEvents: true)
        )
    }
}
