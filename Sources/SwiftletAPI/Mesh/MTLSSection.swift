import JSON

/// Identity of proxies and encryption between them.
package struct MTLSSection: SchemaObject {
    package var enabledBackend: String?
    package var skipValidation: Bool?
    @Default<Defaults.NoElements<CertificateAuthorityBackend>> package var backends: [CertificateAuthorityBackend]

    package init(enabledBackend: String? = nil, backends: [CertificateAuthorityBackend] = []) {
        self.enabledBackend = enabledBackend
        self.backends = backends
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case enabledBackend, skipValidation, backends
    }

    static let maximumBackends = 1

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .enabledBackend: FieldDocumentation("Name of the backend that is used; mutual TLS is off if not given.")
        case .skipValidation: FieldDocumentation("Whether a CA is taken that was not checked.")
        case .backends: FieldDocumentation("Certificate authorities; at most one.").list(.atomic)
        }
    }
}

/// A certificate authority.
package struct CertificateAuthorityBackend: SchemaObject {
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var name: String
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var type: String
    package var mode: String?
    package var dpCert: DataplaneCertificateSection?
    package var rootChain: RootChainSection?
    package var conf: JSONValue?

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, type, mode, dpCert, rootChain, conf
    }

    package static var requiredFields: [CodingKeys] { [.name, .type] }

    static let types = ["builtin", "provided"]
    static let modes = ["STRICT", "PERMISSIVE"]

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .name: FieldDocumentation("Name of the backend, for enabledBackend.").nonEmpty()
        case .type:
            FieldDocumentation("builtin for a CA that is made, provided for one that is given.").oneOf(types)
        case .mode:
            FieldDocumentation("STRICT to take encrypted traffic only, PERMISSIVE for both. STRICT if not given.")
                .constant(of: modes)
        case .dpCert: FieldDocumentation("Certificates of the proxies.")
        case .rootChain: FieldDocumentation("Certificates of the authority.")
        case .conf:
            FieldDocumentation(
                "Of a builtin CA: caCert with RSAbits and expiration. Of a provided one: cert and key, each a data source."
            )
        }
    }
}

/// Certificates of proxies.
package struct DataplaneCertificateSection: SchemaObject {
    package var rotation: CertificateRotationSection?
    package var requestTimeout: String?

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case rotation, requestTimeout
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .rotation: FieldDocumentation("How often they are replaced.")
        case .requestTimeout: FieldDocumentation("How long one may take to be made, such as 10s.")
        }
    }
}

package struct CertificateRotationSection: SchemaObject {
    package var expiration: String?

    package init(expiration: String? = nil) { self.expiration = expiration }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case expiration
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .expiration: FieldDocumentation("How long one is valid, such as 24h or 1d.")
        }
    }
}

package struct RootChainSection: SchemaObject {
    package var requestTimeout: String?

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case requestTimeout
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .requestTimeout: FieldDocumentation("How long they may take to be fetched, such as 10s.")
        }
    }
}

extension MTLSSection {
    func validate(at path: FieldPath) -> [FieldError] {
        let backendsPath = path.appending(key: "backends")
        var errors: [FieldError] = []
        if backends.count > Self.maximumBackends {
            errors.append(FieldError(backendsPath, "cannot have more than \(Self.maximumBackends) backends"))
        }
        errors += BackendRule.names(backends.map(\.name), at: backendsPath)
        for (index, backend) in backends.enumerated() {
            errors += backend.validate(at: backendsPath.appending(index: index))
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

extension CertificateAuthorityBackend {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        var errors = BackendRule.type(type, oneOf: Self.types, at: path)
        if let mode, !Self.modes.contains(mode) {
            errors.append(
                FieldError(
                    path.appending(key: "mode"),
                    "\"\(mode)\" is not supported: use \"STRICT\" or \"PERMISSIVE\""
                )
            )
        }
        if let expiration = dpCert?.rotation?.expiration, !DurationRule.isKumaDuration(expiration) {
            let expirationPath = path.appending(key: "dpCert").appending(key: "rotation").appending(key: "expiration")
            errors.append(FieldError(expirationPath, "has to be a valid format"))
        }
        for (section, timeout) in [("dpCert", dpCert?.requestTimeout), ("rootChain", rootChain?.requestTimeout)] {
            guard let problem = timeout.flatMap(DurationRule.problem) else { continue }
            errors.append(FieldError(path.appending(key: section).appending(key: "requestTimeout"), problem))
        }
        return errors + BackendConf.validate(conf, of: .init(rawValue: type), at: path.appending(key: "conf"))
    }
}
