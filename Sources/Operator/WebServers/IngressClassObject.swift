import JSON
import KubeModel

/// An IngressClass as the operator stores it.
struct IngressClassObject: WireObject {
    static var representation: ObjectRepresentation { .metadata }
    static let defaultAnnotation = "ingressclass.kubernetes.io/is-default-class"

    let key: ObjectKey
    let uid: UID
    let resourceVersion: ResourceVersion
    let isDefault: Bool

    init(json reader: inout JSONReader) throws {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        try reader.beginObject()
        while let member = try reader.nextKey() {
            if member == "metadata" { metadata = try ObjectMeta(from: &reader) } else { try reader.skipValue() }
        }
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        isDefault = metadata.annotations[Self.defaultAnnotation] == "true"
    }
}
