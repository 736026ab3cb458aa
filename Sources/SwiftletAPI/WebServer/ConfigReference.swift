import JSON

/// Which ConfigMap or Secret of the same namespace, and which of its keys.
package struct ConfigReference: SchemaObject {
    package var name: String
    /// `nil` for all keys, each as a file of its name.
    package var items: [ConfigItem]?
    @Default<Defaults.Unstated<Defaults.False>> package var optional: Bool

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
                "Whether the pods start without the object or without a key of items. Otherwise, and if not given, they wait for it."
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

extension ConfigReference {
    func validate(at path: FieldPath) -> [FieldError] {
        FieldRule.name(name, at: path.appending(key: "name"))
            + (items ?? []).enumerated().flatMap { index, item in
                FieldRule.relativePath(
                    item.path,
                    at: path.appending(key: "items").appending(index: index).appending(key: "path")
                )
            }
    }
}
