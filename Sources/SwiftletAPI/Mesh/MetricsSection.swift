import JSON

/// How metrics of proxies are offered.
package struct MetricsSection: SchemaObject {
    package var enabledBackend: String?
    @Default<Defaults.NoElements<MetricsBackend>> package var backends: [MetricsBackend]

    package init(enabledBackend: String? = nil, backends: [MetricsBackend] = []) {
        self.enabledBackend = enabledBackend
        self.backends = backends
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case enabledBackend, backends
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .enabledBackend: FieldDocumentation("Name of the backend that is used; no metrics if not given.")
        case .backends: FieldDocumentation("Ways to offer metrics.").list(.atomic)
        }
    }
}

/// A way to offer metrics.
package struct MetricsBackend: SchemaObject {
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var name: String
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var type: String
    package var conf: JSONValue?

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, type, conf
    }

    package static var requiredFields: [CodingKeys] { [.name, .type] }

    static let types = ["prometheus"]

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .name: FieldDocumentation("Name of the backend, for enabledBackend.").nonEmpty()
        case .type: FieldDocumentation("prometheus.").oneOf(types)
        case .conf: FieldDocumentation("port, path, tags, skipMTLS, aggregate, envoy and tls.")
        }
    }
}

extension MetricsSection {
    func validate(at path: FieldPath) -> [FieldError] {
        let backendsPath = path.appending(key: "backends")
        var errors = BackendRule.names(backends.map(\.name), at: backendsPath)
        for (index, backend) in backends.enumerated() {
            let path = backendsPath.appending(index: index)
            errors += BackendRule.type(backend.type, oneOf: MetricsBackend.types, at: path)
            let type = BackendConf(rawValue: backend.type)
            errors += BackendConf.validate(backend.conf, of: type, at: path.appending(key: "conf"))
        }
        return errors
            + BackendRule.reference(
                enabledBackend,
                to: backends.map(\.name),
                "has to be set to one of the backends in the mesh",
                at: path.appending(key: "enabledBackend")
            )
    }
}
