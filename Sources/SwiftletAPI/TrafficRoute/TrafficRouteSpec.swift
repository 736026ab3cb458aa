import JSON

/// Whose traffic to which services, and where it goes.
package struct TrafficRouteSpec: SchemaObject {
    @Default<Defaults.NoElements<TrafficRouteSource>> package var sources: [TrafficRouteSource]
    @Default<Defaults.NoElements<TrafficRouteDestination>> package var destinations: [TrafficRouteDestination]
    /// Never `nil` in a valid object.
    package var conf: TrafficRouteConf?

    package init(
        sources: [TrafficRouteSource] = [],
        destinations: [TrafficRouteDestination] = [],
        conf: TrafficRouteConf? = nil
    ) {
        self.sources = sources
        self.destinations = destinations
        self.conf = conf
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case sources, destinations, conf
    }

    package static var requiredFields: [CodingKeys] { [.sources, .destinations, .conf] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .sources:
            FieldDocumentation("Whose traffic: proxies that match any of these. At least one.").minItems(1).list(
                .atomic
            )
        case .destinations:
            FieldDocumentation("To which services: those that match any of these. At least one.")
                .minItems(1).list(.atomic)
        case .conf: FieldDocumentation("Where the traffic goes. Exactly one of split and destination.")
        }
    }
}

/// Callers, by the tags of any one of their inbounds.
package struct TrafficRouteSource: SchemaObject {
    @Default<Defaults.NoMembers> package var match: [String: String]

    package init(match: [String: String]) { self.match = match }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case match
    }

    package static var requiredFields: [CodingKeys] { [.match] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .match:
            FieldDocumentation(
                """
                Tags that an inbound of the proxy must have, such as version: v1; "*" for any value. kuma.io/service must be among them: \
                the name of a service such as web_shop_svc_80, or "*".
                """
            ).tags()
        }
    }
}

/// Services that are called.
package struct TrafficRouteDestination: SchemaObject {
    @Default<Defaults.NoMembers> package var match: [String: String]

    package init(match: [String: String]) { self.match = match }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case match
    }

    package static var requiredFields: [CodingKeys] { [.match] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .match:
            FieldDocumentation(
                "kuma.io/service and nothing else: the name of a service such as web_shop_svc_80, or \"*\" for all."
            ).tags(only: true)
        }
    }
}
