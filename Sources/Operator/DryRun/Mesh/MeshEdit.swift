import JSON
import KubeModel
import SwiftletAPI

/// A Mesh or a TrafficRoute as it is, and as it would be.
struct MeshEdit {
    let resource: APIResource
    let key: ObjectKey
    let before: DynamicObject?
    /// `nil` when it is to be deleted.
    let after: DynamicObject?

    /// `nil` when nothing that a person could see is different.
    var change: PlannedChange? {
        guard !isSame else { return nil }
        let (verb, reason): (PlannedChange.Verb, String) =
            before == nil
            ? (.create, "it is not there yet")
            : after == nil ? (.delete, "asked for") : (.change, "it differs from the manifest")
        return PlannedChange(verb, resource, key, reason: reason, before: shown(before), after: shown(after))
    }

    /// What the mesh is to be told.
    ///
    /// - Throws: what reading a Mesh or a TrafficRoute throws.
    var input: MeshInput {
        get throws {
            guard let after else { return resource == Mesh.resource ? .meshGone(key.name) : .routeGone(key.name) }
            return resource == Mesh.resource
                ? .mesh(try Mesh(after.value)) : .route(try TrafficRoute(after.value))
        }
    }

    /// Whether both mean the same, however they are written: what is left out of one may be a default in the other.
    private var isSame: Bool {
        guard let before, let after else { return before == nil && after == nil }
        guard before.labels == after.labels, shown(before)?.annotations == shown(after)?.annotations else {
            return false
        }
        do {
            if resource == Mesh.resource {
                let (old, new) = (try Mesh(before.value), try Mesh(after.value))
                return old.spec == new.spec && old.unreadable == new.unreadable
            }
            let (old, new) = (try TrafficRoute(before.value), try TrafficRoute(after.value))
            return old.spec == new.spec && old.mesh == new.mesh && old.unreadable == new.unreadable
        } catch {
            return false
        }
    }

    /// Without what kubectl keeps for itself, which repeats the whole object.
    private func shown(_ object: DynamicObject?) -> DynamicObject? {
        guard var object else { return nil }
        object.value[path: "metadata", "annotations", Self.lastApplied] = nil
        if object.annotations.isEmpty { object.value[path: "metadata", "annotations"] = nil }
        return object
    }

    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
}

extension MeshEdit {
    /// What applying a manifest makes of an object: labels and annotations are added to those that are there, all else is the manifest's.
    static func applied(_ manifest: DynamicObject, to live: DynamicObject?) -> DynamicObject {
        guard let live else {
            var object = manifest
            object.value["status"] = nil
            return object
        }
        var object = live
        object.value["apiVersion"] = manifest.value["apiVersion"]
        object.value["kind"] = manifest.value["kind"]
        object.value["spec"] = manifest.value["spec"]
        if let mesh = manifest.value["mesh"] {
            object.value["mesh"] = mesh
        } else if live.value["mesh"] != nil {
            object.value["mesh"] = .string(Mesh.defaultName)
        }
        for (name, given) in [("labels", manifest.labels), ("annotations", manifest.annotations)] where !given.isEmpty {
            let present = name == "labels" ? live.labels : live.annotations
            object.value[path: "metadata", name] = .strings(present.merging(given) { $1 })
        }
        return object
    }
}
