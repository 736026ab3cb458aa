import JSON

extension Mesh {
    /// Fields that ask for something and are accepted, but have no effect yet, in document order.
    ///
    /// A condition must name them: nobody may believe that traffic is encrypted because a manifest says so. Fields that ask for what
    /// happens anyway are left out.
    package var inactiveFields: [FieldPath] {
        let spec = spec
        let routing = spec.routing
        let given: [(path: FieldPath, asks: Bool)] = [
            (["spec", "constraints"], spec.constraints?.dataplaneProxy?.isEmpty == false),
            (["spec", "logging"], spec.logging?.backends.isEmpty == false),
            (["spec", "meshServices", "mode"], !["", "Disabled"].contains(spec.meshServices?.mode ?? "")),
            (["spec", "metrics"], spec.metrics?.enabledBackend ?? "" != ""),
            (["spec", "mtls"], spec.mtls?.enabledBackend ?? "" != ""),
            (
                ["spec", "routing", "defaultForbidMeshExternalServiceAccess"],
                routing?.defaultForbidMeshExternalServiceAccess == true
            ),
            (["spec", "routing", "localityAwareLoadBalancing"], routing?.localityAwareLoadBalancing == true),
            (["spec", "routing", "zoneEgress"], routing?.zoneEgress == true),
            (["spec", "tracing"], spec.tracing?.backends.isEmpty == false),
        ]
        return given.filter(\.asks).map(\.path)
    }

    /// Whether addresses outside of the mesh can be reached.
    package var allowsPassthrough: Bool { spec.networking?.outbound?.passthrough ?? true }
}

extension DataplaneConstraintsSection {
    fileprivate var isEmpty: Bool { requirements.isEmpty && restrictions.isEmpty }
}
