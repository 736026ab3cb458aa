import JSON
import KubeModel

/// An IngressClass as the operator stores it.
struct IngressClassObject: WireObject {
    static let defaultAnnotation = "ingressclass.kubernetes.io/is-default-class"

    let key: ObjectKey
    let uid: UID
    let resourceVersion: ResourceVersion
    let isDefault: Bool
    /// `spec.controller`; empty when the class names none.
    let controller: String

    init(json reader: inout JSONReader) throws {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var controller = ""
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "spec":
                try reader.beginObject()
                while let field = try reader.nextKey() {
                    if field == "controller" { controller = try reader.readString() } else { try reader.skipValue() }
                }
            default: try reader.skipValue()
            }
        }
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        isDefault = metadata.annotations[Self.defaultAnnotation] == "true"
        self.controller = controller
    }
}
