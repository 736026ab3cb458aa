import JSON
import KubeApply
import KubeClient
import KubeModel

extension PlanExecutor {
    /// How often a correction is tried while others write the object: a Deployment's controller does so after every change.
    private static let corrections = 10

    /// Performs an apply whose merge leaves something to correct, see ``ApplyCorrection``, and corrects it by a JSON patch.
    ///
    /// The patch changes order and removes members, by which no field gets another owner. A Deployment does not roll out in between: it is
    /// paused by the apply, and goes on with the patch.
    ///
    /// - Returns: the object afterwards; in a dry run what it would be.
    /// - Throws: any ``KubeError`` of the requests; a conflict when others write the object all the time, or it is another one.
    func applyCorrecting(
        _ apply: PlannedAction.Apply,
        _ semantics: ApplySemantics
    ) async throws(KubeError) -> DynamicObject {
        if isDryRun { return ApplyCorrection.corrected(try await applyAlone(apply), by: apply.intent) }
        let live = DynamicObject(try await client.get(apply.resource, apply.intent.key))
        let merged = ApplyPrediction.merged(
            apply.intent,
            into: live,
            manager: apply.manager,
            semantics: semantics
        )
        var first = apply
        let isHeld = Self.rollsOutTwice(live, merged, ApplyCorrection.corrected(merged, by: apply.intent))
        if isHeld { first.intent.value[path: Self.paused] = true }
        var object = try await applyAlone(first)
        for attempt in 1...Self.corrections {
            var wanted = ApplyCorrection.corrected(object, by: apply.intent)
            if isHeld { wanted.value[path: Self.paused] = nil }
            let operations = JSONPatch.between(object.value, wanted.value)
            guard !operations.isEmpty else { break }
            // An old version is refused with a conflict; a failed `test` would look like an invalid object.
            let version = JSONPatchOperation.replace(
                path: "/metadata/resourceVersion",
                value: .string(object.resourceVersion.description)
            )
            do {
                return DynamicObject(
                    try await client.patch(
                        apply.resource,
                        apply.intent.key,
                        .json([version] + operations),
                        options: WriteOptions(fieldManager: apply.manager)
                    )
                )
            } catch  where error.isConflict && attempt < Self.corrections {
                let uid = object.uid
                object = DynamicObject(try await client.get(apply.resource, apply.intent.key))
                guard object.uid == uid else { throw error }
            }
        }
        return object
    }

    private static let paused = ["spec", "paused"]

    /// Whether pods would be made from what the apply leaves, only to be replaced at once.
    private static func rollsOutTwice(
        _ live: DynamicObject,
        _ merged: DynamicObject,
        _ corrected: DynamicObject
    ) -> Bool {
        guard live.groupVersionKind.groupKind == APIResource.deployments.groupKind, live.value[path: paused] != true
        else { return false }
        func template(_ object: DynamicObject) -> JSONValue? { object.value[path: "spec", "template"] }
        return template(merged) != template(live) && template(merged) != template(corrected)
    }
}
