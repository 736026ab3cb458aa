/// Header fields of a request or a response, in their order, with names that compare without regard to ASCII case.
///
/// A name may occur more than once. Looking one up is linear: messages carry a dozen fields.
package struct HTTPHeaders: Sendable, Hashable {
    /// One field. `name` keeps the spelling it was given or received in.
    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: String

        /// A field. Its syntax is checked when the request is performed, see ``TransportError/Code/invalidRequest``.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All fields in order.
    package private(set) var fields: [Field]

    /// No fields.
    package init() {
        fields = []
    }

    /// The given fields in the given order.
    package init(_ fields: [(String, String)]) {
        self.fields = fields.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of `name`. Setting replaces every field of that name; `nil` removes them.
    package subscript(name: String) -> String? {
        get { fields.first { Self.matches($0.name, name) }?.value }
        set {
            fields.removeAll { Self.matches($0.name, name) }
            if let newValue {
                fields.append(Field(name: name, value: newValue))
            }
        }
    }

    /// Every value of `name`, in order.
    package func values(of name: String) -> [String] {
        fields.lazy.filter { Self.matches($0.name, name) }.map(\.value)
    }

    /// Appends a field and keeps those of the same name (`Impersonate-Group` is sent once per group).
    package mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    static func matches(_ left: String, _ right: String) -> Bool {
        let (left, right) = (left.utf8, right.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }
}
