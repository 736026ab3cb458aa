/// A ConfigMap or a Secret whose keys appear as files in the pods of a ``WebServer``.
package struct ConfigSource: SchemaObject {
    package var configMap: ConfigReference?
    package var secret: ConfigReference?
    package var mountPath: String
    @Default<Defaults.True> package var readOnly: Bool
    package var subPath: String?

    package init(configMap: ConfigReference, mountPath: String) {
        self.configMap = configMap
        self.mountPath = mountPath
    }

    package init(secret: ConfigReference, mountPath: String) {
        self.secret = secret
        self.mountPath = mountPath
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case configMap, secret, mountPath, readOnly, subPath
    }

    package static var exactlyOneOf: [CodingKeys] { [.configMap, .secret] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .configMap: FieldDocumentation("The ConfigMap to mount. Exactly one of configMap and secret.")
        case .secret: FieldDocumentation("The Secret to mount. Exactly one of configMap and secret.")
        case .mountPath:
            FieldDocumentation(
                """
                Directory in which a file for each key appears; what the image has there is hidden. With subPath, the path of that one \
                file. Told once for each entry: no two may have the same.
                """
            ).mountPath()
        case .readOnly: FieldDocumentation("Whether the pods may only read the files.")
        case .subPath:
            FieldDocumentation("Mounts the file of this name alone, at mountPath, and hides nothing else of the image.")
        }
    }
}

/// Which ConfigMap or Secret of the same namespace, and which of its keys.
package struct ConfigReference: SchemaObject {
    package var name: String
    /// `nil` for all keys, each as a file of its name.
    package var items: [ConfigItem]?
    @Default<Defaults.False> package var optional: Bool

    package init(name: String) {
        self.name = name
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, items, optional
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .name: FieldDocumentation("Name of the object in this namespace.").nonEmpty().maxLength(253)
        case .items:
            FieldDocumentation("Which keys appear, and as which files. All keys under their own names if not given.")
                .list(.atomic)
        case .optional:
            FieldDocumentation(
                "Whether the pods start without the object or without a key of items. Otherwise they wait for it."
            )
        }
    }
}

/// One key of a ConfigMap or Secret as a file.
package struct ConfigItem: SchemaObject {
    package var key: String
    package var path: String
    /// `nil` for 0644.
    package var mode: Int?

    package init(key: String, path: String) {
        self.key = key
        self.path = path
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case key, path, mode
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .key: FieldDocumentation("Key in the object.").nonEmpty()
        case .path: FieldDocumentation("Path of the file below mountPath; relative, without \"..\".").nonEmpty()
        case .mode:
            FieldDocumentation("Permission bits of the file, such as 0600 in YAML or 384 in JSON. 0644 if not given.")
                .range(0...0o777)
        }
    }
}
