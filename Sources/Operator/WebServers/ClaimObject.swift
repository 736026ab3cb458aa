import JSON
import KubeModel
import WebServers

/// A PersistentVolumeClaim as the operator stores it.
struct ClaimObject: WireObject {
    let key: ObjectKey
    let uid: UID
    let resourceVersion: ResourceVersion
    let claim: ObservedClaim

    init(json reader: inout JSONReader) throws {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var claim = ObservedClaim(phase: "Pending", accessModes: [], storageClass: nil)
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "spec":
                try reader.beginObject()
                while let field = try reader.nextKey() {
                    switch field {
                    case "accessModes":
                        claim.accessModes = try reader.readArray { (item) throws(JSONError) in try item.readString() }
                    case "storageClassName": claim.storageClass = try reader.readNull() ? nil : reader.readString()
                    default: try reader.skipValue()
                    }
                }
            case "status":
                try reader.beginObject()
                while let field = try reader.nextKey() {
                    if field == "phase" { claim.phase = try reader.readString() } else { try reader.skipValue() }
                }
            default: try reader.skipValue()
            }
        }
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        self.claim = claim
    }
}
