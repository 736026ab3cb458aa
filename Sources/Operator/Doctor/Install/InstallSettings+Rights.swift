import KubeModel

extension InstallSettings {
    /// A right, and where it is needed.
    package struct NeededRight: Hashable, Sendable {
        package var permission: Permission
        /// `nil` for all namespaces.
        package var namespace: String?
    }

    /// The parts that are on.
    package var features: [OperatorFeature] {
        OperatorFeature.allCases.filter { feature in
            switch feature {
            case .replicas: elects
            case .certificates: hasCertificates
            case .webServers: hasWebServers
            case .mesh: hasMesh
            case .injection: injects
            case .validation: validates
            case .registration: registers && (injects || validates)
            }
        }
    }

    /// What it needs of the objects that it looks after.
    package func rights(operatorNamespace: String) -> [NeededRight] {
        let permissions = Permission.merged(
            features.flatMap { feature in needed(by: feature).filter { $0.place != .operatorNamespace } }
        )
        .map { named($0, operatorNamespace) }
        let everywhere = permissions.filter { namespaces.isEmpty || $0.place == .cluster }
        let each = namespaces.flatMap { namespace in
            permissions.filter { $0.place == .watchedNamespaces }
                .map { NeededRight(permission: $0, namespace: namespace) }
        }
        return each + everywhere.map { NeededRight(permission: $0, namespace: nil) }
    }

    /// What it needs in its own namespace.
    package func rightsAtHome(_ operatorNamespace: String) -> [NeededRight] {
        features.flatMap { feature in needed(by: feature).filter { $0.place == .operatorNamespace } }
            .map { NeededRight(permission: named($0, operatorNamespace), namespace: operatorNamespace) }
    }

    private func needed(by feature: OperatorFeature) -> [Permission] {
        switch feature {
        // No role for single namespaces grants what is in none, and nothing of it is read then.
        case .webServers: feature.permissions.filter { namespaces.isEmpty || $0.place != .cluster }
        // What somebody else fills is only read.
        case .certificates where givenSecret != nil:
            feature.permissions.compactMap { permission in
                var permission = permission
                permission.verbs.removeAll { ["create", "update"].contains($0) }
                return permission.verbs.isEmpty ? nil : permission
            }
        case .registration:
            feature.permissions.filter { $0.resource == .mutatingWebhookConfigurations ? injects : validates }
        default: feature.permissions
        }
    }

    /// With the names that objects have in this install.
    private func named(_ permission: Permission, _ operatorNamespace: String) -> Permission {
        var permission = permission
        guard !permission.names.isEmpty else { return permission }
        switch permission.resource {
        case .leases: permission.names = [lease]
        case .secrets: permission.names = [secret]
        case .validatingWebhookConfigurations: permission.names = [validator(operatorNamespace)]
        default: break
        }
        return permission
    }

    /// What the configuration of its validating webhook is called.
    func validator(_ operatorNamespace: String) -> String {
        ValidatorWebhooks.name(namespaces: namespaces, operatorNamespace: operatorNamespace)
    }
}
