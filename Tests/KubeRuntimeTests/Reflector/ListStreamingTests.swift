import KubeClient
import KubeModel
import Logging
import Synchronization
import Testing

@testable import KubeRuntime

/// That one refusal to stream lists is enough for all kinds, and not for ever.
struct ListStreamingTests {
    private let time = VirtualTime()
    private let lines = Locked<[String]>([])

    /// Keeps lines at info and above.
    private struct Keeper: LogHandler {
        let lines: Locked<[String]>
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { lines.change { $0.append("\(event.level) \(event.message)") } }
    }

    private var logger: Logger { Logger(label: "test") { [lines] _ in Keeper(lines: lines) } }

    private func streaming(version: @escaping @Sendable () async -> String? = { nil }) -> ListStreaming {
        ListStreaming(time: time.source, logger: logger, serverVersion: version)
    }

    /// A server that lists and watches, and refuses to stream with a status.
    private final class Streamless: ListWatching {
        private let asked = Mutex<[String]>([])
        private let status: Int
        init(status: Int) { self.status = status }

        var streams: Int { asked.withLock { $0.count { $0.hasPrefix("watchlist") } } }
        var watches: Int { asked.withLock { $0.count { $0.hasPrefix("watch ") } } }

        func list(
            _ request: ReflectorList,
            onItem: (Result<Thing, ObjectDecodingError>) -> Void
        ) async throws -> ListEnd {
            asked.withLock { $0.append(words(.list(request))) }
            return ListEnd(resourceVersion: "3")
        }

        func watch(_ request: ReflectorWatch) async throws(KubeError) -> ScriptedSource.Events {
            asked.withLock { $0.append(words(.watch(request))) }
            if request.sendInitialEvents { throw refusal(status) }
            return ScriptedSource.Events(source: ScriptedSource([]), events: [], error: nil, isOpen: true)
        }
    }

    @Test(arguments: [400, 422, 500, 501])
    func oneRefusalIsEnoughForAllKinds(status: Int) async {
        let source = Streamless(status: status)
        var options = ReflectorOptions()
        options.streaming = streaming()
        let reflectors = (0..<12).map { index in
            Reflector(
                name: "things-\(index)",
                source: source,
                store: Store<Thing>(),
                options: options,
                time: time.source,
                logger: logger
            )
        }
        await withTaskGroup { group in
            for reflector in reflectors { group.addTask { await reflector.run() } }
            #expect(await eventually { source.watches == 12 })
            #expect(reflectors.allSatisfy { $0.kindState.value.phase == .synced })
            group.cancelAll()
        }
        #expect(source.streams == 1)
        #expect(time.now == at(.zero), "nobody waited")
        #expect(lines.value == ["info the API server does not stream lists; objects are listed instead"])
    }

    @Test func whatOneFoundOutTheOthersWaitFor() async {
        let streaming = streaming()
        #expect(await streaming.mayStream())
        let second = Task { await streaming.mayStream() }
        #expect(await time.hasSleepers(1))
        streaming.accepted()
        #expect(await second.value)
        #expect(await streaming.mayStream())
        await streaming.refused("")
        #expect(await !streaming.mayStream())
    }

    @Test func anAttemptThatSaysNothingIsMadeByTheNext() async {
        let streaming = streaming()
        #expect(await streaming.mayStream())
        streaming.undecided()
        #expect(await streaming.mayStream())
        // One that is never answered keeps nobody for ever.
        let second = Task { await streaming.mayStream() }
        #expect(await time.hasSleepers(1))
        time.advance(by: .seconds(10))
        #expect(await second.value)
    }

    @Test func aRefusalCountsForAWhileAndLongerWhenItIsRepeated() async {
        let streaming = streaming()
        for rest in [600, 1200, 2400] {
            #expect(await streaming.mayStream())
            await streaming.refused("no")
            time.advance(by: .seconds(rest - 1))
            #expect(await !streaming.mayStream(), "\(rest)")
            time.advance(by: .seconds(1))
        }
        #expect(await streaming.mayStream())
        streaming.accepted()
        await streaming.refused("no")
        time.advance(by: .seconds(600))
        #expect(await streaming.mayStream(), "it is forgotten once streaming worked")
    }

    @Test func anotherVersionOfTheServerIsTriedAtOnce() async {
        let version = Locked("v1.36.2")
        let asked = Locked(0)
        let streaming = streaming {
            asked.change { $0 += 1 }
            return version.value
        }
        #expect(await streaming.mayStream())
        await streaming.refused("no")
        time.advance(by: .seconds(60))
        #expect(await !streaming.mayStream())
        version.change { $0 = "v1.36.3" }
        #expect(await !streaming.mayStream(), "it is not asked for with every list")
        #expect(asked.value == 2)
        time.advance(by: .seconds(60))
        #expect(await streaming.mayStream())
    }
}
