import EnvoyAPI
import KubeRuntime
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import XDS

struct ProxyHubTests {
    private static func stream(
        _ woken: ObservedValue<Int> = ObservedValue(0),
        end: @escaping @Sendable (XDSError) -> Void = { _ in }
    ) -> StreamHandle {
        StreamHandle(
            eventLoop: MultiThreadedEventLoopGroup.singleton.any(),
            wake: { woken.update { $0 += 1 } },
            end: end
        )
    }

    private func incarnation(_ uid: String) -> ProxyIdentity { ProxyIdentity(proxy(1), incarnation: uid) }

    private func made(for uid: String, _ generation: UInt64) -> ProxySnapshot {
        ProxySnapshot(layers: [], generation: generation, incarnation: uid)
    }

    @Test func aSnapshotIsForOnePodAndNotForTheNextOfItsName() async throws {
        let hub = ProxyHub()
        let woken = ObservedValue(0)
        let old = Self.stream(woken)
        try hub.connect(incarnation("1"), old)
        hub.publish(made(for: "1", 1), for: proxy(1))
        #expect(hub.snapshot(for: proxy(1), old)?.generation == 1)
        // What is made for the next pod of the name is not for this one, which is not told of it either.
        hub.publish(made(for: "2", 2), for: proxy(1))
        #expect(hub.snapshot(for: proxy(1), old) == nil)
        let new = Self.stream(woken)
        try hub.connect(incarnation("2"), new)
        #expect(hub.snapshot(for: proxy(1), new)?.generation == 2)
        // Neither is what is left of the one before for the next.
        hub.publish(made(for: "1", 3), for: proxy(1))
        #expect(hub.snapshot(for: proxy(1), new) == nil)
        hub.publish(made(for: "2", 4), for: proxy(1))
        #expect(hub.snapshot(for: proxy(1), new)?.generation == 4)
    }

    @Test func theStreamOfAPodThatIsGoneEndsAndNoneComesAfter() async throws {
        let hub = ProxyHub()
        let ended = ObservedValue<[XDSError.Code]>([])
        let stream = Self.stream { error in ended.update { $0.append(error.code) } }
        try hub.connect(incarnation("1"), stream)
        let other = ObservedValue(0)
        try hub.connect(ProxyIdentity(proxy(2), incarnation: "2"), Self.stream { _ in other.update { $0 += 1 } })
        hub.retire("1")
        _ = await ended.wait(until: .now + .seconds(90), time: .system) { !$0.isEmpty }
        #expect(ended.value == [.permissionDenied])
        #expect(other.value == 0)
        #expect(hub.isGone("1") && !hub.isGone("2"))
        hub.disconnect(proxy(1), stream)
        // Admitted before the pod went, and here only now.
        #expect(throws: XDSError.self) { try hub.connect(incarnation("1"), Self.stream()) }
        #expect(hub.connected == [proxy(2)])
        try hub.connect(incarnation("3"), Self.stream())
    }

    @Test func aStreamThatWasReplacedIsNotTheOneThatEnds() async throws {
        let hub = ProxyHub()
        let ended = ObservedValue<[String]>([])
        func stream(_ name: String) -> StreamHandle { Self.stream { _ in ended.update { $0.append(name) } } }
        let (first, second) = (stream("first"), stream("second"))
        try hub.connect(incarnation("1"), first)
        try hub.connect(incarnation("1"), second)
        hub.disconnect(proxy(1), first)
        hub.retire("1")
        _ = await ended.wait(until: .now + .seconds(90), time: .system) { $0.count == 2 }
        #expect(ended.value.sorted() == ["first", "second"])
    }

    @Test func fewOfThoseThatAreGoneAreRemembered() {
        var gone = GoneIncarnations(limit: 3)
        for number in [1, 2, 2, 3, 4, 4, 5] { gone.insert("\(number)") }
        #expect((1...5).map { gone.contains("\($0)") } == [false, false, true, true, true])
        #expect(gone.count == 3)
    }

    @Test func wakesAStreamOnceForTheNewest() async throws {
        let hub = ProxyHub()
        let woken = ObservedValue(0)
        let stream = Self.stream(woken)
        try hub.connect(ProxyIdentity(proxy(1)), stream)
        for generation in 1...3 { hub.publish(snapshot(UInt64(generation), []), for: proxy(1)) }
        _ = await woken.wait(until: .now + .seconds(90), time: .system) { $0 > 0 }
        #expect(hub.snapshot(for: proxy(1), stream)?.generation == 3)
        #expect(woken.value == 1)
        hub.publish(snapshot(4, []), for: proxy(1))
        _ = await woken.wait(until: .now + .seconds(90), time: .system) { $0 > 1 }
        #expect(hub.snapshot(for: proxy(1), stream)?.generation == 4)
    }

    @Test func listensToTheLatestStreamAlone() throws {
        let hub = ProxyHub()
        let first = Self.stream(ObservedValue(0))
        let second = Self.stream(ObservedValue(0))
        hub.publish(snapshot(1, []), for: proxy(1))
        try hub.connect(ProxyIdentity(proxy(1)), first)
        try hub.connect(ProxyIdentity(proxy(1)), second)
        hub.acknowledge(1, by: proxy(1), first)
        #expect(hub.delivery(of: proxy(1))?.phase == .pending)
        hub.disconnect(proxy(1), first)
        #expect(hub.connected == [proxy(1)])
        hub.acknowledge(1, by: proxy(1), second)
        #expect(hub.delivery(of: proxy(1))?.phase == .acknowledged)
        hub.disconnect(proxy(1), second)
        #expect(hub.delivery(of: proxy(1))?.phase == .disconnected)
        hub.remove(proxy(1))
        #expect(hub.delivery(of: proxy(1)) == nil)
    }

    @Test func sumsUpDeliveries() throws {
        let hub = ProxyHub()
        let origin = ResourceOrigin(kind: "TrafficRoute", name: "canary")
        let rejection = PushRejection(type: .route, name: "r", version: "1", message: "no", origin: origin)
        for number in 0..<6 {
            hub.publish(snapshot(2, []), for: proxy(number))
            guard number < 5 else { continue }
            let stream = Self.stream(ObservedValue(0))
            try hub.connect(ProxyIdentity(proxy(number)), stream)
            hub.acknowledge(number == 0 ? 1 : 2, by: proxy(number), stream)
            if number > 2 { hub.setRejections([rejection, rejection], of: proxy(number), stream) }
        }
        let summary = hub.summary(ofMesh: "demo")
        #expect(summary.total == 5 && summary.pending == 1 && summary.acknowledged == 2 && summary.rejected == 2)
        #expect(summary.rejectionsByOrigin == [origin: .init(proxies: 2, example: rejection)])
        #expect(hub.summary(ofMesh: "other") == DeliverySummary())
    }
}
