import JSON

/// Traffic between zones.
package struct RoutingSection: SchemaObject {
    package var localityAwareLoadBalancing: Bool?
    package var zoneEgress: Bool?
    package var defaultForbidMeshExternalServiceAccess: Bool?

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case localityAwareLoadBalancing, zoneEgress, defaultForbidMeshExternalServiceAccess
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .localityAwareLoadBalancing: FieldDocumentation("Whether endpoints of the caller's zone are preferred.")
        case .zoneEgress:
            FieldDocumentation("Whether traffic to other zones and outside goes through a ZoneEgress. Needs mtls.")
        case .defaultForbidMeshExternalServiceAccess:
            FieldDocumentation("Whether MeshExternalServices are out of reach unless a policy allows them.")
        }
    }
}

/// Whether MeshServices are made of Services.
package struct MeshServicesSection: SchemaObject {
    package var mode: String?

    package init(mode: String? = nil) { self.mode = mode }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case mode
    }

    static let modes = ["Disabled", "Everywhere", "ReachableBackends", "Exclusive"]

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .mode:
            FieldDocumentation(
                "Disabled for none, Everywhere and ReachableBackends for both forms, Exclusive for MeshServices alone. Disabled if not given."
            ).constant(of: modes)
        }
    }
}

extension MeshServicesSection {
    func validate(at path: FieldPath) -> [FieldError] {
        guard let mode, !Self.modes.contains(mode) else { return [] }
        let allowed = Self.modes.map { "\"\($0)\"" }.joined(separator: ", ")
        return [FieldError(path.appending(key: "mode"), "\"\(mode)\" is not supported: use one of \(allowed)")]
    }
}
