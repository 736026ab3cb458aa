import Dataplanes

/// Which part of a caller's traffic to a service goes where, without the rules for single requests.
package struct TrafficShares: Hashable, Sendable {
    /// One entry of the split.
    package struct Destination: Hashable, Sendable {
        package var tags: Tags
        /// From 0 to 1; all of them add up to 1.
        package var fraction: Double
        /// Endpoints that take it. Without any, the traffic fails.
        package var endpoints: Int
    }

    /// All that goes to the endpoints of one version.
    package struct Version: Hashable, Sendable {
        package var service: String
        /// The tag `version`; `nil` for endpoints without one.
        package var version: String?
        /// From 0 to 1.
        package var fraction: Double
        /// Endpoints of the version that take a part.
        package var endpoints: Int
    }

    /// In the order of the split.
    package var destinations: [Destination]
    /// By service and version, those without a version first.
    package var versions: [Version]

    /// The part that goes nowhere, for want of endpoints.
    package var unserved: Double { destinations.filter { $0.endpoints == 0 }.reduce(0) { $0 + $1.fraction } }
}

extension ServiceRoute {
    /// Shares of the traffic, if all endpoints of a destination get the same, as they do in the long run but for hashing.
    ///
    /// - Parameter service: the service of a name; `nil` for one that is not known.
    package func shares(_ service: (_ name: String) -> MeshService?) -> TrafficShares {
        struct Key: Hashable { var service: String, version: String? }
        let total = split.reduce(0.0) { $0 + Double($1.weight) }
        var versions: [Key: (fraction: Double, endpoints: Set<Endpoint>)] = [:]
        let destinations = split.map { share in
            let endpoints = service(share.tags.service)?.endpoints(with: share.tags) ?? []
            let fraction = Double(share.weight) / total
            for endpoint in endpoints {
                let key = Key(service: share.tags.service, version: endpoint.tags[TagName.version])
                versions[key, default: (0, [])].fraction += fraction / Double(endpoints.count)
                versions[key, default: (0, [])].endpoints.insert(endpoint)
            }
            return TrafficShares.Destination(tags: share.tags, fraction: fraction, endpoints: endpoints.count)
        }
        return TrafficShares(
            destinations: destinations,
            versions: versions.map { key, part in
                .init(
                    service: key.service,
                    version: key.version,
                    fraction: part.fraction,
                    endpoints: part.endpoints.count
                )
            }.sorted { ($0.service, $0.version ?? "") < ($1.service, $1.version ?? "") }
        )
    }

    /// Shares of traffic that stays with one service.
    package func shares(of service: MeshService) -> TrafficShares {
        shares { $0 == service.name ? service : nil }
    }
}

extension MeshService {
    /// Endpoints that bear all the tags.
    package func endpoints(with tags: Tags) -> [Endpoint] {
        let selector = TagSelector(tags.dictionary)
        return endpoints.filter { selector.matches($0.tags) }
    }
}

extension TagName {
    /// From the label of pods; not Kuma's own, but what its users split by.
    static let version = "version"
}
