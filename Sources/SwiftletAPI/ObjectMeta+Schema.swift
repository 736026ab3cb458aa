import KubeModel

extension ObjectMeta {
    /// What `metadata` of a manifest may hold; definitions leave this to the API server.
    static let schema = JSONSchema.object(
        "Name, namespace, labels and annotations.",
        required: ["name"],
        [
            "name": .text("Name of the object, unique among its kind in the namespace.", minLength: 1),
            "namespace": .text("Namespace of the object."),
            "labels": .map("Labels of the object."),
            "annotations": .map("Annotations of the object."),
            "finalizers": .texts("Who must agree before the object goes."),
            "ownerReferences": .list("Whom the object belongs to.", JSONSchema(.anything)),
            // Written by the server; there in manifests that were saved from a cluster.
            "uid": JSONSchema(.string), "resourceVersion": JSONSchema(.string), "generation": JSONSchema(.integer),
            "generateName": JSONSchema(.string), "selfLink": JSONSchema(.string),
            "creationTimestamp": JSONSchema(.anything), "deletionTimestamp": JSONSchema(.anything),
            "deletionGracePeriodSeconds": JSONSchema(.anything), "managedFields": JSONSchema(.anything),
        ]
    )
}
