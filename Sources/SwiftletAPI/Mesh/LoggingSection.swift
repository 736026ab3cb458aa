import JSON

/// Where access logs are sent.
package struct LoggingSection: SchemaObject {
    package var defaultBackend: String?
    @Default<Defaults.NoElements<LoggingBackend>> package var backends: [LoggingBackend]

    package init(defaultBackend: String? = nil, backends: [LoggingBackend] = []) {
        self.defaultBackend = defaultBackend
        self.backends = backends
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case defaultBackend, backends
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .defaultBackend: FieldDocumentation("Name of the backend that is used where nothing else is said.")
        case .backends: FieldDocumentation("Receivers of access logs.").list(.atomic)
        }
    }
}

/// A receiver of access logs.
package struct LoggingBackend: SchemaObject {
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var name: String
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var type: String
    package var format: String?
    package var conf: JSONValue?

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, type, format, conf
    }

    package static var requiredFields: [CodingKeys] { [.name, .type] }

    static let types = ["tcp", "file"]

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .name: FieldDocumentation("Name of the backend, for defaultBackend.").nonEmpty()
        case .type: FieldDocumentation("tcp or file.").oneOf(types)
        case .format: FieldDocumentation("Envoy's format of a line, with placeholders such as %START_TIME%.")
        case .conf: FieldDocumentation("Of tcp: address as HOST:PORT. Of file: path.")
        }
    }
}

extension LoggingSection {
    func validate(at path: FieldPath) -> [FieldError] {
        let backendsPath = path.appending(key: "backends")
        var errors = BackendRule.names(backends.map(\.name), at: backendsPath)
        for (index, backend) in backends.enumerated() {
            let path = backendsPath.appending(index: index)
            errors += BackendRule.type(backend.type, oneOf: LoggingBackend.types, at: path)
            let type = BackendConf(rawValue: backend.type)
            errors += BackendConf.validate(backend.conf, of: type, at: path.appending(key: "conf"))
        }
        return errors
            + BackendRule.reference(
                defaultBackend,
                to: backends.map(\.name),
                "has to be set to one of the logging backend in mesh",
                at: path.appending(key: "defaultBackend")
            )
    }
}
