import JSON
import KubeApply
import KubeClient
import KubeModel

extension PlanExecutor {
    /// Performs an apply that the server refused because of what it would itself leave of structures that the intent gives up.
    ///
    /// This is for servers before 1.21, see ``GivenUpStructure``; it costs others nothing, as they do not refuse such an apply. The
    /// structures that the refusal names are removed by a JSON patch of the version that was read, under the same field manager, and the
    /// apply is sent again. Nothing is written unless the server accepts the rest of the intent. Pods are replaced twice in a row when the
    /// intent changes more of them than these structures.
    ///
    /// - Returns: the object afterwards. In a dry run, which cannot build one write on another, the answer to the intent with the
    ///   structures still in it, less these.
    /// - Throws: `refusal` when it is about something else, or any ``KubeError`` of the requests.
    func applyGivingUp(_ apply: PlannedAction.Apply, after refusal: KubeError) async throws(KubeError) -> DynamicObject
    {
        guard case .update(let uid) = apply.mode, let causes = refusal.status?.causes else { throw refusal }
        let live = DynamicObject(try await client.get(apply.resource, apply.intent.key))
        let structures = GivenUpStructure.all(in: live, by: apply.intent, manager: apply.manager)
            .filter { structure in causes.contains { structure.isMeant(by: $0.field) } }
        guard live.uid == uid, !structures.isEmpty else { throw refusal }

        var rest = apply
        rest.intent = structures.reduce(apply.intent) { $1.kept(in: $0) }
        let accepted = try await PlanExecutor(client: client, isDryRun: true).send(rest, as: DynamicObject.self)
        if isDryRun { return structures.reduce(accepted) { $1.removed(from: $0) } }

        // An old version is refused with a conflict; a failed `test` would look like an invalid object.
        let version = JSONPatchOperation.replace(
            path: "/metadata/resourceVersion",
            value: .string(live.resourceVersion.description)
        )
        _ = try await client.patch(
            apply.resource,
            apply.intent.key,
            .json([version] + structures.compactMap { $0.removal(from: live) }),
            options: WriteOptions(fieldManager: apply.manager)
        )
        return try await send(apply, as: DynamicObject.self)
    }
}
