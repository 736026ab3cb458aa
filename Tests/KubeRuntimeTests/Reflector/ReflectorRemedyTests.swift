import KubeClient
import KubeModel
import KubeRuntime
import Testing

struct ReflectorRemedyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let cause: ReflectorFailure.Cause
        let whileListing, onAPage, inInitialEvents, whileWatching: String
        var testDescription: String { cause.rawValue }
    }

    /// What is done, after a wait, about a first failure of each sort at each step.
    static let rows: [Row] = [
        Row(
            cause: .unreachable,
            whileListing: "list any",
            onAPage: "list any at t1",
            inInitialEvents: "watchlist newest",
            whileWatching: "watch 12"
        ),
        Row(
            cause: .endedEarly,
            whileListing: "list any",
            onAPage: "list any at t1",
            inInitialEvents: "watchlist newest",
            whileWatching: "watch 12"
        ),
        Row(
            cause: .expired,
            whileListing: "list newest by 500",
            onAPage: "list newest by 500",
            inInitialEvents: "watchlist newest",
            whileWatching: "list 12+ by 500"
        ),
        Row(
            cause: .versionTooLarge,
            whileListing: "list newest by 500",
            onAPage: "list newest by 500",
            inInitialEvents: "watchlist newest",
            whileWatching: "list newest by 500"
        ),
        Row(
            cause: .tooManyRequests,
            whileListing: "list any",
            onAPage: "list any at t1",
            inInitialEvents: "watchlist newest",
            whileWatching: "watch 12"
        ),
        Row(
            cause: .refused,
            whileListing: "list newest by 500",
            onAPage: "list newest by 500",
            inInitialEvents: "list any",
            whileWatching: "list 12+ by 500"
        ),
        Row(
            cause: .forbidden,
            whileListing: "list any",
            onAPage: "list any at t1",
            inInitialEvents: "watchlist newest",
            whileWatching: "watch 12"
        ),
        Row(
            cause: .notFound,
            whileListing: "list any",
            onAPage: "list any",
            inInitialEvents: "watchlist newest",
            whileWatching: "list 12+ by 500"
        ),
        Row(
            cause: .server,
            whileListing: "list any",
            onAPage: "list any at t1",
            inInitialEvents: "list any",
            whileWatching: "watch 12"
        ),
    ]

    @Test func theTableHasARowForEachCause() {
        #expect(Set(Self.rows.map(\.cause)) == Set(ReflectorFailure.Cause.allCases))
    }

    @Test(arguments: rows) func aFailureOfAListHasItsRemedy(row: Row) {
        let reflector = ReflectorUnderTest()
        _ = reflector.start()
        #expect(words(reflector.afterFailure(ReflectorFailure(row.cause, ""))) == row.whileListing)
    }

    @Test(arguments: rows) func aFailureOfALaterPageHasItsRemedy(row: Row) {
        let reflector = ReflectorUnderTest()
        _ = reflector.start()
        _ = reflector.listed("10", continue: "t1")
        #expect(words(reflector.afterFailure(ReflectorFailure(row.cause, ""))) == row.onAPage)
    }

    @Test(arguments: rows) func aFailureOfInitialEventsHasItsRemedy(row: Row) {
        for isOpened in [false, true] {
            let reflector = ReflectorUnderTest(watchList: true)
            _ = reflector.start()
            if isOpened { reflector.opened() }
            #expect(words(reflector.afterFailure(ReflectorFailure(row.cause, ""))) == row.inInitialEvents)
        }
    }

    @Test(arguments: rows) func aFailureOfAWatchHasItsRemedyAsAResponseAndWithinTheStream(row: Row) {
        for isOpened in [false, true] {
            let reflector = ReflectorUnderTest()
            reflector.watchFromTen()
            _ = reflector.received(12)
            if !isOpened { _ = reflector.ended() }
            #expect(words(reflector.afterFailure(ReflectorFailure(row.cause, ""))) == row.whileWatching)
        }
    }

    @Test(
        arguments: [
            (410, "Expired", "", .expired), (410, "Gone", "", .expired), (429, "TooManyRequests", "", .tooManyRequests),
            (504, "Timeout", "Too large resource version: 9, current: 5", .versionTooLarge),
            (504, "Timeout", "request did not complete", .server), (400, "BadRequest", "", .refused),
            (422, "Invalid", "", .refused), (401, "Unauthorized", "", .forbidden), (403, "Forbidden", "", .forbidden),
            (404, "NotFound", "", .notFound), (405, "MethodNotAllowed", "", .notFound),
            (500, "InternalError", "", .server), (503, "ServiceUnavailable", "", .server),
        ] as [(Int, String, String, ReflectorFailure.Cause)]
    )
    func aStatusHasOneCauseAsAResponseAndWithinTheStream(
        code: Int,
        reason: String,
        message: String,
        cause: ReflectorFailure.Cause
    ) {
        let status = KubeStatus(code: code, reason: reason, message: message, retryAfterSeconds: 7)
        let error = KubeError(.status(status), verb: "watch", subject: "pods", message: message)
        #expect(ReflectorFailure(status).cause == cause)
        #expect(ReflectorFailure(error) == ReflectorFailure(status))
        #expect(ReflectorFailure(status).retryAfter == .seconds(7))
    }

    @Test func whatIsNoStatusIsUnreachable() {
        let error = KubeError(.credentials, verb: "list", subject: "pods", message: "the plugin failed")
        #expect(ReflectorFailure(error).cause == .unreachable)
        #expect(ReflectorFailure(error).message.contains("the plugin failed"))
    }

    // MARK: - Repeated failures

    @Test func aPageThatExpiresTwiceIsListedWithoutPages() {
        let reflector = ReflectorUnderTest()
        _ = reflector.start()
        _ = reflector.listed("10", continue: "t1")
        #expect(words(reflector.afterFailure(ReflectorFailure(.expired, ""))) == "list newest by 500")
        _ = reflector.listed("20", continue: "t1")
        #expect(words(reflector.afterFailure(ReflectorFailure(.expired, ""))) == "list newest")
        _ = reflector.listed("30")
        _ = reflector.swept()
        reflector.opened()
        #expect(words(reflector.afterFailure(ReflectorFailure(.expired, ""))) == "list 30+ by 500")
    }

    @Test(arguments: [ReflectorFailure.Cause.expired, .refused])
    func aWatchThatFailsAgainAfterARelistIsListedFromTheNewest(cause: ReflectorFailure.Cause) {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        #expect(words(reflector.afterFailure(ReflectorFailure(cause, ""))) == "list 10+ by 500")
        _ = reflector.listed("10")
        _ = reflector.swept()
        reflector.opened()
        #expect(words(reflector.afterFailure(ReflectorFailure(cause, ""))) == "list newest by 500")
        _ = reflector.listed("40")
        _ = reflector.swept()
        reflector.opened()
        #expect(reflector.received(41))
        #expect(words(reflector.afterFailure(ReflectorFailure(cause, ""))) == "list 41+ by 500")
    }

    @Test(arguments: [ReflectorFailure.Cause.server, .endedEarly])
    func aWatchThatKeepsFailingIsRelisted(cause: ReflectorFailure.Cause) {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        #expect(words(reflector.afterFailure(ReflectorFailure(cause, ""))) == "watch 10")
        #expect(words(reflector.afterFailure(ReflectorFailure(cause, ""))) == "watch 10")
        #expect(words(reflector.afterFailure(ReflectorFailure(cause, ""))) == "list 10+ by 500")
    }

    @Test func aBrokenNetworkNeverCausesARelist() {
        let reflector = ReflectorUnderTest()
        reflector.watchFromTen()
        for _ in 0..<20 { #expect(words(reflector.afterFailure(ReflectorFailure(.unreachable, ""))) == "watch 10") }
    }

    /// A server that cannot bring its cache up to date refuses every stream for its version, and lists all the same.
    @Test(arguments: [ReflectorFailure.Cause.expired, .versionTooLarge])
    func aStreamWhoseVersionIsRefusedTwiceIsListed(cause: ReflectorFailure.Cause) {
        let reflector = ReflectorUnderTest(watchList: true)
        _ = reflector.start()
        #expect(words(reflector.afterFailure(ReflectorFailure(cause, ""))) == "watchlist newest")
        #expect(words(reflector.failed(cause)) == "list newest by 500")
    }

    /// Once is enough, and the list need not wait.
    @Test(arguments: [ReflectorFailure.Cause.refused, .server])
    func aStreamThatIsRefusedIsListedAtOnce(cause: ReflectorFailure.Cause) {
        let reflector = ReflectorUnderTest(watchList: true)
        _ = reflector.start()
        #expect(words(reflector.failed(cause)) == "list any")
        // What says nothing about streams is waited for.
        let busy = ReflectorUnderTest(watchList: true)
        _ = busy.start()
        #expect(words(busy.failed(ReflectorFailure(cause, "", retryAfter: .seconds(3)))) == "wait")
        #expect(words(busy.waited()) == "list any")
    }

    @Test(arguments: ["", "abc", "-1"]) func aListWithoutAVersionIsAFailure(version: String) {
        let reflector = ReflectorUnderTest()
        _ = reflector.start()
        #expect(words(reflector.listed(version)) == "wait")
    }
}
