import JSON
import KubeModel
import KubeRuntime
import SwiftletAPI

/// How far the proxies of one replica have come with each object: what the replicas that stand by tell the one that leads, which writes the statuses.
struct DeliveryReport: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        /// Of the object that the counts are about.
        var generation: Int64
        var delivery: ObjectDelivery
    }

    /// Of objects that concern a proxy.
    var entries: [ProgrammedKey: Entry] = [:]
    /// Digests of the proxies that are connected to the replica; `nil` in a report of a version that does not tell.
    var connected: Set<UInt32>? = []
}

extension DeliveryReport {
    /// Where a report is in its ConfigMap, and by which label those are found.
    static let dataKey = "deliveries.json"
    static let connectedKey = "connected"
    static let beatKey = "beat"
    static let label = (key: "swiftlet.phys.app/report", value: "deliveries")

    /// Envoy's words are cut, so that many rejections fit into an object.
    private static let longestMessage = 512

    var json: JSONValue {
        func entries(_ name: (ProgrammedKey) -> String?) -> JSONValue {
            var result: [String: JSONValue] = [:]
            for (key, entry) in self.entries {
                guard let name = name(key) else { continue }
                let counts = entry.delivery.counts
                var value: JSONValue = [
                    "generation": .int(entry.generation), "acked": .int(Int64(counts.acked)),
                    "pending": .int(Int64(counts.pending)), "rejected": .int(Int64(counts.rejected)),
                ]
                if !entry.delivery.rejections.isEmpty {
                    value["rejections"] = .array(
                        entry.delivery.rejections.map {
                            let message = $0.message.prefix(bytes: Self.longestMessage)
                            return ["resource": .string($0.resource), "message": .string(message)]
                        }
                    )
                }
                result[name] = value
            }
            return .object(result)
        }
        return [
            "meshes": entries { if case .mesh(let name) = $0 { name } else { nil } },
            "routes": entries { if case .route(let name) = $0 { name } else { nil } },
        ]
    }

    /// What can be read of a ConfigMap; what cannot counts for nothing, as if the replica had no proxies.
    init(_ object: DynamicObject) {
        connected = object.value[path: "data", Self.connectedKey]?.stringValue.flatMap(ConnectedProxies.digests)
        guard let text = object.value[path: "data", Self.dataKey]?.stringValue else { return }
        let json: JSONValue
        do { json = try JSONValue(parsing: Array(text.utf8)) } catch { return }
        for (name, value) in json["meshes"]?.objectValue ?? [:] { entries[.mesh(name)] = Entry(value) }
        for (name, value) in json["routes"]?.objectValue ?? [:] { entries[.route(name)] = Entry(value) }
    }
}

extension DeliveryReport.Entry {
    fileprivate init(_ value: JSONValue) {
        func count(_ name: String) -> Int { Int(clamping: max(0, value[name]?.intValue ?? 0)) }
        generation = value["generation"]?.intValue ?? 0
        delivery = ObjectDelivery(
            counts: ProxyCounts(acked: count("acked"), pending: count("pending"), rejected: count("rejected")),
            rejections: (value["rejections"]?.arrayValue ?? []).map {
                ObjectDelivery.Rejection(
                    resource: $0["resource"]?.stringValue ?? "",
                    message: $0["message"]?.stringValue ?? ""
                )
            }
        )
    }
}

extension ObjectDelivery {
    /// This and what another replica tells of the same object.
    ///
    /// - Parameter generation: of the object as we know it. Who tells of another one has not come to it, or is ahead: its proxies are pending.
    func adding(_ entry: DeliveryReport.Entry, generation: Int64) -> ObjectDelivery {
        let theirs = entry.delivery.counts
        guard entry.generation == generation else {
            return ObjectDelivery(
                counts: ProxyCounts(
                    acked: counts.acked,
                    pending: counts.pending + theirs.acked + theirs.pending + theirs.rejected,
                    rejected: counts.rejected
                ),
                rejections: rejections
            )
        }
        let all = Set(rejections + entry.delivery.rejections)
        return ObjectDelivery(
            counts: ProxyCounts(
                acked: counts.acked + theirs.acked,
                pending: counts.pending + theirs.pending,
                rejected: counts.rejected + theirs.rejected
            ),
            // In order and no more than of one replica, so that a status that says the same is the same.
            rejections: Array(
                all.sorted { ($0.resource, $0.message) < ($1.resource, $1.message) }.prefix(DeliveryTally.limit)
            )
        )
    }
}
