import JSON
import KubeClient
import KubeModel
import KubeTransport
import Synchronization

/// Where the lease is: the API server, or something scripted in tests.
package protocol LeaseStorage: Sendable {
    /// What errors and logs call it.
    var description: String { get }

    /// - Returns: `nil` when there is no lease.
    func read() async throws(KubeError) -> LeaseState?

    /// Writes the record if the lease still is as `base`, or if there is none and `base` is `nil`.
    ///
    /// - Throws: ``KubeError``; see ``KubeError/isLeaseConflict(replacing:)``.
    func write(_ record: LeaseRecord, replacing base: LeaseState?) async throws(KubeError) -> LeaseState
}

extension KubeError {
    /// Whether the lease is no longer what was to be replaced, and nothing else is wrong.
    func isLeaseConflict(replacing base: LeaseState?) -> Bool {
        base == nil ? isAlreadyExists : isConflict || isNotFound
    }
}

/// A Lease of `coordination.k8s.io`.
///
/// Goes round the fence, which it is what opens, and through a lane of its own, so that no queue of writes delays a renewal. Keeps labels, annotations and other
/// fields that people gave the Lease. Needs `get`, `create` and `update`; `list` and `watch` to be told of a release at once.
package final class KubeLeaseStorage: LeaseStorage {
    private let client: KubeClient
    private let key: ObjectKey
    private let labels: [String: String]
    /// As it was seen last.
    private let known = Mutex<DynamicObject?>(nil)

    package init(client: KubeClient, key: ObjectKey, labels: [String: String] = [:]) {
        self.client = client.unfenced
        self.key = key
        self.labels = labels
    }

    package var description: String { "Lease \(key)" }

    package func read() async throws(KubeError) -> LeaseState? {
        do {
            return note(try await client.value(of: request("GET", key, verb: "get")))
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    package func write(_ record: LeaseRecord, replacing base: LeaseState?) async throws(KubeError) -> LeaseState {
        var request = request(
            base == nil ? "POST" : "PUT",
            base == nil ? nil : key,
            verb: base == nil ? "create" : "update"
        )
        request.subject = "\(APIResource.leases) \(key)"
        request.body = object(record, base)
        return note(try await client.value(of: request))
    }

    /// Takes in what a watch showed.
    package func note(_ object: DynamicObject) -> LeaseState {
        known.withLock { known in
            if known.map({ $0.resourceVersion < object.resourceVersion }) ?? true { known = object }
        }
        return LeaseState(record: LeaseRecord(object), version: object.resourceVersion)
    }

    private func note(_ value: JSONValue) -> LeaseState { note(DynamicObject(value)) }

    private func request(_ method: String, _ key: ObjectKey?, verb: String) -> KubeRequest {
        var request = KubeRequest(method, .leases, key, namespace: self.key.namespace, verb: verb)
        request.lane = .reserved
        return request
    }

    private func object(_ record: LeaseRecord, _ base: LeaseState?) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": .string(APIResource.leases.apiVersion), "kind": .string(APIResource.leases.kind),
            "metadata": ["namespace": .string(key.namespace), "name": .string(key.name)], "spec": [:],
        ]
        if let base {
            object[path: "metadata", "resourceVersion"] = .string(base.version.description)
            if let known = known.withLock({ $0 }), known.resourceVersion == base.version { object = known.value }
            object[path: "metadata", "managedFields"] = nil
        } else if !labels.isEmpty {
            object[path: "metadata", "labels"] = .strings(labels)
        }
        for (field, value) in record.spec { object[path: "spec", field] = value }
        return object
    }
}
