/// A type that no schema can be found for: a mistake in this program.
package struct SchemaError: Error, Hashable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}
