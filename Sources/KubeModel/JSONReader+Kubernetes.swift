import JSON

extension JSONReader {
    /// An object of strings, such as labels; `null` and a `null` value count as empty, as in Go.
    package mutating func readStringMap() throws(JSONError) -> [String: String] {
        if try readNull() { return [:] }
        var result: [String: String] = [:]
        try beginObject()
        while let key = try nextKey() { result[key] = try readNull() ? "" : readString() }
        return result
    }

    /// An array; `null` counts as empty, as in Go.
    package mutating func readArray<Element>(
        _ readElement: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        if try readNull() { return [] }
        var result: [Element] = []
        try beginArray()
        while try nextElement() { result.append(try readElement(&self)) }
        return result
    }

    /// An RFC 3339 time; `nil` for `null`.
    package mutating func readTimestamp() throws(JSONError) -> Timestamp? {
        if try readNull() { return nil }
        let start = position
        guard let timestamp = Timestamp(try readString()) else {
            throw JSONError(.typeMismatch, "an RFC 3339 time expected", offset: start)
        }
        return timestamp
    }
}
