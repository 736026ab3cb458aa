import CoreMetrics
import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import Testing

@Suite(.timeLimit(.minutes(10)))
struct EventRecorderTests {
    private final class Sink: EventSink {
        let written = Locked<[String]>([])
        let objects = Locked<[JSONValue]>([])
        let failures: Locked<[Int]>
        /// Whether nothing is answered until the caller gives up.
        let hangs = Locked(false)
        init(failures: [Int] = []) { self.failures = Locked(failures) }

        private func answer(_ what: String) throws(KubeError) {
            written.change { $0.append(what) }
            if let code = failures.change({ $0.isEmpty ? nil : $0.removeFirst() }) {
                let reason = [409: "AlreadyExists", 422: "Invalid"][code] ?? ""
                let status = KubeStatus(code: code, reason: reason, message: "no")
                throw KubeError(.status(status), verb: "create", subject: "events", message: "no")
            }
        }

        func create(_ object: JSONValue) async throws(KubeError) {
            objects.change { $0.append(object) }
            if hangs.value {
                written.change { $0.append("hang") }
                _ = await ObservedValue(false).wait(until: nil, time: .system) { $0 }
                throw KubeError(.cancelled, verb: "create", subject: "events", message: "given up")
            }
            try answer("create \(object[path: "series", "count"]?.intValue ?? 1)")
        }

        func patch(_ key: ObjectKey, _ patch: Patch) async throws(KubeError) {
            try answer("patch \(patch.body[path: "series", "count"]?.intValue ?? 0)")
        }
    }

    private let time = VirtualTime()
    private let registry = PrometheusRegistry()

    private func recorder(_ sink: Sink, options: EventOptions = EventOptions()) -> EventRecorder {
        EventRecorder(
            sink: sink,
            reporter: EventReporter(controller: "phys.app/swiftlet", instance: "pod-1"),
            options: options,
            time: time.source,
            metrics: registry,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    private func report(namespace: String = "test", name: String = "web", note: String = "done") -> EventReport {
        let subject = EventSubject(
            kind: GroupVersionKind(group: "web.phys.app", version: "v1alpha1", kind: "WebServer"),
            key: ObjectKey(namespace: namespace, name: name),
            uid: UID("u")
        )
        return EventReport(subject, .warning, reason: "NameConflict", action: "Apply", note: note)
    }

    /// Writes what was reported, to its end.
    private func flush(_ recorder: EventRecorder) async {
        recorder.shutDown()
        await recorder.run()
    }

    @Test func anEventHasWhatTheAPIAsksFor() async throws {
        let sink = Sink()
        let recorder = recorder(sink)
        recorder.report(report(note: String(repeating: "ü", count: 600)))
        await flush(recorder)
        let object = try #require(sink.objects.value.first)
        #expect(object["apiVersion"] == "events.k8s.io/v1" && object["kind"] == "Event")
        #expect(object[path: "metadata", "namespace"] == "test")
        #expect(object["eventTime"] == "2027-01-15T08:00:00.000000Z")
        #expect(object["type"] == "Warning" && object["reason"] == "NameConflict" && object["action"] == "Apply")
        #expect(object["reportingController"] == "phys.app/swiftlet" && object["reportingInstance"] == "pod-1")
        #expect(object["note"]?.stringValue?.utf8.count == 1024)
        #expect(object["regarding"]?["kind"] == "WebServer" && object["regarding"]?["uid"] == "u")
        #expect(object["series"] == nil)
    }

    @Test func eventsOfClusterScopedObjectsAreKeptInDefault() async throws {
        let sink = Sink()
        let recorder = recorder(sink)
        recorder.report(report(namespace: ""))
        await flush(recorder)
        let object = try #require(sink.objects.value.first)
        #expect(object[path: "metadata", "namespace"] == "default")
        #expect(object[path: "regarding", "namespace"] == nil)
    }

    @Test func whereDefaultIsRefusedTheyAreKeptInKubeSystem() async throws {
        let sink = Sink(failures: [422])
        let recorder = recorder(sink)
        recorder.report(report(namespace: ""))
        recorder.report(report(namespace: "", name: "other"))
        recorder.report(report(namespace: "shop"))
        await flush(recorder)
        let namespaces = sink.objects.value.map { $0[path: "metadata", "namespace"]?.stringValue }
        #expect(namespaces == ["default", "kube-system", "kube-system", "shop"])
        #expect(registry.value("events_dropped_total{reason=\"write_failed\"}") == 0)
    }

    @Test func anInvalidEventOfANamespaceIsNotTriedElsewhere() async throws {
        let sink = Sink(failures: [422])
        let recorder = recorder(sink)
        recorder.report(report(namespace: "shop"))
        await flush(recorder)
        #expect(sink.objects.value.count == 1)
        #expect(registry.value("events_dropped_total{reason=\"write_failed\"}") == 1)
    }

    @Test func repetitionsBecomeASeries() async {
        let sink = Sink()
        let recorder = recorder(sink)
        for _ in 0..<5 { recorder.report(report()) }
        await flush(recorder)
        #expect(sink.written.value == ["create 1", "patch 2"])
    }

    @Test func aSeriesWhoseEventIsGoneGoesOnInANewOne() async {
        let sink = Sink(failures: [409, 404])
        let recorder = recorder(sink)
        for _ in 0..<2 { recorder.report(report()) }
        await flush(recorder)
        #expect(sink.written.value == ["create 1", "patch 2", "create 2"])
    }

    @Test func aBusyServerIsAskedAgainAndARefusalIsFinal() async {
        let sink = Sink(failures: [503, 429, 500])
        let first = recorder(sink)
        first.report(report())
        let running = Task { await first.run() }
        #expect(await time.advance { sink.written.value.count == 4 })
        first.shutDown()
        await running.value

        let refusing = Sink(failures: [403])
        let second = recorder(refusing)
        second.report(report())
        await flush(second)
        #expect(refusing.written.value.count == 1)
        #expect(registry.value("events_dropped_total{reason=\"write_failed\"}") == 1)
    }

    /// Others wait for its end, such as whoever is to lead next.
    @Test func afterAShutdownABusyServerIsNotAskedAgain() async {
        let sink = Sink(failures: [503, 503, 503])
        let recorder = recorder(sink)
        for index in 0..<10 { recorder.report(report(name: "n\(index)")) }
        await flush(recorder)
        #expect(sink.written.value.count == 1)
        #expect(registry.value("events_dropped_total{reason=\"write_failed\"}") == 10)
    }

    @Test func aShutdownEndsAWaitForABusyServer() async {
        let sink = Sink(failures: [503])
        let recorder = recorder(sink)
        recorder.report(report())
        let running = Task { await recorder.run() }
        #expect(await eventually { sink.written.value.count == 1 })
        recorder.shutDown()
        await running.value
        #expect(sink.written.value.count == 2)
    }

    @Test func afterAShutdownAServerThatDoesNotAnswerIsGivenUp() async {
        let sink = Sink()
        sink.hangs.change { $0 = true }
        let recorder = recorder(sink)
        for index in 0..<10 { recorder.report(report(name: "n\(index)")) }
        recorder.shutDown()
        let running = Task { await recorder.run() }
        #expect(await time.hasSleepers(1))
        time.advance(by: .seconds(5))
        await running.value
        #expect(sink.written.value.count == 1)
        #expect(registry.value("events_dropped_total{reason=\"write_failed\"}") == 10)
    }

    @Test func reportingNeverWaitsAndWhatIsTooMuchIsCounted() async {
        let sink = Sink()
        var options = EventOptions()
        options.maximumQueue = 10
        let recorder = recorder(sink, options: options)
        for index in 0..<15 { recorder.report(report(name: "n\(index)")) }
        await flush(recorder)
        #expect(sink.written.value.count == 10)
        #expect(registry.value("events_dropped_total{reason=\"queue_full\"}") == 5)
    }

    @Test func theLastCountOfASeriesIsWrittenWhenItEnds() async {
        let sink = Sink()
        let recorder = recorder(sink)
        for _ in 0..<5 { recorder.report(report()) }
        let running = Task { await recorder.run() }
        #expect(await time.advance { sink.written.value.count == 3 })
        #expect(sink.written.value == ["create 1", "patch 2", "patch 5"])
        // Once everything is written there is nothing left to wake up for.
        let clock = time
        #expect(await time.advance { clock.sleepers == 0 })
        recorder.shutDown()
        await running.value
    }
}
