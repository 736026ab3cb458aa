import EnvoyAPI
import KubeRuntime
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import XDS

struct ProxyHubTests {
    private static func stream(_ woken: ObservedValue<Int>) -> StreamHandle {
        StreamHandle(
            eventLoop: MultiThreadedEventLoopGroup.singleton.any(),
            wake: { woken.update { $0 += 1 } },
            supersede: {},
            shutDown: {}
        )
    }

    @Test func wakesAStreamOnceForTheNewest() async {
        let hub = ProxyHub()
        let woken = ObservedValue(0)
        let stream = Self.stream(woken)
        hub.connect(proxy(1), stream)
        for generation in 1...3 { hub.publish(snapshot(UInt64(generation), []), for: proxy(1)) }
        _ = await woken.wait(until: .now + .seconds(90), time: .system) { $0 > 0 }
        #expect(hub.snapshot(for: proxy(1), stream)?.generation == 3)
        #expect(woken.value == 1)
        hub.publish(snapshot(4, []), for: proxy(1))
        _ = await woken.wait(until: .now + .seconds(90), time: .system) { $0 > 1 }
        #expect(hub.snapshot(for: proxy(1), stream)?.generation == 4)
    }

    @Test func listensToTheLatestStreamAlone() {
        let hub = ProxyHub()
        let first = Self.stream(ObservedValue(0))
        let second = Self.stream(ObservedValue(0))
        hub.publish(snapshot(1, []), for: proxy(1))
        hub.connect(proxy(1), first)
        hub.connect(proxy(1), second)
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

    @Test func sumsUpDeliveries() {
        let hub = ProxyHub()
        let origin = ResourceOrigin(kind: "TrafficRoute", name: "canary")
        let rejection = PushRejection(type: .route, name: "r", version: "1", message: "no", origin: origin)
        for number in 0..<6 {
            hub.publish(snapshot(2, []), for: proxy(number))
            guard number < 5 else { continue }
            let stream = Self.stream(ObservedValue(0))
            hub.connect(proxy(number), stream)
            hub.acknowledge(number == 0 ? 1 : 2, by: proxy(number), stream)
            if number > 2 { hub.setRejections([rejection, rejection], of: proxy(number), stream) }
        }
        let summary = hub.summary(ofMesh: "demo")
        #expect(summary.total == 5 && summary.pending == 1 && summary.acknowledged == 2 && summary.rejected == 2)
        #expect(summary.rejectionsByOrigin == [origin: .init(proxies: 2, example: rejection)])
        #expect(hub.summary(ofMesh: "other") == DeliverySummary())
    }
}
