import KubeClient
import KubeModel
import KubeTransport
import Logging
import Testing

@testable import KubeRuntime

struct ReflectorTests {
    private let store = Store<Thing>()
    private let time = VirtualTime()

    /// Runs a reflector by a script until a condition holds.
    private func reflect(
        _ script: [ScriptedSource.Answer],
        watchList: Bool = false,
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        until condition: @escaping @Sendable (ScriptedSource, KindState) -> Bool
    ) async -> (source: ScriptedSource, state: KindState, holds: Bool) {
        let source = ScriptedSource(script)
        var options = ReflectorOptions()
        options.usesWatchList = watchList
        let reflector = Reflector(
            name: "things",
            source: source,
            store: store,
            options: options,
            time: time.source,
            logger: logger
        )
        let task = Task { await reflector.run() }
        let holds = await time.advance { condition(source, reflector.kindState.value) }
        let state = reflector.kindState.value
        task.cancel()
        await task.value
        return (source, state, holds)
    }

    private func end(_ version: String, _ token: String? = nil) -> ListEnd {
        ListEnd(resourceVersion: version, continueToken: token)
    }

    private var names: [String] { store.all().map(\.key.name).sorted() }

    @Test func itFillsTheStoreByPagesAndFollowsChanges() async {
        let result = await reflect([
            .page([.success(Thing("a", version: 1))], end("5", "t")),
            .page([.success(Thing("b", version: 2))], end("5")),
            .watch([
                .added(Thing("c", version: 6)), .modified(Thing("a", version: 7, color: "red")),
                .deleted(Thing("b", version: 8)),
            ]),
        ]) { source, _ in source.asked.count == 4 }
        #expect(result.holds)
        #expect(result.source.asked == ["list any", "list any at t", "watch 5", "watch 8"])
        #expect(names == ["a", "c"])
        #expect(store.get(ObjectKey(namespace: "test", name: "a"))?.color == "red")
        #expect(store.resourceVersion == ResourceVersion(8))
        #expect(result.state.phase == .synced)
    }

    @Test func aKindThatStaysAwayIsToldOnceThoughTheWordsDiffer() async {
        let warnings = Locked<[String]>([])
        func refusal(_ words: String) -> ScriptedSource.Answer {
            .refuse(
                KubeError(
                    .status(KubeStatus(code: 503, reason: "", message: words)),
                    verb: "list",
                    subject: "things",
                    message: words
                )
            )
        }
        let result = await reflect(
            [.page([.success(Thing("a", version: 1))], end("5"))]
                + ["first", "second", "third", "fourth", "fifth", "sixth"].map(refusal),
            logger: Logger(label: "test") { _ in WarningKeeper(kept: warnings) }
        ) { source, _ in source.asked.count >= 7 }
        #expect(result.holds)
        // The failure, and that the kind is stalled by now.
        #expect((1...2).contains(warnings.value.count), "\(warnings.value)")
        #expect(warnings.value.first?.contains("first") == true)
    }

    @Test func itFillsTheStoreByInitialEventsAndSweepsAtTheirEnd() async {
        store.put(Thing("gone", version: 1))
        let result = await reflect(
            [
                .watch([
                    .added(Thing("b", version: 9)), .added(Thing("a", version: 3)),
                    .bookmark(ResourceVersion(12), isInitialEventsEnd: true), .modified(Thing("a", version: 14)),
                    .bookmark(ResourceVersion(20), isInitialEventsEnd: false),
                ])
            ],
            watchList: true
        ) { source, _ in source.asked.count == 2 }
        #expect(result.source.asked == ["watchlist newest", "watch 20"])
        #expect(names == ["a", "b"])
        #expect(store.resourceVersion == ResourceVersion(20))
        #expect(result.source.idleTimeouts.first == .seconds(10))
        #expect(result.source.idleTimeouts.contains(.seconds(130)))
    }

    @Test func aRelistSynthesisesDeletions() async {
        let deleted = Locked<[String]>([])
        store.onChange { change in
            if case .deleted(let old) = change { deleted.change { $0.append(old.key.name) } }
        }
        let result = await reflect([
            .page([.success(Thing("a", version: 1)), .success(Thing("b", version: 2))], end("5")),
            .watch([.error(status(410, "Expired"))]),
            .page([.success(Thing("b", version: 2))], end("9")),
        ]) { source, _ in source.asked.count == 4 }
        #expect(result.source.asked == ["list any", "watch 5", "list 5+ by 500", "watch 9"])
        #expect(names == ["b"])
        #expect(deleted.value == ["a"])
    }

    @Test func anObjectThatCannotBeReadStopsNothingAndIsNotSwept() async {
        let odd = ObjectDecodingError(
            resource: .pods,
            key: ObjectKey(namespace: "test", name: "odd"),
            resourceVersion: ResourceVersion(8),
            message: "bad"
        )
        let result = await reflect([
            .page([.success(Thing("odd", version: 1)), .success(Thing("a", version: 2))], end("5")),
            .watch([.undecodable(odd), .added(Thing("b", version: 7))], then: broken(.truncated)),
            .watch([.error(status(410))]),
            .page([.failure(odd), .success(Thing("a", version: 2))], end("9")),
        ]) { source, _ in source.asked.count == 5 }
        #expect(result.source.asked == ["list any", "watch 5", "watch 8", "list 8+ by 500", "watch 9"])
        #expect(names == ["a", "odd"])
    }

    @Test func aSilentWatchIsBegunAnew() async {
        let result = await reflect([
            .page([], end("5")),
            .watch([.bookmark(ResourceVersion(6), isInitialEventsEnd: false)], then: broken(.idle)),
        ]) { source, _ in source.asked.count == 3 }
        #expect(result.source.asked == ["list any", "watch 5", "watch 6"])
    }

    @Test func aWatchThatHasGoneSilentIsShownAndIsWellAgainWithTheNextEvent() async {
        let stalled = await reflect([
            .page([], end("5")), .watch([.bookmark(ResourceVersion(6), isInitialEventsEnd: false)], isOpen: true),
        ]) { _, state in state.phase == .stalled }
        #expect(stalled.holds)
        #expect(stalled.state.reason.contains("nothing was heard"))
        #expect(time.now == at(.seconds(90)))
        let silence = SilenceWatch(time: time.source)
        #expect(!silence.heard(limit: .seconds(90)))
        let isShown = Locked(0)
        await withTaskGroup { group in
            group.addTask { [time] in
                await silence.run { since, limit in
                    #expect(since == at(.seconds(180)) && limit == .seconds(90) && time.now >= since)
                    isShown.change { $0 += 1 }
                }
            }
            #expect(await time.advance { isShown.value == 1 })
            #expect(silence.heard(limit: nil))
            #expect(!silence.heard(limit: nil))
            group.cancelAll()
        }
        #expect(isShown.value == 1)
    }

    @Test func aKindThatIsNotInstalledIsTriedUntilItIs() async {
        let result = await reflect([
            .refuse(refusal(404)), .refuse(refusal(404)), .refuse(refusal(403)), .page([], end("3")),
        ]) { _, state in state.phase == .synced }
        #expect(result.holds)
        #expect(result.source.asked.prefix(4) == ["list any", "list any", "list any", "list any"])
    }

    @Test func aServerWithoutInitialEventsIsListed() async {
        let result = await reflect([.refuse(refusal(422)), .page([], end("3"))], watchList: true) { source, _ in
            source.asked.count == 3
        }
        #expect(result.source.asked == ["watchlist newest", "list any", "watch 3"])
    }

    @Test func listsThatBreakOffGoOnAndTheStoreEndsUpRight() async {
        let result = await reflect([
            .page([.success(Thing("a", version: 1))], end("5", "t")), .refuse(broken(.connectionLost)),
            .page([.success(Thing("b", version: 2))], end("5", "u")), .refuse(refusal(410)),
            .page([.success(Thing("b", version: 2)), .success(Thing("c", version: 3))], end("8")),
        ]) { source, _ in source.asked.count == 6 }
        #expect(
            result.source.asked == [
                "list any", "list any at t", "list any at t", "list any at u", "list newest by 500", "watch 8",
            ]
        )
        #expect(names == ["b", "c"])
    }

    @Test func cancellingEndsItAtOnce() async {
        let result = await reflect([.page([], end("5")), .watch([], isOpen: true)]) { source, _ in
            source.asked.count == 2
        }
        #expect(result.holds)
    }
}
