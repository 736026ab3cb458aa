import JSON
import KubeModel
import SwiftletAPI

extension InstallDiagnosis {
    /// The CustomResourceDefinitions: in force, and those of this program. Missing ones are told by what the server serves.
    var definitions: [Doctor.Finding] {
        known.flatMap { definition in
            switch state.definitions[definition.name] {
            case nil, .absent: [Doctor.Finding]()
            case .unreadable(let why): [unseen("definition \(definition.name)", why)]
            case .found(let stored): examine(stored, definition.name, definition)
            }
        }
    }

    private func examine(_ stored: JSONValue, _ name: String, _ wanted: CustomResourceDefinition) -> [Doctor.Finding] {
        let subject = "definition \(name)"
        let conditions = stored[path: "status", "conditions"]?.arrayValue ?? []
        for type in ["NamesAccepted", "Established"] {
            guard let condition = conditions.first(where: { $0["type"] == .string(type) }),
                condition["status"] != "True"
            else { continue }
            return [
                problem(
                    subject,
                    "is not in force: \(condition["message"]?.stringValue ?? type)",
                    "see what is in the way: kubectl describe crd \(name)"
                )
            ]
        }
        let versions = stored[path: "spec", "versions"]?.arrayValue ?? []
        guard let version = versions.first(where: { $0["name"] == .string(wanted.resource.version) }),
            version["served"] == true
        else {
            return [
                problem(
                    subject,
                    "does not serve \(wanted.resource.version), which this program speaks",
                    Self.applyDefinitions
                )
            ]
        }
        let schema = wanted.json[path: "spec", "versions"]?[0]?["schema"]
        guard version["schema"] == schema else {
            return [
                warning(
                    subject,
                    "is not of this version of swiftlet: fields may be missing, or be unknown to the operator",
                    Self.applyDefinitions
                )
            ]
        }
        return [ok(subject, "is in force, and of this version")]
    }

    private static let applyDefinitions =
        "apply those of this version: swiftlet crds | kubectl apply --server-side --force-conflicts -f -"
}
