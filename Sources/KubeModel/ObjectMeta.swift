import JSON

/// Who an object belongs to.
package struct OwnerReference: Hashable, Sendable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: UID
    package var isController: Bool
    package var blockOwnerDeletion: Bool

    package init(
        apiVersion: String,
        kind: String,
        name: String,
        uid: UID,
        isController: Bool = true,
        blockOwnerDeletion: Bool = true
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.isController = isController
        self.blockOwnerDeletion = blockOwnerDeletion
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(apiVersion: "", kind: "", name: "", uid: UID(""), isController: false, blockOwnerDeletion: false)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "apiVersion": apiVersion = try reader.readString()
            case "kind": kind = try reader.readString()
            case "name": name = try reader.readString()
            case "uid": uid = UID(try reader.readString())
            case "controller": isController = try reader.readBool()
            case "blockOwnerDeletion": blockOwnerDeletion = try reader.readBool()
            default: try reader.skipValue()
            }
        }
    }

    /// Without the uid of an owner that is not stored yet and so has none.
    package var json: JSONValue {
        .compact([
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name),
            "uid": uid.description.isEmpty ? nil : .string(uid.description), "controller": .bool(isController),
            "blockOwnerDeletion": .bool(blockOwnerDeletion),
        ])
    }
}

/// The metadata of an object, without `managedFields`.
package struct ObjectMeta: Hashable, Sendable {
    package var key: ObjectKey
    package var uid = UID("")
    package var resourceVersion = ResourceVersion(0)
    /// 0 for kinds that do not count generations.
    package var generation: Int64 = 0
    package var creationTimestamp: Timestamp?
    /// Set once deletion was asked for; the object goes when its finalizers have gone.
    package var deletionTimestamp: Timestamp?
    package var labels: [String: String] = [:]
    package var annotations: [String: String] = [:]
    package var ownerReferences: [OwnerReference] = []
    package var finalizers: [String] = []

    package init(key: ObjectKey) { self.key = key }

    package var name: String { key.name }
    package var namespace: String { key.namespace }
    package var isBeingDeleted: Bool { deletionTimestamp != nil }

    /// The owner that manages this object; at most one by the API's rules.
    package var controller: OwnerReference? { ownerReferences.first { $0.isController } }

    /// Reads a `metadata` object; `managedFields` is skipped unread.
    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(key: ObjectKey(namespace: "", name: ""))
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": self.key.name = try reader.readString()
            case "namespace": self.key.namespace = try reader.readString()
            case "uid": uid = UID(try reader.readString())
            case "resourceVersion":
                let start = reader.position
                guard let version = ResourceVersion(try reader.readString()) else {
                    throw JSONError(.typeMismatch, "a numeric resourceVersion expected", offset: start)
                }
                resourceVersion = version
            case "generation": generation = try reader.readInt()
            case "creationTimestamp": creationTimestamp = try reader.readTimestamp()
            case "deletionTimestamp": deletionTimestamp = try reader.readTimestamp()
            case "labels": labels = try reader.readStringMap()
            case "annotations": annotations = try reader.readStringMap()
            case "ownerReferences":
                ownerReferences = try reader.readArray { (item) throws(JSONError) in
                    try OwnerReference(from: &item)
                }
            case "finalizers": finalizers = try reader.readArray { (item) throws(JSONError) in try item.readString() }
            default: try reader.skipValue()
            }
        }
    }
}
