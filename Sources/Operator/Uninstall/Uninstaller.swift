import JSON
import KubeClient
import KubeModel
import KubeRuntime
import SwiftletAPI

/// Removes the operator from a cluster, so that nothing that is left keeps the cluster from working.
///
/// Webhooks go first. An operator that runs needs them, or would register them again: it is refused to begin then, unless the operator is to go as well,
/// upon which webhooks are looked for once more when its last pod has gone. One that Helm installed is Helm's to remove: nothing is begun
/// then. Webhooks of an operator in another namespace are left to it. What is not there is no error. Claims are never removed.
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
        if scope.removesOperator, let command = try await helmUninstall() {
            throw Refusal(
                description:
                    "the operator was installed by Helm, which removes all of it: \(command). Run this again for what is left then"
            )
        }
        if !scope.removesOperator, let running = try await runningOperator() {
            throw Refusal(
                description: """
                    an operator is running (\(running.holder) holds the Lease \(running.lease)), which needs its webhooks or \
                    would register them again. Stop it first, such as by: kubectl -n \(scope.operatorNamespace) scale deployment \
                    -l \(UninstallScope.label)=swiftlet --replicas=0, or helm uninstall; or have it removed by --operator
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
            guard let configuration = try await find(resource, key) else { continue }
            if let place = Self.place(of: configuration), place != scope.operatorNamespace {
                tell("left \(resource.kind) \(key), which asks an operator in the namespace \(place)")
                continue
            }
            // Helm's too: while it takes its time, nobody answers.
            count += try await remove(resource, key)
        }
        return count
    }

    /// The namespace of the Service that a webhook configuration asks; `nil` when it asks none.
    private static func place(of configuration: JSONValue) -> String? {
        configuration["webhooks"]?.arrayValue?.lazy
            .compactMap { $0[path: "clientConfig", "service", "namespace"]?.stringValue }.first
    }

    private func removeOperator() async throws -> Int {
        var count = 0
        for resource in UninstallScope.operatorKinds {
            let namespace = resource.isNamespaced ? scope.operatorNamespace : nil
            for object in try await labelled(resource, namespace: namespace) {
                guard !isHelms(object) else {
                    tell("left \(resource.kind) \(object.key) to Helm: helm uninstall removes it")
                    continue
                }
                if resource == .secrets, !scope.removesCertificates, Self.holdsAuthority(object) {
                    tell(
                        "kept \(resource.kind) \(object.key), whose authority running sidecars trust: --certificates removes it"
                    )
                    continue
                }
                count += try await remove(resource, object.key)
            }
            if resource == .deployments, !isDryRun { try await waitForPods() }
        }
        return count
    }

    private static func holdsAuthority(_ secret: DynamicObject) -> Bool {
        let data = secret.value["data"]?.objectValue ?? [:]
        return data["ca.crt"]?.stringValue?.isEmpty == false
    }

    private func removeDefinitions() async throws -> Int {
        var count = 0
        for resource in UninstallScope.definitions {
            let name = "\(resource.plural).\(resource.group)"
            guard try await find(.customResourceDefinitions, ObjectKey(namespace: "", name: name)) != nil else {
                continue
            }
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

    /// Who leads at present, and by which Lease; `nil` when nobody has renewed one for as long as it lasts.
    private func runningOperator() async throws -> (holder: String, lease: ObjectKey)? {
        var unchanged = try await leases()
        // Clocks differ: a holder is alive if it renews while we look on.
        let longest = unchanged.values.map { min(max(Int($0.durationSeconds), 1), 60) }.max() ?? 0
        let deadline = time.now.advanced(by: .seconds(longest))
        while time.now < deadline, !unchanged.isEmpty {
            try await time.sleep(until: time.now.advanced(by: .milliseconds(500)))
            let next = try await leases()
            for (key, record) in next where unchanged[key] != nil && unchanged[key] != record {
                return (record.holder, key)
            }
            unchanged = unchanged.filter { next[$0.key] != nil }
        }
        return nil
    }

    /// The Leases that somebody holds: of operators by whatever name, and the one that was named.
    private func leases() async throws -> [ObjectKey: LeaseRecord] {
        let named = ObjectKey(namespace: scope.operatorNamespace, name: scope.leaseName)
        var objects = try await labelled(.leases, namespace: scope.operatorNamespace)
        if !objects.contains(where: { $0.key == named }), let value = try await find(.leases, named) {
            objects.append(DynamicObject(value))
        }
        return Dictionary(objects.map { ($0.key, LeaseRecord($0)) }) { first, _ in first }
            .filter { !$0.value.holder.isEmpty }
    }

    /// The command that removes the operator where Helm installed it.
    private func helmUninstall() async throws -> String? {
        let deployment = try await labelled(.deployments, namespace: scope.operatorNamespace).first(where: isHelms)
        guard let deployment else { return nil }
        let release = deployment.value[path: "metadata", "annotations", "meta.helm.sh/release-name"]?.stringValue
        return "helm uninstall \(release ?? deployment.name) -n \(scope.operatorNamespace) --wait"
    }

    private func isHelms(_ object: DynamicObject) -> Bool { object.labels["app.kubernetes.io/managed-by"] == "Helm" }

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

    /// `nil` when it is not there.
    private func find(_ resource: APIResource, _ key: ObjectKey) async throws -> JSONValue? {
        do {
            return try await client.get(resource, key)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }
}
