import Dataplanes
import Injection
import JSON
import KubeModel

/// The ConfigMap by which the sidecars of a namespace learn, while they run, which authorities to trust. Pure.
///
/// It is in each namespace that asks for sidecars or has some. The sidecar's volume is a projection of it, so that Envoy reads it again when
/// the kubelet replaces the file, a minute or two after a change.
enum TrustBundle {
    /// Field manager of the ConfigMaps.
    static let manager = "swiftlet-trust"
    /// Tells the operator's ConfigMaps from others of the same name.
    static let label = (key: "app.kubernetes.io/managed-by", value: "swiftlet")
    /// The certificates as PEM, for people and other programs.
    static let certificates = "ca.crt"

    static let dataKeys = [certificates, SecretFile.trustBundle]

    enum Step: Hashable, Sendable {
        /// Everything is as it should be, or nothing is needed.
        case none
        case create(JSONValue)
        /// To be applied with force.
        case update(JSONValue)
        /// There is a ConfigMap of that name that the operator did not make.
        case foreign
    }

    /// - Parameters:
    ///   - namespace: `nil` for one that is gone.
    ///   - hasSidecars: whether a pod of it has a sidecar.
    ///   - stored: the ConfigMap of that name.
    ///   - authorities: those to be trusted, as PEM; `nil` while they are not known.
    static func step(
        _ namespace: Namespace?,
        hasSidecars: @autoclosure () -> Bool,
        stored: TrustBundleObject?,
        authorities: String?
    ) -> Step {
        guard let namespace, !namespace.isTerminating, let authorities, !authorities.isEmpty else { return .none }
        guard let stored else {
            let isWanted = asksForSidecars(namespace) || hasSidecars()
            return isWanted ? .create(object(namespace.name, authorities)) : .none
        }
        guard stored.isOwn else { return asksForSidecars(namespace) || hasSidecars() ? .foreign : .none }
        // One that is there is kept up to date: pods that are just ending may read it.
        return stored.data == data(authorities) ? .none : .update(object(namespace.name, authorities))
    }

    private static func asksForSidecars(_ namespace: Namespace) -> Bool {
        MeshMarks.isOn(namespace.labels[MetadataKey.injection] ?? namespace.annotations[MetadataKey.injection]) == true
    }

    static func data(_ authorities: String) -> [String: String] {
        [certificates: authorities, SecretFile.trustBundle: SecretFile.trustBundle(authorities: authorities)]
    }

    private static func object(_ namespace: String, _ authorities: String) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string(SecretFile.configMapName), "namespace": .string(namespace),
                "labels": [label.key: .string(label.value)],
                "annotations": ["kubernetes.io/description": .string(description)],
            ],
            "data": .strings(data(authorities)),
        ]
    }

    private static let description =
        "The certificate authorities by which sidecars verify Swiftlet's xDS server. Kept by the operator; changes are reverted."

    static func key(in namespace: String) -> ObjectKey {
        ObjectKey(namespace: namespace, name: SecretFile.configMapName)
    }
}
