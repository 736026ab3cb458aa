import EnvoyAPI
import SwiftletAPI
import Testing
import XDS

@testable import Operator

struct DeliveryTallyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var delivery: ProxyDelivery
        var counts: ProxyCounts
    }

    private static let ours = PushRejection.of("TrafficRoute", "canary")

    private static func disconnected() -> ProxyDelivery {
        var delivery = ProxyDelivery(published: 9, acknowledged: nil)
        delivery.isConnected = false
        return delivery
    }

    /// The object is as it is since generation 5.
    @Test(arguments: [
        Row(testDescription: "not connected", delivery: disconnected(), counts: ProxyCounts()),
        Row(
            testDescription: "told nothing",
            delivery: ProxyDelivery(published: nil, acknowledged: nil),
            counts: ProxyCounts()
        ),
        Row(
            testDescription: "just reconnected",
            delivery: ProxyDelivery(published: 5, acknowledged: nil),
            counts: ProxyCounts(pending: 1)
        ),
        Row(
            testDescription: "at the generation before",
            delivery: ProxyDelivery(published: 5, acknowledged: 4),
            counts: ProxyCounts(pending: 1)
        ),
        Row(
            testDescription: "at the very generation",
            delivery: ProxyDelivery(published: 5, acknowledged: 5),
            counts: ProxyCounts(acked: 1)
        ),
        Row(
            testDescription: "behind with something later",
            delivery: ProxyDelivery(published: 9, acknowledged: 5),
            counts: ProxyCounts(acked: 1)
        ),
        Row(
            testDescription: "not concerned by the change: nothing was published since",
            delivery: ProxyDelivery(published: 3, acknowledged: 3),
            counts: ProxyCounts(acked: 1)
        ),
        Row(
            testDescription: "not concerned, and behind",
            delivery: ProxyDelivery(published: 3, acknowledged: 2),
            counts: ProxyCounts(pending: 1)
        ),
        Row(
            testDescription: "refuses it",
            delivery: ProxyDelivery(published: 5, acknowledged: 5, rejections: [ours]),
            counts: ProxyCounts(rejected: 1)
        ),
        Row(
            testDescription: "refuses it and another",
            delivery: ProxyDelivery(published: 5, acknowledged: nil, rejections: [.of("Mesh", "default"), ours]),
            counts: ProxyCounts(rejected: 1)
        ),
        Row(
            testDescription: "refuses another of the kind",
            delivery: ProxyDelivery(published: 5, acknowledged: 5, rejections: [.of("TrafficRoute", "other")]),
            counts: ProxyCounts(acked: 1)
        ),
        Row(
            testDescription: "refuses another kind of the name",
            delivery: ProxyDelivery(published: 5, acknowledged: 4, rejections: [.of("Mesh", "canary")]),
            counts: ProxyCounts(pending: 1)
        ),
        Row(
            testDescription: "refuses what nobody wrote",
            delivery: ProxyDelivery(published: 5, acknowledged: 5, rejections: [.of(nil)]),
            counts: ProxyCounts(acked: 1)
        ),
    ])
    func aProxyCountsByWhatItAcknowledged(_ row: Row) {
        var tally = DeliveryTally(since: 5, kind: "TrafficRoute", name: "canary")
        tally.count(row.delivery)
        #expect(tally.result.counts == row.counts)
        var grouped = DeliveryTally(since: 5, kind: "TrafficRoute", name: "canary")
        var group = DeliveryGroup()
        group.add(row.delivery)
        grouped.count(group)
        #expect(grouped.result == tally.result)
    }

    @Test func aGroupIsAsFarAsItsLast() {
        var group = DeliveryGroup()
        group.add(ProxyDelivery(published: 9, acknowledged: 7))
        group.add(Self.disconnected())
        #expect(group.acknowledgedByAll == 7)
        group.add(ProxyDelivery(published: 9, acknowledged: 6))
        group.add(ProxyDelivery(published: 9, acknowledged: 8))
        #expect(group.acknowledgedByAll == 6)
        group.add(ProxyDelivery(published: 9, acknowledged: nil))
        group.add(ProxyDelivery(published: 9, acknowledged: 8))
        #expect(group.acknowledgedByAll == nil)
        #expect(group.deliveries.count == 5)
    }

    @Test func rejectionsAreToldOnceEachAndInOrderWhoeverComesFirst() {
        let rejections = (1...9).map { PushRejection.of("TrafficRoute", "canary", name: "r\($0)") }
        func result(_ order: [PushRejection]) -> ObjectDelivery {
            var tally = DeliveryTally(since: 5, kind: "TrafficRoute", name: "canary")
            for rejection in order + order {
                tally.count(ProxyDelivery(published: 5, acknowledged: nil, rejections: [rejection]))
            }
            return tally.result
        }
        let told = result(rejections)
        #expect(told.counts.rejected == 18)
        #expect(told.rejections.map(\.resource) == ["route r1", "route r2", "route r3", "route r4", "route r5"])
        #expect(told.rejections.first?.message == "no such thing")
        #expect(result(rejections.reversed()) == told)
    }
}

extension PushRejection {
    /// Of a route configuration; without an origin if no kind is given.
    static func of(_ kind: String?, _ origin: String = "", name: String = "outbound") -> PushRejection {
        PushRejection(
            type: .route,
            name: name,
            version: "1",
            message: "no such thing",
            origin: kind.map { ResourceOrigin(kind: $0, name: origin) }
        )
    }
}
