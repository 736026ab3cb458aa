/// Where a value lies inside an object, such as `spec.ingress.tls[0].secretName`.
///
/// Written as the API server writes it in validation errors: members with dots, a key that is no plain word in brackets
/// (`metadata.annotations[example.com/owner]`), elements by their index. The root is the empty text.
package struct FieldPath: Hashable, Sendable {
    /// One step down.
    package enum Element: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    package var elements: [Element]

    package init(_ elements: [Element] = []) {
        self.elements = elements
    }

    /// The path that a `Codable` error carries. Keys with an integer value count as indexes.
    package init(_ codingPath: [any CodingKey]) {
        elements = codingPath.map { key in
            if let element = key as? Element { return element }
            return key.intValue.map(Element.index) ?? .key(key.stringValue)
        }
    }

    /// The path of the value that holds this one; `nil` for the root.
    package var parent: FieldPath? {
        elements.isEmpty ? nil : FieldPath(Array(elements.dropLast()))
    }

    package func appending(_ element: Element) -> FieldPath {
        FieldPath(elements + [element])
    }

    package func appending(key: String) -> FieldPath { appending(.key(key)) }

    package func appending(index: Int) -> FieldPath { appending(.index(index)) }
}

extension FieldPath: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: Element...) {
        self.init(elements)
    }
}

extension FieldPath.Element: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral value: String) { self = .key(value) }
    package init(integerLiteral value: Int) { self = .index(value) }
}

extension FieldPath.Element: CodingKey {
    package init?(stringValue: String) { self = .key(stringValue) }
    package init?(intValue: Int) { self = .index(intValue) }

    package var stringValue: String {
        switch self {
        case .key(let key): key
        case .index(let index): String(index)
        }
    }

    package var intValue: Int? {
        if case .index(let index) = self { index } else { nil }
    }
}

extension FieldPath: CustomStringConvertible {
    package var description: String {
        var text = ""
        for element in elements {
            switch element {
            case .index(let index):
                text += "[\(index)]"
            case .key(let key) where Self.isPlainWord(key):
                if !text.isEmpty { text += "." }
                text += key
            case .key(let key):
                text += "[\(key)]"
            }
        }
        return text
    }

    private static func isPlainWord(_ key: String) -> Bool {
        !key.isEmpty
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), 0...0x20: false
                default: true
                }
            }
    }
}

extension FieldPath: Comparable {
    /// Document order as far as paths can tell: a parent before its children, indexes by number, keys by their bytes.
    package static func < (left: FieldPath, right: FieldPath) -> Bool {
        left.elements.lexicographicallyPrecedes(right.elements) { left, right in
            switch (left, right) {
            case (.index(let left), .index(let right)): left < right
            case (.key(let left), .key(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
            case (.index, .key): true
            case (.key, .index): false
            }
        }
    }
}

extension JSONValue {
    /// The value at `path`; `nil` when it leads nowhere.
    package subscript(path: FieldPath) -> JSONValue? {
        var value = self
        for element in path.elements {
            let next: JSONValue? =
                switch element {
                case .key(let key): value[key]
                case .index(let index): value[index]
                }
            guard let next else { return nil }
            value = next
        }
        return value
    }
}
