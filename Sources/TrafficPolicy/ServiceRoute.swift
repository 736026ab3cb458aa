import Dataplanes

/// What a caller's traffic to one service is subject to: the outcome of selecting one TrafficRoute, with nothing left to resolve.
package struct ServiceRoute: Hashable, Sendable {
    /// The TrafficRoute that decided; `nil` for the implicit route to all of the service.
    package var origin: String?
    package var loadBalancer: LoadBalancer
    /// Tried in order, for services that speak HTTP.
    package var rules: [HTTPRule]
    /// What no rule took. Wildcards are resolved and entries of weight 0 are left out; never empty.
    package var split: [WeightedDestination]

    package init(
        origin: String?,
        loadBalancer: LoadBalancer = .roundRobin,
        rules: [HTTPRule] = [],
        split: [WeightedDestination]
    ) {
        self.origin = origin
        self.loadBalancer = loadBalancer
        self.rules = rules
        self.split = split
    }

    /// All of a service, as when no TrafficRoute is there.
    package static func all(of service: String) -> ServiceRoute {
        ServiceRoute(
            origin: nil,
            split: [WeightedDestination(tags: [TagName.service: service], weight: 1)]
        )
    }
}

/// A share of the traffic, and the endpoints that it goes to: those that bear all the tags.
package struct WeightedDestination: Hashable, Sendable {
    /// Always with `kuma.io/service`.
    package var tags: Tags
    /// In proportion to the sum of the split; at least 1.
    package var weight: UInt32

    package init(tags: Tags, weight: UInt32) {
        self.tags = tags
        self.weight = weight
    }
}

package enum LoadBalancer: Hashable, Sendable {
    package enum HashFunction: String, Hashable, Sendable {
        case xxHash = "XX_HASH"
        case murmurHash2 = "MURMUR_HASH_2"
    }

    case roundRobin
    case leastRequest(choiceCount: UInt32?)
    case ringHash(function: HashFunction?, minimumRingSize: UInt64?, maximumRingSize: UInt64?)
    case random
    case maglev
}

/// Requests that match take this split instead of the route's.
package struct HTTPRule: Hashable, Sendable {
    package var match: RequestMatch
    package var modification: RequestModification
    /// As ``ServiceRoute/split``.
    package var split: [WeightedDestination]

    package init(
        match: RequestMatch,
        modification: RequestModification = RequestModification(),
        split: [WeightedDestination]
    ) {
        self.match = match
        self.modification = modification
        self.split = split
    }
}

/// All that is given must match.
package struct RequestMatch: Hashable, Sendable {
    package var method: TextMatch?
    package var path: TextMatch?
    /// By header name.
    package var headers: [String: TextMatch]

    package init(method: TextMatch? = nil, path: TextMatch? = nil, headers: [String: TextMatch] = [:]) {
        self.method = method
        self.path = path
        self.headers = headers
    }
}

package enum TextMatch: Hashable, Sendable {
    case prefix(String)
    case exact(String)
    /// RE2 syntax; matches the whole text.
    case regex(String)
}

/// What is changed on the way.
package struct RequestModification: Hashable, Sendable {
    package enum Path: Hashable, Sendable {
        /// Replaces the matched prefix.
        case prefix(String)
        case regex(pattern: String, substitution: String)
    }

    package enum Host: Hashable, Sendable {
        case value(String)
        case fromPath(pattern: String, substitution: String)
    }

    package struct HeaderValue: Hashable, Sendable {
        package var name: String
        package var value: String
        /// Otherwise it replaces what is there.
        package var appends: Bool

        package init(name: String, value: String, appends: Bool) {
            self.name = name
            self.value = value
            self.appends = appends
        }
    }

    package struct Headers: Hashable, Sendable {
        package var add: [HeaderValue]
        package var remove: [String]

        package init(add: [HeaderValue] = [], remove: [String] = []) {
            self.add = add
            self.remove = remove
        }
    }

    package var path: Path?
    package var host: Host?
    package var requestHeaders: Headers
    package var responseHeaders: Headers

    package init(
        path: Path? = nil,
        host: Host? = nil,
        requestHeaders: Headers = Headers(),
        responseHeaders: Headers = Headers()
    ) {
        self.path = path
        self.host = host
        self.requestHeaders = requestHeaders
        self.responseHeaders = responseHeaders
    }
}
