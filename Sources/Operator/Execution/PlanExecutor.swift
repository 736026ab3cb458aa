import JSON
import KubeApply
import KubeClient
import KubeModel

/// Performs plans against a cluster: the one place where this operator writes objects that are planned.
package struct PlanExecutor: Sendable {
    let client: KubeClient
    /// Whether the server is asked to work everything out and to store nothing.
    let isDryRun: Bool

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
            return try await self.apply(apply)
        case .applyStatus(let apply):
            return try await send(apply, subresource: "status", as: DynamicObject.self)
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
        case .apply(let apply):
            return try await write(apply)
        case .applyStatus(let apply):
            return try await send(apply, subresource: "status", as: ObjectMetaProjection.self).resourceVersion
        case .delete(let deletion):
            try await delete(deletion)
            return nil
        }
    }

    func apply(_ apply: PlannedAction.Apply) async throws(KubeError) -> DynamicObject {
        if let semantics = apply.correcting { return try await applyCorrecting(apply, semantics) }
        return try await applyAlone(apply)
    }

    /// The apply without ``ApplyCorrection``.
    func applyAlone(_ apply: PlannedAction.Apply) async throws(KubeError) -> DynamicObject {
        do {
            return try await send(apply, as: DynamicObject.self)
        } catch  where error.isInvalid {
            return try await applyGivingUp(apply, after: error)
        }
    }

    private func write(_ apply: PlannedAction.Apply) async throws(KubeError) -> ResourceVersion {
        if apply.correcting != nil { return try await self.apply(apply).resourceVersion }
        do {
            return try await send(apply, as: ObjectMetaProjection.self).resourceVersion
        } catch  where error.isInvalid {
            return try await applyGivingUp(apply, after: error).resourceVersion
        }
    }

    /// One server-side apply.
    func send<Object: WireObject>(
        _ apply: PlannedAction.Apply,
        subresource: String? = nil,
        as type: Object.Type
    ) async throws(KubeError) -> Object {
        let applied = try await client.apply(
            apply.resource,
            body(of: apply),
            options: options(of: apply),
            subresource: subresource,
            as: type
        )
        if apply.mode == .create, !applied.isNew, !isDryRun { try await giveBack(apply, applied.object.uid) }
        return applied.object
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
