/// What is wrong with a YAML (or JSON) text, and where.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The text is no YAML.
        case syntax
        /// The text holds bytes or characters that YAML does not allow.
        case encoding
        /// A limit of ``YAMLLimits`` is passed.
        case limitExceeded
        /// An alias names no anchor, or one that contains the alias.
        case invalidAlias
        /// A mapping has a key twice.
        case duplicateKey
        /// A key that is no scalar, or has no text.
        case invalidKey
        /// A merge key whose value is no mapping.
        case invalidMerge
        /// A scalar that is not what its tag says, or that JSON cannot hold.
        case invalidScalar
        /// Well-formed, but not what the type asked for.
        case invalidField
    }

    package var code: Code
    package var message: String
    /// The file's name, as given by the caller.
    package var source: String
    /// `nil` when the text as a whole is at fault.
    package var location: YAMLLocation?

    package init(_ code: Code, _ message: String, source: String, location: YAMLLocation?) {
        self.code = code
        self.message = message
        self.source = source
        self.location = location
    }

    package var line: Int? { location?.line }
    package var column: Int? { location?.column }

    /// `file:line:column: message`, which editors and terminals can follow.
    package var description: String {
        guard let location else { return "\(source): \(message)" }
        return "\(source):\(location): \(message)"
    }
}
