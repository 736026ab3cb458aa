import JSON

/// Where spans are sent.
package struct TracingSection: SchemaObject {
    package var defaultBackend: String?
    @Default<Defaults.NoElements<TracingBackend>> package var backends: [TracingBackend]

    package init(defaultBackend: String? = nil, backends: [TracingBackend] = []) {
        self.defaultBackend = defaultBackend
        self.backends = backends
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case defaultBackend, backends
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .defaultBackend: FieldDocumentation("Name of the backend that is used where nothing else is said.")
        case .backends: FieldDocumentation("Collectors of spans.").list(.atomic)
        }
    }
}

/// A collector of spans.
package struct TracingBackend: SchemaObject {
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var name: String
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var type: String
    package var sampling: Double?
    package var conf: JSONValue?

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, type, sampling, conf
    }

    package static var requiredFields: [CodingKeys] { [.name, .type] }

    static let types = ["zipkin", "datadog"]

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .name: FieldDocumentation("Name of the backend, for defaultBackend.").nonEmpty()
        case .type: FieldDocumentation("zipkin or datadog.").oneOf(types)
        case .sampling:
            FieldDocumentation("Percentage of the traces that are sent, from 0 to 100. 100 if not given.").range(
                0...100
            )
        case .conf:
            FieldDocumentation(
                "Of zipkin: url, traceId128bit, apiVersion, sharedSpanContext. Of datadog: address, port, splitService."
            )
        }
    }
}

extension TracingSection {
    func validate(at path: FieldPath) -> [FieldError] {
        let backendsPath = path.appending(key: "backends")
        var errors = BackendRule.names(backends.map(\.name), at: backendsPath)
        for (index, backend) in backends.enumerated() {
            errors += backend.validate(at: backendsPath.appending(index: index))
        }
        return errors
            + BackendRule.reference(
                defaultBackend,
                to: backends.map(\.name),
                "has to be set to one of the tracing backend in mesh",
                at: path.appending(key: "defaultBackend")
            )
    }
}

extension TracingBackend {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        var errors = BackendRule.type(type, oneOf: Self.types, at: path)
        if let sampling, !(0...100).contains(sampling) {
            errors.append(FieldError(path.appending(key: "sampling"), "has to be in [0.0 - 100.0] range"))
        }
        return errors + BackendConf.validate(conf, of: .init(rawValue: type), at: path.appending(key: "conf"))
    }
}
