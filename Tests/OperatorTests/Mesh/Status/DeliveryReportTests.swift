import JSON
import KubeModel
import KubeRuntime
import SwiftletAPI
import Testing

@testable import Operator

struct DeliveryReportTests {
    private static let start = ContinuousClock.now
    private static let rejection = ObjectDelivery.Rejection(resource: "route outbound:web", message: "no such cluster")

    private static func delivery(
        _ acked: Int,
        _ pending: Int = 0,
        _ rejected: Int = 0,
        _ rejections: [ObjectDelivery.Rejection] = []
    ) -> ObjectDelivery {
        ObjectDelivery(
            counts: ProxyCounts(acked: acked, pending: pending, rejected: rejected),
            rejections: rejections
        )
    }

    private static func report(_ delivery: ObjectDelivery, generation: Int64 = 1) -> DeliveryReport {
        var report = DeliveryReport()
        report.entries[.mesh("default")] = .init(generation: generation, delivery: delivery)
        report.entries[.route("split")] = .init(generation: generation, delivery: delivery)
        return report
    }

    private static func stored(_ report: DeliveryReport, by replica: String, version: Int = 1) -> DynamicObject {
        let key = ObjectKey(namespace: "swiftlet-system", name: "swiftlet-deliveries-\(replica)")
        var object = DeliveryReporter.object(report, of: .init(key: key, pod: nil), beat: version)
        object[path: "metadata", "resourceVersion"] = .string(String(version))
        return DynamicObject(object)
    }

    private static func reports() -> DeliveryReports {
        DeliveryReports(own: stored(DeliveryReport(), by: "we").key)
    }

    @Test func aReportIsReadAsItWasWritten() {
        let report = Self.report(Self.delivery(3, 2, 1, [Self.rejection]), generation: 7)
        #expect(DeliveryReport(Self.stored(report, by: "other")) == report)
    }

    /// Who does not tell, such as a replica of an earlier version, must not make its proxies count as lost.
    @Test func whoIsConnectedToOthersIsKnownIfAllOfThemTell() {
        let reports = Self.reports()
        #expect(reports.connected == [])
        var report = DeliveryReport()
        report.connected = [1, 2]
        _ = reports.put(Self.stored(report, by: "a"), now: Self.start)
        report.connected = [2, 3]
        _ = reports.put(Self.stored(report, by: "b"), now: Self.start)
        #expect(reports.connected == [1, 2, 3])
        var silent = Self.stored(report, by: "c")
        silent.value[path: "data", DeliveryReport.connectedKey] = nil
        _ = reports.put(silent, now: Self.start)
        #expect(reports.connected == nil)
        _ = reports.remove(silent.key)
        #expect(reports.connected == [1, 2, 3])
    }

    @Test(arguments: ["", "[1", "{\"meshes\": 3}", "{\"routes\": {\"a\": {\"acked\": -5, \"rejections\": 1}}}"])
    func whatCannotBeReadCountsForNothing(_ text: String) {
        var object = Self.stored(DeliveryReport(), by: "other")
        object.value[path: "data", DeliveryReport.dataKey] = .string(text)
        #expect(DeliveryReport(object).entries.values.allSatisfy { $0.delivery == ObjectDelivery() })
    }

    @Test func longMessagesAreCut() {
        let long = ObjectDelivery.Rejection(resource: "r", message: String(repeating: "x", count: 10_000))
        let read = DeliveryReport(Self.stored(Self.report(Self.delivery(0, 0, 1, [long])), by: "other"))
        let length = read.entries[.mesh("default")]?.delivery.rejections.first?.message.utf8.count ?? 0
        #expect((500...520).contains(length))
    }

    @Test func aReportGoesWithItsPod() {
        let object = DeliveryReporter.object(
            DeliveryReport(),
            of: .init(key: ObjectKey(namespace: "n", name: "r"), pod: ("swiftlet-0", UID("u"))),
            beat: 1
        )
        #expect(object[path: "metadata", "ownerReferences"]?.arrayValue?.first?["name"] == "swiftlet-0")
    }

    @Test func countsOfAllReplicasAreAdded() {
        let reports = Self.reports()
        let own = Self.delivery(5, 1)
        #expect(reports.total(.route("split"), generation: 1, own: own) == own)
        let changed = reports.put(Self.stored(Self.report(Self.delivery(3)), by: "a"), now: Self.start)
        #expect(changed == [.mesh("default"), .route("split")])
        _ = reports.put(Self.stored(Self.report(Self.delivery(1, 0, 2, [Self.rejection])), by: "b"), now: Self.start)
        let total = reports.total(.route("split"), generation: 1, own: own)
        #expect(total == Self.delivery(9, 1, 2, [Self.rejection]))
        #expect(reports.total(.route("other"), generation: 1, own: own) == own)
    }

    /// Proxies of a replica that has not come to the present object are on their way.
    @Test func whoTellsOfAnotherGenerationIsPending() {
        let reports = Self.reports()
        _ = reports.put(Self.stored(Self.report(Self.delivery(3, 0, 1, [Self.rejection])), by: "a"), now: Self.start)
        #expect(reports.total(.mesh("default"), generation: 2, own: Self.delivery(5)) == Self.delivery(5, 4))
    }

    @Test func ourOwnOldReportDoesNotCountTwice() {
        let reports = Self.reports()
        #expect(reports.put(Self.stored(Self.report(Self.delivery(3)), by: "we"), now: Self.start).isEmpty)
        #expect(reports.total(.mesh("default"), generation: 1, own: Self.delivery(3)) == Self.delivery(3))
    }

    @Test func aRepetitionIsNoNewsButKeepsTheReport() {
        let reports = Self.reports()
        let report = Self.report(Self.delivery(3))
        _ = reports.put(Self.stored(report, by: "a"), now: Self.start)
        let later = Self.start.advanced(by: .seconds(50))
        #expect(reports.put(Self.stored(report, by: "a", version: 2), now: later).isEmpty)
        #expect(reports.sweep(now: Self.start.advanced(by: .seconds(100))).reports.isEmpty)
    }

    /// A replica that is gone holds no object pending.
    @Test func aReportThatIsNotRepeatedOrGoneCountsNoLonger() {
        let reports = Self.reports()
        let stored = Self.stored(Self.report(Self.delivery(0, 3)), by: "a")
        _ = reports.put(stored, now: Self.start)
        #expect(reports.sweep(now: Self.start.advanced(by: .seconds(60))).reports.isEmpty)
        let dropped = reports.sweep(now: Self.start.advanced(by: .seconds(61)))
        #expect(dropped.reports == [stored.key])
        #expect(dropped.objects == [.mesh("default"), .route("split")])
        #expect(reports.total(.mesh("default"), generation: 1, own: Self.delivery(2)) == Self.delivery(2))
        _ = reports.put(stored, now: Self.start)
        #expect(reports.remove(stored.key) == [.mesh("default"), .route("split")])
        #expect(reports.total(.mesh("default"), generation: 1, own: Self.delivery(2)) == Self.delivery(2))
    }
}
