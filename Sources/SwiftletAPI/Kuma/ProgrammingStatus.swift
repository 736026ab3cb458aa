import JSON
import KubeModel

/// What the operator found out about an object that becomes configuration of proxies: a ``Mesh`` or a ``TrafficRoute``.
package struct ProgrammingStatus: SchemaObject {
    /// The generation of the spec that this status is about.
    package var observedGeneration: Int64?
    /// `nil` while nothing was counted yet.
    package var proxies: ProxyCounts?
    @Default<Defaults.NoElements<Condition>> package var conditions: [Condition]

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case observedGeneration, proxies, conditions
    }

    /// The status as it is written to the server.
    ///
    /// - Throws: `EncodingError`, which no status can cause.
    package func json() throws -> JSONValue { try JSONValue(encoding: self) }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .observedGeneration:
            FieldDocumentation(
                "The metadata.generation that this status is about; older than it while a change is not seen yet."
            )
        case .proxies: FieldDocumentation("How far the configuration of this generation has come.")
        case .conditions:
            FieldDocumentation(
                """
                State in detail: Accepted tells whether the object is right and in use, Programmed whether the proxies have taken its \
                configuration on.
                """
            ).list(.map(keys: ["type"]))
        }
    }
}

/// How many proxies have taken a configuration on.
package struct ProxyCounts: SchemaObject {
    @Default<Defaults.Unstated<Defaults.Zero>> package var total: Int
    @Default<Defaults.Unstated<Defaults.Zero>> package var acked: Int
    @Default<Defaults.Unstated<Defaults.Zero>> package var pending: Int
    @Default<Defaults.Unstated<Defaults.Zero>> package var rejected: Int

    /// The total is the sum.
    package init(acked: Int = 0, pending: Int = 0, rejected: Int = 0) {
        total = acked + pending + rejected
        self.acked = acked
        self.pending = pending
        self.rejected = rejected
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case total, acked, pending, rejected
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .total: FieldDocumentation("Connected proxies that the object concerns.").count(from: 0)
        case .acked: FieldDocumentation("Proxies that work with the configuration of this generation.").count(from: 0)
        case .pending: FieldDocumentation("Proxies that have not answered yet.").count(from: 0)
        case .rejected:
            FieldDocumentation("Proxies that refused the configuration and go on with the one before.").count(from: 0)
        }
    }
}
