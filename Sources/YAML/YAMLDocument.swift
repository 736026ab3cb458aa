import JSON

/// One document of a YAML text, with the places of its fields.
package struct YAMLDocument: Sendable {
    package let value: JSONValue
    /// The file's name, as given by the caller.
    package let source: String
    private let map: YAMLSourceMap

    init(_ node: YAMLNode, source: String) {
        value = node.value
        map = node.map
        self.source = source
    }

    /// The line its content starts on, counted from 1 in the whole text.
    package var startLine: Int { map.location.line }

    /// Where the field is written (its key, for a member of an object), or the nearest field around it when it is not written at all.
    /// A field that came through an alias or a merge key is where the anchor is.
    package func location(of path: FieldPath) -> YAMLLocation { map.location(of: path) }

    /// An error about a field of this document, such as one that validation found.
    package func error(at path: FieldPath, _ message: String) -> YAMLError {
        let message = path.elements.isEmpty ? message : "\(path): \(message)"
        return YAMLError(.invalidField, message, source: source, location: location(of: path))
    }

    /// The document as another type.
    ///
    /// - Throws: ``YAMLError`` at the field that does not fit.
    package func decode<T: Decodable>(as type: T.Type = T.self) throws(YAMLError) -> T {
        do {
            return try JSONValueDecoder().decode(type, from: value)
        } catch let error as DecodingError {
            throw self.error(at: error.fieldPath, error.fieldMessage)
        } catch {
            throw self.error(at: [], "\(error)")
        }
    }
}
