import JSON

/// Reading and writing YAML as kubectl does.
package enum YAML {
    /// The documents of a text; empty ones are left out. JSON is read too, and several JSON values in a row.
    ///
    /// Scalars mean what they mean to kubectl, see ``YAMLResolvedScalar``. A key that is given twice is an error, other than in kubectl.
    ///
    /// - Parameter source: the file's name, for errors.
    /// - Throws: ``YAMLError`` at the first thing that is wrong; nothing is returned then.
    package static func documents(
        _ bytes: [UInt8],
        source: String,
        limits: YAMLLimits = .default
    ) throws(YAMLError) -> [YAMLDocument] {
        guard bytes.count <= limits.bytes else {
            let message = "\(bytes.count) bytes are more than the \(limits.bytes) allowed"
            throw YAMLError(.limitExceeded, message, source: source, location: nil)
        }
        let bytes = ByteOrderMark.removed(from: bytes)
        guard JSONDocumentReader.accepts(bytes) else { return try composed(bytes, source: source, limits: limits) }
        do {
            var reader = JSONDocumentReader(bytes, source: source, limits: limits)
            return try reader.documents()
        } catch  where error.code == .syntax {
            let asJSON = error
            do {
                return try composed(bytes, source: source, limits: limits)
            } catch  where error.code == .syntax {
                // Neither JSON nor YAML: whichever got further knows better what is wrong.
                throw (asJSON.location ?? .start) > (error.location ?? .start) ? asJSON : error
            }
        } catch {
            throw error
        }
    }

    /// The only document of a text as another type.
    ///
    /// - Throws: ``YAMLError``, also when the text has no document or several.
    package static func decode<T: Decodable>(
        _ type: T.Type,
        from bytes: [UInt8],
        source: String,
        limits: YAMLLimits = .default
    ) throws(YAMLError) -> T {
        let documents = try documents(bytes, source: source, limits: limits)
        guard documents.count == 1, let document = documents.first else {
            let message = documents.isEmpty ? "no document" : "one document expected, found \(documents.count)"
            let location = documents.dropFirst().first?.location(of: [])
            throw YAMLError(.invalidField, message, source: source, location: location)
        }
        return try document.decode(as: type)
    }

    /// The first document of a text, as programs read files that are one document: what follows it is not looked at, and of a key that is
    /// given twice the later value counts.
    ///
    /// - Returns: `nil` when the text has no document, or an empty one comes first.
    /// - Throws: ``YAMLError``
    package static func firstDocument(
        _ bytes: [UInt8],
        source: String,
        limits: YAMLLimits = .default
    ) throws(YAMLError) -> YAMLDocument? {
        guard bytes.count <= limits.bytes else {
            let message = "\(bytes.count) bytes are more than the \(limits.bytes) allowed"
            throw YAMLError(.limitExceeded, message, source: source, location: nil)
        }
        let bytes = ByteOrderMark.removed(from: bytes)
        if JSONDocumentReader.accepts(bytes) {
            do {
                var reader = JSONDocumentReader(bytes, source: source, limits: limits)
                return try reader.firstDocument()
            } catch  where error.code == .syntax || error.code == .duplicateKey {
                // YAML reads both, but for pairs of surrogate escapes.
            } catch {
                throw error
            }
        }
        var composer = try YAMLComposer(bytes, source: source, limits: limits, repeatedKeys: .lastCounts)
        return try composer.firstDocument()
    }

    private static func composed(
        _ bytes: [UInt8],
        source: String,
        limits: YAMLLimits
    ) throws(YAMLError) -> [YAMLDocument] {
        var composer = try YAMLComposer(bytes, source: source, limits: limits)
        return try composer.documents()
    }
}
