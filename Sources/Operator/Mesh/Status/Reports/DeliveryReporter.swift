import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import ServiceLifecycle
import XDS

/// Tells the replica that leads how far the proxies of this one have come, while this one stands by.
///
/// Written round the fence, into a ConfigMap that is this replica's alone: `swiftlet-deliveries-` and its name. At most once a second, when something changed;
/// and again after ``beat``, so that whoever leads sees that we are there. A replica that never had a proxy writes nothing.
struct DeliveryReporter: Service {
    /// As what a replica reports.
    struct Identity: Sendable {
        /// Of the ConfigMap.
        var key: ObjectKey
        /// The pod that the report goes with; `nil` where there is none.
        var pod: (name: String, uid: UID)?
    }

    static let beat = Duration.seconds(20)
    static let manager = "swiftlet-deliveries"

    let client: KubeClient
    let identity: Identity
    let hub: ProxyHub
    /// Whether this replica leads, and so has nothing to tell.
    let leads: @Sendable () -> Bool
    let report: @Sendable () -> DeliveryReport
    let time: TimeSource
    let logger: Logger
    var pace = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var written: (report: DeliveryReport, at: TimeSource.Instant)?
            var revision: UInt64 = 0
            var beats = 0
            while !Task.isCancelled {
                // Not only proxies move the counts, so look now and then.
                let look = time.now.advanced(by: pace * 2)
                _ = await hub.deliveryRevision(after: revision, until: look, time: time)
                do { try await time.sleep(until: time.now.advanced(by: pace)) } catch { return }
                revision = hub.deliveryRevision
                guard !leads() else {
                    written = nil
                    continue
                }
                guard written != nil || !hub.connected.isEmpty else { continue }
                let report = self.report()
                if let written, written.report == report,
                    report.entries.isEmpty || written.at.duration(to: time.now) < Self.beat
                {
                    continue
                }
                guard written != nil || !report.entries.isEmpty else { continue }
                beats += 1
                if await write(report, beat: beats) { written = (report, time.now) }
            }
        }
    }

    private func write(_ report: DeliveryReport, beat: Int) async -> Bool {
        do {
            _ = try await client.unfenced.apply(
                .configMaps,
                Self.object(report, of: identity, beat: beat),
                options: WriteOptions(fieldManager: Self.manager, force: true)
            )
            return true
        } catch {
            if !error.isCancelled {
                logger.warning(
                    "cannot tell the leading replica of this one's proxies",
                    metadata: ["configmap": "\(identity.key)", "error": "\(error)"]
                )
            }
            return false
        }
    }

    static func object(_ report: DeliveryReport, of identity: Identity, beat: Int) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "namespace": .string(identity.key.namespace), "name": .string(identity.key.name),
                "labels": [
                    "app.kubernetes.io/name": "swiftlet",
                    DeliveryReport.label.key: .string(DeliveryReport.label.value),
                ],
            ],
            "data": [
                DeliveryReport.dataKey: .string(report.json.encodedText()),
                DeliveryReport.connectedKey: .string(ConnectedProxies.text(report.connected ?? [])),
                // Differs from time to time, or else the server would not take note of a repetition.
                DeliveryReport.beatKey: .string(String(beat)),
            ],
        ]
        if let pod = identity.pod {
            object[path: "metadata", "ownerReferences"] = [
                [
                    "apiVersion": "v1", "kind": "Pod", "name": .string(pod.name),
                    "uid": .string(pod.uid.description),
                ]
            ]
        }
        return object
    }
}
