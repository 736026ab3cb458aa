/// Traffic that leaves the mesh.
package struct NetworkingSection: SchemaObject {
    package var outbound: OutboundSection?

    package init(outbound: OutboundSection? = nil) { self.outbound = outbound }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case outbound
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .outbound: FieldDocumentation("Traffic to addresses that are no service of the mesh.")
        }
    }
}

package struct OutboundSection: SchemaObject {
    @Default<Defaults.True> package var passthrough: Bool

    package init(passthrough: Bool = true) { self.passthrough = passthrough }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case passthrough
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .passthrough:
            FieldDocumentation("Whether it is let through to where it was sent. Otherwise it is refused.")
        }
    }
}
