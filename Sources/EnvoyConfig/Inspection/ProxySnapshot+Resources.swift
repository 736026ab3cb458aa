import EnvoyAPI

extension ProxySnapshot {
    /// All that counts, in the order of Envoy's configuration dump: clusters, endpoints, listeners, routes, secrets, each by name.
    package var resources: [EncodedResource] {
        [ResourceType.cluster, .endpoint, .listener, .route, .secret].flatMap { resources(of: $0) }
    }

    /// What counts of one type, by name.
    package func resources(of type: ResourceType) -> [EncodedResource] {
        var result: [String: EncodedResource] = [:]
        for layer in layers {
            for (name, entry) in layer.entries(of: type) {
                switch entry {
                case .resource(let resource): result[name] = resource
                case .removed: result[name] = nil
                }
            }
        }
        return result.values.sorted { $0.name < $1.name }
    }
}
