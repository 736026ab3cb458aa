import JSON

/// Where traffic goes.
package struct TrafficRouteConf: SchemaObject {
    package var split: [TrafficRouteSplit]?
    package var destination: [String: String]?
    /// `nil` for round robin.
    package var loadBalancer: LoadBalancerSection?
    @Default<Defaults.NoElements<TrafficRouteHTTP>> package var http: [TrafficRouteHTTP]

    package init(
        split: [TrafficRouteSplit]? = nil,
        destination: [String: String]? = nil,
        loadBalancer: LoadBalancerSection? = nil,
        http: [TrafficRouteHTTP] = []
    ) {
        self.split = split
        self.destination = destination
        self.loadBalancer = loadBalancer
        self.http = http
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case split, destination, loadBalancer, http
    }

    package static var exactlyOneOf: [CodingKeys] { [.split, .destination] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .split: TrafficRouteSplit.listDocumentation
        case .destination: TrafficRouteSplit.destinationDocumentation
        case .loadBalancer:
            FieldDocumentation("How an endpoint is chosen among those of a destination. Round robin if not given.")
                .named("load_balancer")
        case .http:
            FieldDocumentation(
                """
                Rules for single requests, tried in order; what none of them matches goes by split or destination. Only for services \
                whose protocol is http, http2 or grpc, which the Service tells by appProtocol or the annotation \
                <port>.service.kuma.io/protocol.
                """
            ).list(.atomic)
        }
    }
}

/// One share of the traffic.
package struct TrafficRouteSplit: SchemaObject {
    /// Never `nil` in a valid object.
    package var weight: Int64?
    @Default<Defaults.NoMembers> package var destination: [String: String]

    package init(weight: Int64?, destination: [String: String]) {
        self.weight = weight
        self.destination = destination
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case weight, destination
    }

    package static var requiredFields: [CodingKeys] { [.weight, .destination] }

    static let weights: ClosedRange<Int64> = 0...Int64(UInt32.max)

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .weight:
            FieldDocumentation(
                "Share of the traffic in proportion to the sum of all weights, which need not be 100. None if 0."
            ).range(weights)
        case .destination: destinationDocumentation
        }
    }

    /// Of all lists of shares.
    static var listDocumentation: FieldDocumentation {
        FieldDocumentation(
            """
            Shares of the traffic, by request for services that speak HTTP and by connection for others. Exactly one of split and \
            destination.
            """
        ).list(.atomic)
    }

    /// Of all places that say where traffic goes.
    static var destinationDocumentation: FieldDocumentation {
        FieldDocumentation(
            """
            Tags of the endpoints that get the traffic, such as version: v2. kuma.io/service must be among them; "*" stands for the \
            service that is called.
            """
        ).tags()
    }
}
