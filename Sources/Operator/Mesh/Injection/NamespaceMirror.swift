import JSON
import KubeModel

/// Mirrors the annotation by which a namespace asks for sidecars into the label of the same key.
///
/// Kuma 1.x knows the annotation, Kuma 2.x the label, and the selectors of webhooks see labels only: with the label in place, the webhook
/// that fails closed covers the namespace, and no pod of it comes up without a sidecar unnoticed.
///
/// The label is written by server-side apply, with a mark beside it that tells it from a person's own: an annotation that goes takes the
/// label with it, a person's label is never touched.
enum NamespaceMirror {
    /// Field manager of the label and the mark.
    static let manager = "swiftlet-injection"
    static let key = "kuma.io/sidecar-injection"
    /// On namespaces whose label is ours.
    static let mark = "swiftlet.phys.app/mirrored-injection"

    /// What to apply; `nil` when everything is as it should be.
    static func intent(for namespace: Namespace) -> JSONValue? {
        guard !namespace.isTerminating else { return nil }
        let isOurs = namespace.annotations[mark] != nil
        let label = namespace.labels[key]
        // A label that bears no mark is a person's, who then decides.
        guard isOurs || label == nil else { return nil }
        let wanted = namespace.annotations[key].flatMap(normalized)
        guard wanted != (isOurs ? label : nil) else { return nil }
        return object(namespace, wanted: wanted)
    }

    private static func object(_ namespace: Namespace, wanted: String?) -> JSONValue {
        .compact([
            "apiVersion": .string(APIResource.namespaces.apiVersion),
            "kind": .string(APIResource.namespaces.kind),
            "metadata": .compact([
                "name": .string(namespace.name),
                // An apply without it makes a namespace again that has just gone.
                "uid": .string(namespace.uid.description),
                "labels": wanted.map { [key: .string($0)] },
                "annotations": wanted.map { _ in [mark: "true"] },
            ]),
        ])
    }

    /// As the selectors know it; `nil` for a value that means nothing, which the webhook then explains.
    private static func normalized(_ value: String) -> String? {
        switch value {
        case "enabled", "true", "yes": "enabled"
        case "disabled", "false", "no": "disabled"
        default: nil
        }
    }
}
