import JSON
import KubeApply
import KubeClient
import KubeModel

extension PlanExecutor {
    /// Gives an object back that was there when it was to be created.
    ///
    /// A creation is an apply without force, so a foreign object that disagrees in any field refuses it. One that appeared in the same
    /// moment and agrees in all of them would become ours; the server tells that by 200 instead of 201. Applying nothing under the same
    /// field manager takes away exactly what the apply added, labels and owner reference included, and leaves what its owner set.
    ///
    /// Why a creation is no `POST`, which could not hit a foreign object at all: what is created so belongs to the manager's updates, and
    /// later applies of the same manager never remove it (measured on 1.20, and the rule since). An apply cannot be told that there must be
    /// no object: `resourceVersion` 0 means any version, others are refused where there is none, and so are uids.
    ///
    /// - Throws: ``KubeError`` that is a conflict when the object was foreign; that of a request.
    func giveBack(_ apply: PlannedAction.Apply, _ uid: UID) async throws(KubeError) {
        let live = DynamicObject(try await client.get(apply.resource, apply.intent.key))
        // Nobody else has said what it should be: the request was sent twice, as happens when a connection dies, and this is our own.
        let others = ManagedFields(ofAllBut: apply.manager, in: live)
        guard live.uid == uid, others.root.parts[.field("spec")] != nil else { return }
        var nothing = apply
        nothing.mode = .update(uid)
        nothing.intent = DynamicObject([
            "apiVersion": .string(apply.resource.apiVersion), "kind": .string(apply.resource.kind),
            "metadata": ["name": .string(apply.intent.name), "namespace": .string(apply.intent.namespace)],
        ])
        _ = try await self.apply(nothing)
        let message = "somebody else created an object of this name in the same moment; it was left to them"
        throw KubeError(
            .status(KubeStatus(code: 409, reason: "Conflict", message: message)),
            verb: "apply",
            subject: "\(apply.resource) \(apply.intent.key)",
            message: message
        )
    }
}
