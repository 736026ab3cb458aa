import JSON

/// A ConfigMap or a Secret whose keys appear as files in the pods of a ``WebServer``.
package struct ConfigSource: SchemaObject {
    package var configMap: ConfigReference?
    package var secret: ConfigReference?
    package var mountPath: String
    @Default<Defaults.Unstated<Defaults.True>> package var readOnly: Bool
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
                file. No two entries may have the same.
                """
            ).mountPath()
        case .readOnly: FieldDocumentation("Whether the pods may only read the files; true if not given.")
        case .subPath:
            FieldDocumentation("Mounts the file of this name alone, at mountPath, and hides nothing else of the image.")
        }
    }
}

extension ConfigSource {
    func validate(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        switch (configMap, secret) {
        case (nil, nil): errors.append(FieldError(path, "needs one of configMap, secret"))
        case (_?, _?): errors.append(FieldError(path, "has configMap and secret: only one of them is possible"))
        default: break
        }
        errors += configMap?.validate(at: path.appending(key: "configMap")) ?? []
        errors += secret?.validate(at: path.appending(key: "secret")) ?? []
        errors += FieldRule.mountPath(mountPath, at: path.appending(key: "mountPath"))
        if let subPath { errors += FieldRule.relativePath(subPath, at: path.appending(key: "subPath")) }
        return errors
    }
}
