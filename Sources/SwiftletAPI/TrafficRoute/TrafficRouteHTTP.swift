import JSON

/// Where requests go that match.
package struct TrafficRouteHTTP: SchemaObject {
    /// Never `nil` in a valid object.
    package var match: RequestMatchSection?
    package var modify: RequestModifySection?
    package var split: [TrafficRouteSplit]?
    package var destination: [String: String]?

    package init(
        match: RequestMatchSection?,
        modify: RequestModifySection? = nil,
        split: [TrafficRouteSplit]? = nil,
        destination: [String: String]? = nil
    ) {
        self.match = match
        self.modify = modify
        self.split = split
        self.destination = destination
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case match, modify, split, destination
    }

    package static var exactlyOneOf: [CodingKeys] { [.split, .destination] }
    package static var requiredFields: [CodingKeys] { [.match] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .match:
            FieldDocumentation(
                "Which requests: all that is given must match. At least one of method, path and headers."
            )
        case .modify: FieldDocumentation("What is changed in the request and in its response.")
        case .split: TrafficRouteSplit.listDocumentation
        case .destination: TrafficRouteSplit.destinationDocumentation
        }
    }
}

/// Which requests.
package struct RequestMatchSection: SchemaObject {
    package var method: TextMatchSection?
    package var path: TextMatchSection?
    package var headers: [String: TextMatchSection]?

    package init(
        method: TextMatchSection? = nil,
        path: TextMatchSection? = nil,
        headers: [String: TextMatchSection]? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case method, path, headers
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .method: FieldDocumentation("The method, such as GET.")
        case .path: FieldDocumentation("The path, without the query.")
        case .headers: FieldDocumentation("Headers that must be there, by name, and what they must be.")
        }
    }
}

/// How a text is compared.
package struct TextMatchSection: SchemaObject {
    package var prefix: String?
    package var exact: String?
    package var regex: String?

    package init(prefix: String? = nil, exact: String? = nil, regex: String? = nil) {
        self.prefix = prefix
        self.exact = exact
        self.regex = regex
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case prefix, exact, regex
    }

    package static var oneof: [CodingKeys] { CodingKeys.allCases }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .prefix: FieldDocumentation("What it starts with. Exactly one of prefix, exact and regex.").nonEmpty()
        case .exact: FieldDocumentation("What it is. Exactly one of prefix, exact and regex.")
        case .regex:
            FieldDocumentation(
                "A regular expression in RE2 syntax that matches all of it. Exactly one of prefix, exact and regex."
            ).nonEmpty()
        }
    }
}
