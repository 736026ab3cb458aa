/// The PersistentVolumeClaim that a ``WebServer`` serves from.
package struct VolumeSection: SchemaObject {
    package var name: String
    package var mountPath: String
    /// `nil` for the cluster's default class, empty for none.
    package var storageClass: String?
    @Default<Defaults.False> package var createIfNotExists: Bool
    @Default<OneGibibyte> package var size: ResourceQuantity
    @Default<ReadWriteOnce> package var accessModes: [VolumeAccessMode]
    @Default<Defaults.False> package var readOnly: Bool
    package var subPath: String?

    package init(name: String, mountPath: String) {
        self.name = name
        self.mountPath = mountPath
    }

    package enum OneGibibyte: DefaultValue { package static let value = ResourceQuantity("1Gi") }
    package enum ReadWriteOnce: DefaultValue { package static let value = [VolumeAccessMode.readWriteOnce] }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, mountPath, storageClass, createIfNotExists, size, accessModes, readOnly, subPath
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .name:
            FieldDocumentation("Name of the PersistentVolumeClaim in this namespace.").nonEmpty().maxLength(253)
        case .mountPath:
            FieldDocumentation("Where the volume appears in the container, such as /usr/share/nginx/html.").mountPath()
        case .storageClass:
            FieldDocumentation(
                """
                StorageClass of the claim when it is created. The cluster's default class if not given; an empty text asks for a volume \
                that exists already and has no class.
                """
            ).maxLength(253)
        case .createIfNotExists:
            FieldDocumentation(
                "Whether the claim is created if there is none of this name. A claim that exists is used as it is and never changed."
            )
        case .size:
            FieldDocumentation("Size of the claim when it is created, such as 500Mi or 10Gi.")
        case .accessModes:
            FieldDocumentation(
                """
                How the volume can be mounted when the claim is created. More than one pod, or pods replaced without an interruption, \
                need ReadWriteMany or ReadOnlyMany.
                """
            ).list(.atomic).minItems(1)
        case .readOnly:
            FieldDocumentation("Whether the pods may only read from the volume.")
        case .subPath:
            FieldDocumentation("Directory within the volume to mount instead of its root; relative, without \"..\".")
        }
    }
}

/// How a volume can be mounted.
package enum VolumeAccessMode: String, StringEnum {
    case readWriteOnce = "ReadWriteOnce"
    case readOnlyMany = "ReadOnlyMany"
    case readWriteMany = "ReadWriteMany"
    case readWriteOncePod = "ReadWriteOncePod"
}

extension [VolumeAccessMode] {
    /// Whether pods on several nodes can have the volume at once.
    package var allowManyNodes: Bool { contains(.readWriteMany) || contains(.readOnlyMany) }
}
