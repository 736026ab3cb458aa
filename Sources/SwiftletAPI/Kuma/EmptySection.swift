/// A choice that has nothing to set: `roundRobin: {}`.
package struct EmptySection: Codable, Hashable, Sendable {
    package init() {}
}

extension EmptySection: SchemaType {
    static var schema: JSONSchema { .object("", [:]) }
    static var example: EmptySection { EmptySection() }
}
