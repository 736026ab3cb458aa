import JSON

/// Reads a text that is JSON: one value after the other, with nothing or a `---` line between them.
///
/// JSON is read as JSON wherever a text begins with `{`, since YAML does not know pairs of surrogate escapes.
struct JSONDocumentReader {
    private var reader: JSONReader
    private let source: String
    private let limits: YAMLLimits
    /// The place of the byte at `placed`.
    private var location = YAMLLocation.start
    private var placed = 0

    init(_ bytes: [UInt8], source: String, limits: YAMLLimits) {
        reader = JSONReader(bytes)
        self.source = source
        self.limits = limits
    }

    /// Whether the first character that counts is `{`.
    static func accepts(_ bytes: [UInt8]) -> Bool {
        bytes.first { !isSpace($0) } == UInt8(ascii: "{")
    }

    /// Reads the whole text.
    mutating func documents() throws(YAMLError) -> [YAMLDocument] {
        var documents: [YAMLDocument] = []
        while let start = nextValue() {
            guard documents.count < limits.documents else {
                throw error(.limitExceeded, "more than \(limits.documents) documents", at: start)
            }
            documents.append(YAMLDocument(try node(depth: 0), source: source))
        }
        return documents
    }

    /// Reads one value; `nil` when there is none.
    mutating func firstDocument() throws(YAMLError) -> YAMLDocument? {
        guard nextValue() != nil else { return nil }
        let root = try node(depth: 0)
        return root.value.isNull ? nil : YAMLDocument(root, source: source)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Where the next value starts, a separator before it skipped; `nil` at the end.
    private mutating func nextValue() -> Int? {
        var start = nextToken()
        if reader.bytes[start...].starts(with: "---".utf8),
            let lineEnd = reader.bytes[start...].firstIndex(of: 0x0A),
            reader.bytes[start..<lineEnd].dropFirst(3).allSatisfy(Self.isSpace)
        {
            reader = JSONReader(reader.bytes, in: lineEnd..<reader.bytes.count)
            start = nextToken()
        }
        return start < reader.bytes.count ? start : nil
    }

    /// The offset of the next byte that is no white space, and no comma.
    private func nextToken() -> Int {
        let rest = reader.bytes[reader.position...]
        return rest.firstIndex { !Self.isSpace($0) && $0 != UInt8(ascii: ",") } ?? reader.bytes.count
    }

    /// - Parameter offset: never less than in an earlier call, but for the last.
    private mutating func place(_ offset: Int) -> YAMLLocation {
        if offset < placed { (location, placed) = (.start, 0) }
        location.advance(over: reader.bytes[placed..<offset])
        placed = offset
        return location
    }

    private mutating func error(_ code: YAMLError.Code, _ message: String, at offset: Int) -> YAMLError {
        YAMLError(code, message, source: source, location: place(offset))
    }

    private mutating func error(_ error: JSONError) -> YAMLError {
        self.error(error.code == .encoding ? .encoding : .syntax, error.message, at: error.offset)
    }

    /// Performs one step of the reader.
    private mutating func read<T>(_ step: (inout JSONReader) throws(JSONError) -> T) throws(YAMLError) -> T {
        do {
            return try step(&reader)
        } catch {
            throw self.error(error)
        }
    }

    private mutating func node(depth: Int) throws(YAMLError) -> YAMLNode {
        let start = nextToken()
        let location = place(start)
        switch try read({ reader throws(JSONError) in try reader.peekKind() }) {
        case .object: return YAMLNode(object: try members(depth: deeper(depth, start)), at: location)
        case .array: return YAMLNode(array: try elements(depth: deeper(depth, start)), at: location)
        case .null, .bool, .number, .string:
            let value = try read { reader throws(JSONError) in try reader.readValue() }
            return YAMLNode(scalar: value, at: location, size: reader.position - start)
        }
    }

    private mutating func deeper(_ depth: Int, _ offset: Int) throws(YAMLError) -> Int {
        guard depth < limits.depth else {
            throw error(.limitExceeded, "nested deeper than \(limits.depth) levels", at: offset)
        }
        return depth + 1
    }

    private mutating func elements(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        try read { reader throws(JSONError) in try reader.beginArray() }
        while try read({ reader throws(JSONError) in try reader.nextElement() }) {
            elements.append(try node(depth: depth))
        }
        return elements
    }

    private mutating func members(depth: Int) throws(YAMLError) -> [String: YAMLNode] {
        var members: [String: YAMLNode] = [:]
        try read { reader throws(JSONError) in try reader.beginObject() }
        while true {
            let start = nextToken()
            guard let key = try read({ reader throws(JSONError) in try reader.nextKey() }) else { return members }
            let location = place(start)
            if let first = members[key] {
                let line = first.map.location.line
                throw error(.duplicateKey, "key '\(key.prefix(80))' is already given on line \(line)", at: start)
            }
            members[key] = try node(depth: depth).placed(at: location)
        }
    }
}
