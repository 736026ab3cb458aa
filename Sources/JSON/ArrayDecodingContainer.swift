/// The elements of an array, in order.
struct ArrayDecodingContainer: UnkeyedDecodingContainer {
    let decoder: ValueDecoder
    let elements: [JSONValue]
    private(set) var currentIndex = 0

    init(decoder: ValueDecoder, elements: [JSONValue]) {
        self.decoder = decoder
        self.elements = elements
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try next { child throws in try child.decode(type) }
    }

    /// Serves the protocol's requirements for `Bool`, `String` and every kind of number.
    mutating func decode<T: JSONScalar>(_ type: T.Type) throws -> T {
        try next { child throws in try child.decode(type) }
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try next { child throws in try child.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { child throws in try child.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder {
        try next { child in child }
    }

    /// Moves on only when `body` succeeds, so that a failed attempt can be followed by another.
    private mutating func next<T>(_ body: (ValueDecoder) throws -> T) throws -> T {
        guard !isAtEnd else {
            let path = codingPath + [FieldPath.Element.index(currentIndex)]
            throw DecodingError.valueNotFound(T.self, .init(codingPath: path, debugDescription: "the array ends here"))
        }
        let result = try body(decoder.child(elements[currentIndex], .index(currentIndex)))
        currentIndex += 1
        return result
    }
}
