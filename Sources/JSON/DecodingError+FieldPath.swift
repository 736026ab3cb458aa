extension DecodingError {
    /// The field at fault; for a required field that is missing, the field itself.
    package var fieldPath: FieldPath {
        switch self {
        case .keyNotFound(let key, let context): FieldPath(context.codingPath).appending(key: key.stringValue)
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            FieldPath(context.codingPath)
        @unknown default: []
        }
    }

    /// What is wrong with the field, without its path: `Required value`, `expected integer, found string`.
    package var fieldMessage: String {
        switch self {
        case .keyNotFound: "Required value"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.debugDescription
        @unknown default: "\(self)"
        }
    }
}
