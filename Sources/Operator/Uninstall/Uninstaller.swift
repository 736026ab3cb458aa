import JSON
import KubeClient
import KubeModel
import KubeRuntime
import SwiftletAPI

/// Removes the operator from a cluster, so that nothing that is left keeps the cluster from working.
///
/// Webhooks go first. An operator that runs would register them again: it is refused to begin then, unless the operator is to go as well,
/// upon which webhooks are looked for once more when its last pod has gone. What is not there is no error, and what is Helm's to remove is
/// left to Helm. Claims are never removed.
package struct Uninstaller: Sendable {
    private let client: KubeClient
    private let scope: UninstallScope
    private let isDryRun: Bool
    private let time: TimeSource
    /// Told of each thing that was, or would be, done.
    private let tell: @Sendable (String) -> Void

    package init(
        client: KubeClient,
        scope: UninstallScope,
        isDryRun: Bool,
        time: TimeSource = .system,
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.client = client
        self.scope = scope
        self.isDryRun = isDryRun
        self.time = time
        self.tell = tell
    }

    /// Why nothing was done, or not all.
    package struct Refusal: Error, CustomStringConvertible {
        package var description: String
    }

    /// - Throws: ``Refusal``, ``KubeError``.
    package func run() async throws {
        if !scope.removesOperator, let holder = try await runningOperator() {
            throw Refusal(
                description: """
                    an operator is running (\(holder) holds the Lease \(scope.operatorNamespace)/\(scope.leaseName)) and would register its \
                    webhooks again. Stop it first, such as by: kubectl -n \(scope.operatorNamespace) scale deployment swiftlet --replicas=0, \
                    or helm uninstall; or have it removed by --operator
                    """
            )
        }
        var count = try await removeWebhooks()
        if scope.removesOperator {
            count += try await removeOperator()
            // It may have registered them until its end.
            if !isDryRun { count += try await removeWebhooks() }
        }
        if scope.removesDefinitions { count += try await removeDefinitions() }
        tell(count == 0 ? "nothing of Swiftlet is left to remove" : "\(count) \(isDryRun ? "to remove" : "removed")")
    }

    // MARK: - Parts

    private func removeWebhooks() async throws -> Int {
        var count = 0
        for (resource, name) in scope.webhooks {
            let key = ObjectKey(namespace: "", name: name)
            // Helm's too: while it takes its time, nobody answers.
            if try await isThere(resource, key) { count += try await remove(resource, key) }
        }
        return count
    }

    private func removeOperator() async throws -> Int {
        var count = 0
        for resource in UninstallScope.operatorKinds {
            let namespace = resource.isNamespaced ? scope.operatorNamespace : nil
            for object in try await labelled(resource, namespace: namespace) {
                guard object.labels["app.kubernetes.io/managed-by"] != "Helm" else {
                    tell("left \(resource.kind) \(object.key) to Helm: helm uninstall removes it")
                    continue
                }
                count += try await remove(resource, object.key)
            }
            if resource == .deployments, !isDryRun { try await waitForPods() }
        }
        return count
    }

    private func removeDefinitions() async throws -> Int {
        var count = 0
        for resource in UninstallScope.definitions {
            let name = "\(resource.plural).\(resource.group)"
            guard try await isThere(.customResourceDefinitions, ObjectKey(namespace: "", name: name)) else { continue }
            let objects = try await list(resource, namespace: nil, matching: LabelSelector()).count
            if objects > 0 { tell("with \(name) \(isDryRun ? "go" : "went") \(objects) \(resource.kind) objects") }
            count += try await remove(.customResourceDefinitions, ObjectKey(namespace: "", name: name))
        }
        return count
    }

    /// - Returns: how many were removed.
    private func remove(_ resource: APIResource, _ key: ObjectKey) async throws -> Int {
        let subject = "\(resource.kind) \(key)"
        guard !isDryRun else {
            tell("would delete \(subject)")
            return 1
        }
        do {
            try await client.delete(resource, key, options: DeleteOptions(propagationPolicy: .background))
        } catch {
            // Somebody else was faster.
            guard error.isNotFound else { throw error }
            return 0
        }
        tell("deleted \(subject)")
        return 1
    }

    // MARK: - What is there

    /// Who leads at present; `nil` when nobody has renewed the Lease for as long as it lasts.
    private func runningOperator() async throws -> String? {
        let key = ObjectKey(namespace: scope.operatorNamespace, name: scope.leaseName)
        guard let first = try await lease(key), !first.holder.isEmpty else { return nil }
        // Clocks differ: a holder is alive if it renews while we look on.
        let deadline = time.now.advanced(by: .seconds(min(max(Int(first.durationSeconds), 1), 60)))
        while time.now < deadline {
            try await time.sleep(until: time.now.advanced(by: .milliseconds(500)))
            guard let next = try await lease(key), !next.holder.isEmpty else { return nil }
            if next != first { return next.holder }
        }
        return nil
    }

    private func lease(_ key: ObjectKey) async throws -> LeaseRecord? {
        do {
            return LeaseRecord(DynamicObject(try await client.get(.leases, key)))
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    /// Pods that are ending may still write.
    private func waitForPods() async throws {
        let deadline = time.now.advanced(by: .seconds(120))
        while true {
            let pods = try await labelled(.pods, namespace: scope.operatorNamespace)
            guard !pods.isEmpty else { return }
            guard time.now < deadline else {
                let names = pods.map(\.name).joined(separator: ", ")
                throw Refusal(
                    description: "pods of the operator do not end: \(names). Look at them, and run this again"
                )
            }
            try await time.sleep(until: time.now.advanced(by: .milliseconds(500)))
        }
    }

    private func labelled(_ resource: APIResource, namespace: String?) async throws -> [DynamicObject] {
        try await list(resource, namespace: namespace, matching: UninstallScope.selector)
    }

    /// Nothing of a kind that is not served.
    private func list(
        _ resource: APIResource,
        namespace: String?,
        matching selector: LabelSelector
    ) async throws -> [DynamicObject] {
        var objects: [DynamicObject] = []
        let options = ListOptions(namespace: namespace, labelSelector: selector)
        do {
            _ = try await client.list(resource, as: DynamicObject.self, options: options) { item in
                objects.append(try item.get())
            }
        } catch let error as KubeError where error.isNotFound {
            return []
        }
        return objects.sorted { $0.key < $1.key }
    }

    private func isThere(_ resource: APIResource, _ key: ObjectKey) async throws -> Bool {
        do {
            _ = try await client.get(resource, key)
            return true
        } catch {
            guard error.isNotFound else { throw error }
            return false
        }
    }
}
