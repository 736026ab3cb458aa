import JSON

/// What holds for a mesh.
package struct MeshSpec: SchemaObject {
    package var mtls: MTLSSection?
    package var tracing: TracingSection?
    package var logging: LoggingSection?
    package var metrics: MetricsSection?
    package var networking: NetworkingSection?
    package var routing: RoutingSection?
    package var constraints: ConstraintsSection?
    @Default<Defaults.NoElements<String>> package var skipCreatingInitialPolicies: [String]
    package var meshServices: MeshServicesSection?

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case mtls, tracing, logging, metrics, networking, routing, constraints, skipCreatingInitialPolicies
        case meshServices
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .mtls: FieldDocumentation("Identity of proxies and encryption between them. Not in effect yet.")
        case .tracing: FieldDocumentation("Where spans are sent. Not in effect yet.")
        case .logging: FieldDocumentation("Where access logs are sent. Not in effect yet.")
        case .metrics: FieldDocumentation("How metrics of proxies are offered. Not in effect yet.")
        case .networking: FieldDocumentation("Traffic that leaves the mesh.")
        case .routing: FieldDocumentation("Traffic between zones. Not in effect yet.")
        case .constraints: FieldDocumentation("Which proxies may join the mesh. Not in effect yet.")
        case .skipCreatingInitialPolicies:
            FieldDocumentation(
                "Policies that are not made with the mesh: their kinds, or \"*\" for all. None are made anyway."
            ).list(.atomic)
        case .meshServices: FieldDocumentation("Whether MeshServices are made of Services. Not in effect yet.")
        }
    }
}

extension MeshSpec {
    func validate(at path: FieldPath) -> [FieldError] {
        var errors = mtls?.validate(at: path.appending(key: "mtls")) ?? []
        errors += logging?.validate(at: path.appending(key: "logging")) ?? []
        errors += tracing?.validate(at: path.appending(key: "tracing")) ?? []
        errors += metrics?.validate(at: path.appending(key: "metrics")) ?? []
        errors += constraints?.validate(at: path.appending(key: "constraints")) ?? []
        errors += meshServices?.validate(at: path.appending(key: "meshServices")) ?? []
        if routing?.zoneEgress == true, mtls?.enabledBackend ?? "" == "" {
            errors.append(FieldError(path.appending(key: "mtls"), "has to be set when zoneEgress enabled"))
        }
        return errors
    }
}
