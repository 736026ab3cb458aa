import JSON
import KubeApply
import KubeClient
import KubeModel

/// Performs plans against a cluster: the one place where this operator writes objects that are planned.
package struct PlanExecutor: Sendable {
    private let client: KubeClient
    /// Whether the server is asked to work everything out and to store nothing.
    private let isDryRun: Bool

    package init(client: KubeClient, isDryRun: Bool = false) {
        self.client = client
        self.isDryRun = isDryRun
    }

    /// Performs one action.
    ///
    /// - Returns: the object as the server has it afterwards; `nil` after a deletion.
    /// - Throws: ``KubeError``. A conflict means that another object than the planned one is there: plan anew.
    @discardableResult
    package func perform(_ action: PlannedAction) async throws(KubeError) -> DynamicObject? {
        switch action {
        case .apply(let apply):
            return DynamicObject(try await client.apply(apply.resource, body(of: apply), options: options(of: apply)))
        case .applyStatus(let apply):
            let value = try await client.apply(
                apply.resource,
                body(of: apply),
                options: options(of: apply),
                subresource: "status"
            )
            return DynamicObject(value)
        case .delete(let deletion):
            try await delete(deletion)
            return nil
        }
    }

    /// Performs one action and reads no more of the answer than its version.
    ///
    /// - Returns: the version that the write led to; `nil` after a deletion.
    /// - Throws: ``KubeError``, as ``perform(_:)``.
    package func write(_ action: PlannedAction) async throws(KubeError) -> ResourceVersion? {
        switch action {
        case .apply(let apply): return try await write(apply, subresource: nil)
        case .applyStatus(let apply): return try await write(apply, subresource: "status")
        case .delete(let deletion):
            try await delete(deletion)
            return nil
        }
    }

    private func write(_ apply: PlannedAction.Apply, subresource: String?) async throws(KubeError) -> ResourceVersion {
        let object = try await client.patch(
            apply.resource,
            apply.intent.key,
            .apply(body(of: apply)),
            options: options(of: apply),
            subresource: subresource,
            as: ObjectMetaProjection.self
        )
        return object.resourceVersion
    }

    /// Gone already is as good as deleted.
    private func delete(_ deletion: PlannedAction.Deletion) async throws(KubeError) {
        do {
            try await client.delete(
                deletion.resource,
                deletion.key,
                options: DeleteOptions(uid: deletion.uid, propagationPolicy: .background, dryRun: isDryRun)
            )
        } catch  where error.isNotFound {
        }
    }

    /// The uid makes the server refuse to apply to another object than the one that was planned for.
    private func body(of apply: PlannedAction.Apply) -> JSONValue {
        var body = apply.intent.value
        if case .update(let uid) = apply.mode { body[path: "metadata", "uid"] = .string(uid.description) }
        return body
    }

    /// Fields are taken from others only on objects that are known to be ours.
    private func options(of apply: PlannedAction.Apply) -> WriteOptions {
        WriteOptions(fieldManager: apply.manager, force: apply.mode != .create, dryRun: isDryRun)
    }
}
